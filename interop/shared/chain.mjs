// What every judge of payments on a chain needs: a chain of its own with the test dollar, and a hub that settles on it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where Circle has its own dollar on Base Sepolia, whose number the chain has. */
export const DOLLAR = '0x036CbD53842c5426634e7929541eC2318f3dCF7e';
export const NETWORK = 'eip155:84532';
/** Keys that every local chain has ether for: who makes dollars, the hub, and a third. */
const MINTER = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
export const HUB_SECRET = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d';
export const THIRD_SECRET = '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a';

const closing = [];
process.on('exit', () => closing.forEach(close => close()));

/** Has something closed when the judge ends; what was begun last is closed first. */
export function atEnd(close) {
  closing.unshift(close);
}

/** A judge that hangs is ended. */
export function endsWithin(minutes) {
  const late = () => { console.error(`It has not ended within ${minutes} minutes`); process.exit(1); };
  setTimeout(late, minutes * 60_000).unref();
}

/** The first line of what a program says that `read` makes something of. */
async function said(program, what, read) {
  for await (const line of createInterface({ input: program.stdout })) {
    const found = read(line);
    if (found) {
      program.stdout.resume();
      return found;
    }
  }
  throw new Error(`${what} ended`);
}

/**
 * Starts a chain.
 *
 * @param viem the judge's own package, of `viem`, `viem/accounts` and `viem/chains` together
 * @param codes contracts beside the dollar, by their addresses
 * @param blockTime the seconds between blocks; 0 where each transaction makes one
 */
export async function localChain(viem, { codes = {}, blockTime = 1 } = {}) {
  const words = ['--host', '127.0.0.1', '--port', '0', '--chain-id', '84532', '--accounts', '3'];
  const anvil = spawn(`${process.env.EVM}/node_modules/.bin/anvil`,
    [...words, ...blockTime ? ['--block-time', `${blockTime}`] : []], { stdio: ['ignore', 'pipe', 'inherit'] });
  atEnd(() => anvil.kill());
  const rpc = await said(anvil, 'anvil', line => {
    const found = /^Listening on (.*)$/.exec(line);
    return found && `http://${found[1].trim()}`;
  });
  const walletOf = secret => viem.createWalletClient({
    account: viem.privateKeyToAccount(secret), chain: viem.baseSepolia, transport: viem.http(rpc), pollingInterval: 100,
  }).extend(viem.publicActions);
  const minter = walletOf(MINTER);
  for (const [address, name] of Object.entries({ [DOLLAR]: 'TestDollar', ...codes })) {
    const code = readFileSync(`${process.env.EVM}/${name}.hex`, 'utf8').trim();
    await minter.request({ method: 'anvil_setCode', params: [address, code] });
  }
  const abi = viem.parseAbi(['function mint(address,uint256)', 'function balanceOf(address) view returns (uint256)']);
  const mined = async hash => minter.waitForTransactionReceipt({ hash: await hash });
  return {
    rpc, walletOf, minter, mined,
    mint: (to, atoms) => mined(minter.writeContract({ address: DOLLAR, abi, functionName: 'mint', args: [to, atoms] })),
    dollars: owner => minter.readContract({ address: DOLLAR, abi, functionName: 'balanceOf', args: [owner] }),
  };
}

/** Starts a hub that settles on a chain, and tells what it says of itself. */
export async function hubOn(rpc, ...more) {
  const folder = mkdtempSync(join(tmpdir(), 'meshkore-judge-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const key = join(folder, 'gas.key');
  writeFileSync(key, `${HUB_SECRET}\n`, { mode: 0o600 });
  const hub = spawn(process.env.MESHKORE, ['up', '--json', '--port', '0', '--data', join(folder, 'data'), '--rate-per-minute', '0',
    '--x402-chain', '84531', '--evm-rpc', rpc, '--evm-key-file', key, '--evm-confirmations', '2', ...more],
  { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  atEnd(() => { try { process.kill(-hub.pid); } catch { /* It has ended. */ } });
  return said(hub, 'The hub', line => JSON.parse(line));
}

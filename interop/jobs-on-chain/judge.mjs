// The official client of `auth-capture` signs what a hub asks for a job, and the job runs on a local chain: what it
// signs is its own, what the hub does with it is counted in the contracts, to the atom.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isAuthCaptureExtra } from '@x402/evm';
import { AuthCaptureEvmScheme } from '@x402/evm/auth-capture/client';
import { createWalletClient, http as transport, parseAbi, publicActions } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { baseSepolia } from 'viem/chains';

const { Verdict, expect } = await import(`${process.env.SHARED}/verdict.mjs`);
const verdict = new Verdict('jobs-on-chain', {
  suite: '@x402/evm pays for jobs by auth-capture', version: '2.27.0',
  notes: 'On anvil 1.7.1. The package has no facilitator for the scheme, so the hub is compared with its client alone; '
    + 'the escrow is a double written by what the scheme says of v1.0.',
});
const DOLLAR = '0x036CbD53842c5426634e7929541eC2318f3dCF7e';
const ESCROW = '0xBdEA0D1bcC5966192B070Fdf62aB4EF5b4420cff';
const CODE = { [DOLLAR]: 'TestDollar', [ESCROW]: 'TestAuthCapture', '0x0E3dF9510de65469C4518D7843919c0b8C7A7757': 'TestPaymentCollector' };
const ABI = parseAbi(['function mint(address,uint256)', 'function balanceOf(address) view returns (uint256)']);
const closing = [];
process.on('exit', () => closing.forEach(close => close()));
setTimeout(() => { console.error('It has not ended within four minutes'); process.exit(1); }, 240_000).unref();

/** The first line of what a program says that `found` reads something of. */
async function said(program, found) {
  for await (const line of createInterface({ input: program.stdout })) {
    const it = found(line);
    if (it) {
      program.stdout.resume();
      return it;
    }
  }
  throw new Error('It ended');
}
const anvil = spawn(`${process.env.EVM}/node_modules/.bin/anvil`,
  ['--host', '127.0.0.1', '--port', '0', '--chain-id', '84532', '--accounts', '2', '--block-time', '1'],
  { stdio: ['ignore', 'pipe', 'inherit'] });
closing.push(() => anvil.kill());
const rpc = `http://${(await said(anvil, line => /^Listening on (.*)$/.exec(line)))[1].trim()}`;
// Keys that every local chain has ether for.
const minter = createWalletClient({
  account: privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'),
  chain: baseSepolia, transport: transport(rpc), pollingInterval: 100,
}).extend(publicActions);
const HUB_SECRET = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d';
for (const [address, name] of Object.entries(CODE)) {
  const code = readFileSync(`${process.env.EVM}/${name}.hex`, 'utf8').trim();
  await minter.request({ method: 'anvil_setCode', params: [address, code] });
}
const buyer = privateKeyToAccount(generatePrivateKey());
const payTo = privateKeyToAccount(generatePrivateKey()).address;
const feeReceiver = privateKeyToAccount(generatePrivateKey()).address;
await minter.waitForTransactionReceipt({
  hash: await minter.writeContract({ address: DOLLAR, abi: ABI, functionName: 'mint', args: [buyer.address, 10_000_000n] }),
});
const dollars = address => minter.readContract({ address: DOLLAR, abi: ABI, functionName: 'balanceOf', args: [address] });

const folder = mkdtempSync(join(tmpdir(), 'meshkore-jobs-'));
closing.push(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'gas.key'), `${HUB_SECRET}\n`, { mode: 0o600 });
const hub = spawn(process.env.MESHKORE, ['up', '--json', '--port', '0', '--data', join(folder, 'data'), '--rate-per-minute', '0',
  '--x402-chain', '84531', '--evm-rpc', rpc, '--evm-key-file', join(folder, 'gas.key'), '--evm-confirmations', '2',
  '--evm-fee-receiver', feeReceiver], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
closing.unshift(() => { try { process.kill(-hub.pid); } catch { /* It has ended. */ } });
const up = await said(hub, line => JSON.parse(line));

/** Asks the hub, by somebody's key. */
async function ask(key, status, path, body) {
  const answer = await fetch(up.url + path, {
    method: body ? 'POST' : 'GET', body: body && JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
  });
  const json = await answer.json();
  expect(answer.status === status, `${path}: ${answer.status} ${JSON.stringify(json)}`);
  return json;
}
const admin = readFileSync(up.admin_key_file, 'utf8').trim();
async function agent(name) {
  const invite = await ask(admin, 201, '/invites', {});
  return (await ask('', 201, new URL(invite.url).pathname, { agent_id: name })).api_key;
}
const alice = await agent('alice');
const bob = await agent('bob');
const show = id => ask(alice, 200, `/jobs/${id}`);
const step = async (key, id, name, more = {}, status = 201) =>
  ask(key, status, `/jobs/${id}/steps`, { step: name, previous: (await show(id)).head, ...more });
async function until(id, holds) {
  for (let i = 0; i < 600; i++) {
    const job = await show(id);
    if (holds(job)) return job;
    await new Promise(done => { setTimeout(done, 100); });
  }
  throw new Error(`It did not come to that: ${JSON.stringify((await show(id)).on_chain)}`);
}
const settled = id => until(id, job => job.on_chain.length > 0 && job.on_chain.every(one => one.state !== 'on-the-way'));
const asset = `eip155:84532/erc20:${DOLLAR}`;
async function opened(milestones) {
  const job = await ask(alice, 201, '/jobs', {
    provider: 'bob', subject: 'Pages', asset, payer: buyer.address, pay_to: payTo,
    milestones: milestones.map((atoms, i) => ({ name: `part ${i}`, atoms })),
  });
  await step(bob, job.job_id, 'accept');
  return job.job_id;
}
const client = new AuthCaptureEvmScheme(buyer);
const sign = required => client.createPaymentPayload(2, required);
async function funded(id) {
  await step(alice, id, 'fund', { payment: await sign((await show(id)).payment_requirements) });
  return until(id, job => job.state === 'funded');
}

let first;
await verdict.check('the requirements are of the form that the library knows', async () => {
  first = await opened([1_000_001]);
  const required = (await show(first)).payment_requirements;
  expect(isAuthCaptureExtra(required.extra), JSON.stringify(required));
  expect(required.extra.authCaptureEscrow === ESCROW, 'another escrow');
});
await verdict.check('what the client signs puts the money into escrow', async () => {
  const job = await funded(first);
  expect(job.held.atoms === 1_000_001 && await dollars(ESCROW) === 1_000_001n, JSON.stringify(job.held));
});
await verdict.check('a job runs to its end, and the sums are exact', async () => {
  await step(bob, first, 'submit', { output: '{"pages":12}' });
  await step(alice, first, 'complete');
  const job = await settled(first);
  expect(job.on_chain.map(one => `${one.what} ${one.state}`).join() === 'authorize done,capture done', JSON.stringify(job.on_chain));
  expect(await dollars(payTo) === 965_001n && await dollars(feeReceiver) === 35_000n, `${await dollars(payTo)}`);
  expect(await dollars(ESCROW) === 0n, 'something is left');
  const receipt = await minter.getTransactionReceipt({ hash: job.on_chain[1].transaction });
  expect(receipt.status === 'success' && receipt.to.toLowerCase() === ESCROW.toLowerCase(), 'another transaction');
});
await verdict.check('of two milestones one is paid, and the rest goes back', async () => {
  const before = await dollars(buyer.address);
  const id = await opened([100_099, 200_000]);
  await funded(id);
  await step(bob, id, 'submit', { output: '{}' });
  await step(alice, id, 'complete');
  await step(bob, id, 'reject');
  const job = await settled(id);
  expect(job.on_chain.map(one => one.what).join() === 'authorize,capture,void', JSON.stringify(job.on_chain));
  expect(before - await dollars(buyer.address) === 100_099n && await dollars(ESCROW) === 0n, 'the rest is not back');
});
for (const [what, change, word] of [
  ['another receiver', required => { required.payTo = feeReceiver; }, 'nonce_mismatch'],
  ['another amount', required => { required.amount = '299999'; }, 'value_mismatch'],
  ['a lower fee', required => { required.extra.minFeeBps = 0; required.extra.maxFeeBps = 0; }, 'nonce_mismatch'],
  ['another deadline', required => { required.extra.captureDeadline += 1; }, 'nonce_mismatch'],
  ['another chain', required => { required.network = 'eip155:8453'; }, 'nonce_mismatch'],
  ['the contract of v1.1', required => { delete required.extra.authCaptureEscrow; }, 'recipient_mismatch'],
  ['too long a time', required => { required.maxTimeoutSeconds = 200_000; }, 'valid_before'],
]) {
  await verdict.check(`what is signed for ${what} is refused`, async () => {
    const id = await opened([300_000]);
    const required = structuredClone((await show(id)).payment_requirements);
    change(required);
    const problem = await step(alice, id, 'fund', { payment: await sign(required) }, 400);
    expect(problem.detail.includes(word), problem.detail);
  });
}
await verdict.check('another payer is refused', async () => {
  const id = await opened([300_000]);
  const other = new AuthCaptureEvmScheme(privateKeyToAccount(generatePrivateKey()));
  const payment = await other.createPaymentPayload(2, (await show(id)).payment_requirements);
  const problem = await step(alice, id, 'fund', { payment }, 400);
  expect(problem.detail.includes('payer_mismatch'), problem.detail);
});
await verdict.check('nothing of what was refused has moved', async () => expect(await dollars(ESCROW) === 0n, 'it has'));
process.exit(verdict.finish());

// The hub's digests and signatures of EIP-712 and EIP-3009 against viem's, for random authorizations.
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Verdict, expect } from '../shared/verdict.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(join(ROOT, 'interop/evm/'));
const { hashDomain, hashTypedData, hexToString, recoverAddress, getAddress } = require('viem');
const { privateKeyToAccount } = require('viem/accounts');

const seed = process.env.SEED ?? String(Math.floor(Math.random() * 2 ** 48));
const count = Number(process.env.COUNT ?? 500);
const verdict = new Verdict('viem', {
  suite: 'digests and signatures of EIP-712 and EIP-3009 by viem', version: '2.57.1',
  notes: `${count} random authorizations, domains and keys: domain, transfer and receive digests, and signatures.`,
});

const DOMAIN = [
  { name: 'name', type: 'string' }, { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' }, { name: 'verifyingContract', type: 'address' },
];
const MEMBERS = [
  { name: 'from', type: 'address' }, { name: 'to', type: 'address' }, { name: 'value', type: 'uint256' },
  { name: 'validAfter', type: 'uint256' }, { name: 'validBefore', type: 'uint256' }, { name: 'nonce', type: 'bytes32' },
];

const ran = spawnSync(process.env.JAVA ?? 'java', [
  '--enable-native-access=ALL-UNNAMED', '-cp', join(ROOT, 'cli/target/meshkore.jar'),
  join(ROOT, 'interop/viem/Digests.java'), seed, String(count),
], { encoding: 'utf8', maxBuffer: 1 << 26 });
expect(ran.status === 0, `The hub's side ended with ${ran.status}: ${ran.stderr}`);
const lines = ran.stdout.trimEnd().split('\n');
expect(lines.length === count, `${lines.length} lines, seed ${seed}`);

const differences = { domain: [], transfer: [], receive: [], signature: [], signer: [] };
for (const [index, line] of lines.entries()) {
  const [name, version, chain, contract, from, to, value, after, before, nonce, separator, transfer, receive, signature,
    secret] = line.split('\t');
  const note = (kind, holds) => holds || differences[kind].push(`${index}: ${line}`);
  const domain = {
    name: hexToString(name), version: hexToString(version), chainId: BigInt(chain), verifyingContract: contract,
  };
  const message = {
    from, to, value: BigInt(value), validAfter: BigInt(after), validBefore: BigInt(before), nonce,
  };
  // The domain's members are named, since viem would leave out a version that is empty.
  const digest = primaryType =>
    hashTypedData({ domain, types: { EIP712Domain: DOMAIN, [primaryType]: MEMBERS }, primaryType, message });
  note('domain', hashDomain({ domain, types: { EIP712Domain: DOMAIN } }) === separator);
  note('transfer', digest('TransferWithAuthorization') === transfer);
  note('receive', digest('ReceiveWithAuthorization') === receive);
  const account = privateKeyToAccount(secret);
  note('signature', await account.sign({ hash: transfer }) === signature);
  note('signer', await recoverAddress({ hash: transfer, signature }) === getAddress(account.address));
}
for (const [kind, found] of Object.entries(differences)) {
  await verdict.check(`${kind}: ${count} are equal, seed ${seed}`, () =>
    expect(found.length === 0, `${found.length} differ, the first: ${found[0]}`));
}
process.exit(verdict.finish());

// Writes protocol/vectors/eip3009.json: transfers by authorization (EIP-3009) with digests and signatures by viem, for
// the SDKs' tests. Needs interop/evm/install. It writes the same each time.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(join(ROOT, 'interop/evm/'));
const { getAddress, hashTypedData } = require('viem');
const { privateKeyToAccount } = require('viem/accounts');

const some = text => createHash('sha256').update(`meshkore eip3009 ${text}`).digest('hex');
const address = text => getAddress(`0x${some(text).slice(0, 40)}`);
const MEMBERS = [
  { name: 'from', type: 'address' }, { name: 'to', type: 'address' }, { name: 'value', type: 'uint256' },
  { name: 'validAfter', type: 'uint256' }, { name: 'validBefore', type: 'uint256' }, { name: 'nonce', type: 'bytes32' },
];
const DOMAINS = [
  { name: 'USDC', version: '2', chainId: 84532, verifyingContract: '0x036CbD53842c5426634e7929541eC2318f3dCF7e' },
  { name: 'USD Coin', version: '2', chainId: 8453, verifyingContract: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913' },
  { name: 'GatewayWalletBatched', version: '1', chainId: 84532, verifyingContract: address('gateway') },
  { name: 'Dollar of Zürich 💵', version: '1.0-β', chainId: 999999999999999, verifyingContract: address('token') },
];
const VALUES = ['1', '10000', '9223372036854775808', (2n ** 256n - 1n).toString()];

const vectors = [];
for (let i = 0; i < 16; i++) {
  const secret = `0x${some(`secret ${i}`)}`;
  const account = privateKeyToAccount(secret);
  const domain = DOMAINS[i % 4];
  const message = {
    from: account.address, to: address(`to ${i}`), value: VALUES[(i >> 2) % 4],
    validAfter: String(1_800_000_000 + i), validBefore: String(1_800_000_660 + 7919 * i), nonce: `0x${some(`nonce ${i}`)}`,
  };
  const typed = { domain, types: { TransferWithAuthorization: MEMBERS }, primaryType: 'TransferWithAuthorization', message };
  vectors.push({
    secret, domain, authorization: message, digest: hashTypedData(typed), signature: await account.signTypedData(typed),
  });
}
writeFileSync(join(ROOT, 'protocol/vectors/eip3009.json'), JSON.stringify({ by: 'viem 2.57.1', vectors }, null, 1) + '\n');

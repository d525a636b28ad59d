// Buys from a service of a hub with the official client of x402, which knows nothing of the hub.
//
//   npm install @x402/fetch@2.27.0 @x402/evm@2.27.0 viem@2.57.1
//   node x402_buyer.mjs buyer <service> '{"text":"hello"}'
//
// The first word is a profile of the command line: the agent whose wallet at the hub pays. Its key of a wallet (EVM) is
// made once, kept beside the profile, and bound to the agent, which lets no call pay more than it has and its mandates allow.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPayment, x402Client, x402HTTPClient } from '@x402/fetch';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';

const [profile, service, input = '{}'] = process.argv.slice(2);
const place = process.env.MESHKORE_HOME ?? join(homedir(), '.config', 'meshkore');
const { url, api_key: apiKey } = JSON.parse(readFileSync(join(place, `${profile}.json`), 'utf8'));
const hub = url.replace(/\/$/, '');
const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${apiKey}` };

async function post(path, body) {
  const answer = await fetch(hub + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${json.title}: ${json.detail}`);
  return json;
}

const file = join(place, `${profile}.evm-key`);
const isNew = !existsSync(file);
const secret = isNew ? generatePrivateKey() : readFileSync(file, 'utf8').trim();
const wallet = privateKeyToAccount(secret);
if (isNew) {
  const { challenge } = await post('/keys/challenge', {});
  const point = wallet.publicKey.slice(4);
  const publicKey = (Number.parseInt(point.at(-1), 16) % 2 ? '03' : '02') + point.slice(0, 64);
  const signature = await wallet.signMessage({ message: challenge });
  await post('/keys', { type: 'secp256k1', public_key: publicKey, challenge, signature });
  writeFileSync(file, secret, { mode: 0o600 });
}

// The client pays in assets that it knows; test credits are none of them, so it is told to take what the hub names.
const client = new x402Client()
  .register('eip155:*', new ExactEvmScheme(wallet))
  .setSpendControls({ allowedAssets: true });
const pay = wrapFetchWithPayment(fetch, client);
const answer = await pay(`${hub}/services/${service}/call`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: input,
});
console.log(answer.status, await answer.text());
if (answer.ok) {
  const settled = new x402HTTPClient(client).getPaymentSettleResponse(name => answer.headers.get(name));
  console.log(`paid by ${settled.payer}: ${settled.transaction}`);
}
process.exitCode = answer.ok ? 0 : 1;

// The Java SDK as a buyer: at servers of @x402/express, paid through a facilitator in TypeScript on a local chain, and at
// services of the hub. What it pays is counted where the money is: in the dollar's contract, and in the hub's wallets.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { x402Facilitator } from '@x402/core/facilitator';
import { encodePaymentRequiredHeader } from '@x402/core/http';
import { HTTPFacilitatorClient } from '@x402/core/server';
import { toFacilitatorEvmSigner } from '@x402/evm';
import { ExactEvmScheme as FacilitatorScheme } from '@x402/evm/exact/facilitator';
import { ExactEvmScheme as SellerScheme } from '@x402/evm/exact/server';
import { paymentMiddleware, x402ResourceServer } from '@x402/express';
import { declarePaymentIdentifierExtension, extractAndValidatePaymentIdentifier } from '@x402/extensions';
import express from 'express';
import * as viem from 'viem';
import * as accounts from 'viem/accounts';
import { baseSepolia } from 'viem/chains';

const { Agent, HUB } = await import(`${process.env.SHARED}/hub.mjs`);
const { Verdict, expect } = await import(`${process.env.SHARED}/verdict.mjs`);
const { DOLLAR, HUB_SECRET, NETWORK, atEnd, endsWithin, localChain } = await import(`${process.env.SHARED}/chain.mjs`);
const { generatePrivateKey, privateKeyToAccount } = accounts;
endsWithin(3);

const verdict = new Verdict('x402-java', {
  suite: '@x402/express, @x402/core and @x402/evm sell to the Java SDK', version: '2.27.0',
  notes: 'The facilitator in TypeScript settles on anvil 1.7.1, in the test dollar; the hub on its own ledger.',
});
const ABI = viem.parseAbi(['function authorizationState(address,bytes32) view returns (bool)']);
const { dollars, mint, minter, walletOf } = await localChain({ ...viem, ...accounts, baseSepolia }, { blockTime: 0 });
const settler = walletOf(HUB_SECRET);

const secret = `0x${randomBytes(32).toString('hex')}`;
const account = privateKeyToAccount(secret);
const payTo = privateKeyToAccount(generatePrivateKey()).address;
await mint(account.address, 100_000_000n);
const isUsed = nonce =>
  minter.readContract({ address: DOLLAR, abi: ABI, functionName: 'authorizationState', args: [account.address, nonce] });

/** What an action costs the buyer and brings the seller, in atoms of the dollar. */
async function moved(action) {
  const before = [await dollars(account.address), await dollars(payTo)];
  const value = await action();
  const after = [await dollars(account.address), await dollars(payTo)];
  return { value, paid: before[0] - after[0], got: after[1] - before[1] };
}

async function listening(listener) {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  atEnd(() => { server.close(); server.closeAllConnections(); });
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

/** A facilitator, all of it in TypeScript. */
const facilitator = new x402Facilitator().register(NETWORK,
  new FacilitatorScheme(toFacilitatorEvmSigner({ ...settler, address: settler.account.address })));
const desk = express().use(express.json());
desk.post('/verify', async (ask, answer) =>
  answer.json(await facilitator.verify(ask.body.paymentPayload, ask.body.paymentRequirements)));
desk.post('/settle', async (ask, answer) =>
  answer.json(await facilitator.settle(ask.body.paymentPayload, ask.body.paymentRequirements)));
desk.get('/supported', (_, answer) => answer.json(facilitator.getSupported()));
const client = new HTTPFacilitatorClient({ url: await listening(desk) });

/** A seller; `shown` are the payments that it was shown. */
const shown = [];
const shop = express();
shop.use((ask, _, next) => {
  const header = ask.get('payment-signature') ?? ask.get('x-payment');
  if (header) shown.push(header);
  next();
});
const way = price => ({ scheme: 'exact', network: NETWORK, payTo, price });
const sold = (price, more = {}) => ({ accepts: [way(price)], description: 'Words', mimeType: 'application/json', ...more });
shop.use(paymentMiddleware({
  'GET /weather': sold('$0.01'),
  'GET /known': sold('$0.01', { extensions: { 'payment-identifier': declarePaymentIdentifierExtension(true) } }),
  'GET /dear': sold('$5'),
  'POST /capitals': sold('$0.02'),
}, new x402ResourceServer(client).register(NETWORK, new SellerScheme())));
shop.get('/weather', (_, answer) => answer.json({ weather: 'fine' }));
shop.get('/known', (_, answer) => answer.json({ weather: 'known' }));
shop.get('/dear', (_, answer) => answer.json({ weather: 'golden' }));
shop.post('/capitals', express.text({ type: '*/*' }), (ask, answer) => answer.json({ text: ask.body.toUpperCase() }));
/** What a seller of ill will asks for, as it stands in the address. */
shop.get('/asks', (ask, answer) => {
  const asked = JSON.parse(ask.query.way);
  const required = { x402Version: 2, error: 'pay', resource: { url: 'http://shop/', description: '', mimeType: '' }, accepts: [asked] };
  answer.status(402).set('PAYMENT-REQUIRED', encodePaymentRequiredHeader(required)).json({});
});
const store = await listening(shop);

/** The buyer in Java: a wish a line, an answer a line. */
const buyer = spawn(process.env.JAVA, ['--enable-native-access=ALL-UNNAMED', '-cp', process.env.CLASSES, 'Buyer'], {
  env: { ...process.env, BUYER_SECRET: secret }, stdio: ['pipe', 'pipe', 'inherit'],
});
atEnd(() => buyer.kill());
buyer.on('exit', code => { console.error(`The buyer ended with ${code}`); process.exit(1); });
const answers = createInterface({ input: buyer.stdout })[Symbol.asyncIterator]();
let wishes = 0;
async function buy(url, more = {}) {
  const wish = { url, budget: `b${wishes++}`, network: NETWORK, asset: DOLLAR, most: 20_000, in_all: 100_000, ...more };
  buyer.stdin.write(`${JSON.stringify(wish)}\n`);
  return JSON.parse((await answers.next()).value);
}

/** Stands before a server, and may lose an answer or take a header away. */
async function before(target, { loses = () => false, strips = '' }) {
  return listening(async (ask, answer) => {
    const parts = [];
    for await (const part of ask) parts.push(part);
    const headers = { ...ask.headers };
    delete headers.host;
    const got = http.request(target + ask.url, { method: ask.method, headers });
    got.end(Buffer.concat(parts));
    const [response] = await once(got, 'response');
    const body = [];
    for await (const part of response) body.push(part);
    if (loses(ask, response)) return ask.socket.destroy();
    delete response.headers[strips];
    return answer.writeHead(response.statusCode, response.headers).end(Buffer.concat(body));
  });
}
const isPaid = ask => Boolean(ask.headers['payment-signature'] ?? ask.headers['x-payment']);

const first = await verdict.check('a server of @x402/express is paid, once, on the chain', async () => {
  const { value, paid, got } = await moved(() => buy(`${store}/weather`));
  expect(value.status === 200 && JSON.parse(value.body).weather === 'fine', JSON.stringify(value));
  expect(paid === 10_000n && got === 10_000n, `paid ${paid}, got ${got}`);
  expect(value.success && value.payer === account.address, JSON.stringify(value));
  expect(await isUsed(value.nonce), 'the chain does not know the nonce');
  const receipt = await minter.getTransactionReceipt({ hash: value.transaction });
  expect(receipt.status === 'success' && receipt.from === settler.account.address.toLowerCase(), receipt.from);
  return shown.at(-1);
});

await verdict.check('what was paid is not taken again, there or elsewhere', async () => {
  const replayed = await moved(() => Promise.all(['/weather', '/dear', '/known'].map(path =>
    fetch(store + path, { headers: { 'PAYMENT-SIGNATURE': first } }).then(answer => answer.status))));
  expect(replayed.value.join() === '402,402,402' && replayed.paid === 0n, `${replayed.value}, paid ${replayed.paid}`);
});

await verdict.check('the whole body goes along with the payment', async () => {
  const body = JSON.stringify({ text: 'é'.repeat(50_000) });
  const { value, paid } = await moved(() => buy(`${store}/capitals`, { body }));
  expect(value.status === 200 && JSON.parse(value.body).text === body.toUpperCase(), `${value.status}`);
  expect(paid === 20_000n, `paid ${paid}`);
});

await verdict.check('@x402/extensions finds the id of the payment', async () => {
  const { value, paid } = await moved(() => buy(`${store}/known`));
  expect(value.status === 200 && paid === 10_000n, JSON.stringify(value));
  const { id, validation } = extractAndValidatePaymentIdentifier(JSON.parse(Buffer.from(shown.at(-1), 'base64')));
  expect(validation.valid && id === value.identifier && id.length >= 16, `${id} ${JSON.stringify(validation)}`);
});

/** Checks that nothing was signed, and what was said to be in the way. */
async function denied(limit, action) {
  const count = shown.length;
  const { value, paid } = await moved(action);
  expect(value.denied?.join() === limit, JSON.stringify(value));
  expect(shown.length === count && paid === 0n, `${shown.length - count} payments were shown, ${paid} paid`);
}

await verdict.check('a price over the limit is not signed', () => 
  denied('PER_PAYMENT', () => buy(`${store}/dear`, { in_all: 10_000_000 })));

await verdict.check('what was signed before counts', async () => {
  const more = { budget: 'small', in_all: 25_000 };
  const { value, paid } = await moved(async () => [await buy(`${store}/weather`, more), await buy(`${store}/weather`, more)]);
  expect(value.every(one => one.status === 200) && paid === 20_000n, `paid ${paid}`);
  await denied('IN_ALL', () => buy(`${store}/weather`, more));
});

const asked = { ...way(), amount: '1', asset: DOLLAR, maxTimeoutSeconds: 60, extra: { name: 'USDC', version: '2' } };
delete asked.price;
const other = '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913';
for (const [what, limit, change] of [
  ['another network', 'NETWORK', { network: 'eip155:8453' }],
  ['Solana', 'NETWORK', { network: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1' }],
  ['another asset', 'ASSET', { asset: other }],
  ['another scheme', 'SCHEME', { scheme: 'upto' }],
  ['the contract of another token', 'CONTRACT', { extra: { name: 'GatewayWalletBatched', version: '1', verifyingContract: other } }],
  ['what counts for years', 'TIME', { maxTimeoutSeconds: 99_999_999 }],
  ['half an atom', 'TERMS', { amount: '0.5' }],
]) {
  await verdict.check(`${what}: nothing is signed`, () =>
    denied(limit, () => buy(`${store}/asks?way=${encodeURIComponent(JSON.stringify({ ...asked, ...change }))}`)));
}

await verdict.check('an answer of the seller that is lost is not paid a second time', async () => {
  let lost = 0;
  const lossy = await before(store, { loses: (ask, answer) => isPaid(ask) && answer.statusCode === 200 && ++lost > 0 });
  const count = shown.length;
  const { value, paid } = await moved(() => buy(`${lossy}/capitals`, { body: '"lost"' }));
  const payments = new Set(shown.slice(count));
  expect(lost === 1 && payments.size === 1 && shown.length - count === 2, `${lost} lost, ${payments.size} payments`);
  expect(value.in_doubt === true && paid === 20_000n, `${JSON.stringify(value)}, paid ${paid}`);
});

await verdict.check('a payment goes nowhere but to the address that was asked', async () => {
  const stolen = [];
  const thief = await listening((ask, answer) => { stolen.push(ask.url); answer.end('thanks'); });
  const moving = await listening(async (ask, answer) => {
    if (isPaid(ask)) return answer.writeHead(307, { Location: `${thief}/paid` }).end();
    const { headers, status } = await fetch(`${store}/weather`);
    return answer.writeHead(status, { 'PAYMENT-REQUIRED': headers.get('payment-required') }).end();
  });
  const { value, paid } = await moved(() => buy(moving));
  expect(value.status === 307 && stolen.length === 0 && paid === 0n, `${JSON.stringify(value)} ${stolen}`);
});

// The hub itself as the seller: a service of one of its agents.
const agent = await Agent.join('java-buyer');
const seller = await Agent.join('java-seller');
const deposit = await fetch(`${HUB}/deposits`, {
  method: 'POST', headers: { Authorization: `Bearer ${process.env.ADMIN_KEY}`, 'Content-Type': 'application/json' },
  body: JSON.stringify({ id: 'java', agent_id: agent.id, amount: '1' }),
});
expect(deposit.ok, `the deposit: ${deposit.status}`);
const { challenge } = await agent.post('/keys/challenge', {});
const point = account.publicKey.slice(4);
await agent.post('/keys', {
  type: 'secp256k1', public_key: (Number.parseInt(point.at(-1), 16) % 2 ? '03' : '02') + point.slice(0, 64), challenge,
  signature: await account.signMessage({ message: challenge }),
});
const { service_id: service } = await seller.post('/services', {
  name: 'Capitals', description: 'Writes a text in capitals.', price: { amount: '0.01', asset: 'CREDIT', unit: 'call' },
});
const selling = { goes: true, answered: 0 };
const done = (async () => {
  while (selling.goes) {
    const { calls } = await seller.get('/calls?role=seller&state=waiting&limit=100');
    for (const call of calls) {
      await seller.post(`/calls/${call.call_id}/answer`, { output: { text: call.input.text.toUpperCase() } });
      selling.answered++;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
})();
const { network, asset } = await agent.get('/wallet/x402');
const credits = async one => BigInt((await one.get('/wallet')).balances[0].available_atoms);

/** Calls the service, and says what it cost and brought, in atoms of the ledger. */
async function called(base, text, more = {}) {
  const were = [await credits(agent), await credits(seller)];
  const value = await buy(`${base}/services/${service}/call`, { body: JSON.stringify({ text }), network, asset, ...more });
  return { value, paid: were[0] - await credits(agent), got: await credits(seller) - were[1] };
}

await verdict.check('a service of the hub is called and paid, once, on its ledger', async () => {
  const { value, paid, got } = await called(HUB, 'hello');
  expect(value.status === 200 && JSON.parse(value.body).text === 'HELLO', JSON.stringify(value));
  expect(paid === 10_000n && got === 9_700n && value.success, `paid ${paid}, got ${got}`);
});

await verdict.check('an answer of the hub that is lost is fetched with the same payment', async () => {
  let lost = 0;
  const lossy = await before(HUB, { loses: (ask, answer) => isPaid(ask) && answer.statusCode === 200 && ++lost <= 2 });
  const { value, paid } = await called(lossy, 'lost');
  expect(lost === 3 && JSON.parse(value.body).text === 'LOST' && paid === 10_000n, `${lost} ${JSON.stringify(value)}, paid ${paid}`);
});

await verdict.check('the terms of version 1 in the body of the hub are paid, too', async () => {
  const { value, paid } = await called(await before(HUB, { strips: 'payment-required' }), 'old');
  expect(JSON.parse(value.body).text === 'OLD' && paid === 10_000n, `${JSON.stringify(value)}, paid ${paid}`);
});

await verdict.check('a price of the hub over the limit, or on a chain, is not signed', async () => {
  for (const [limit, more] of [['PER_PAYMENT', { most: 9_999 }], ['ASSET', { asset: DOLLAR }]]) {
    const { value, paid } = await called(HUB, 'no', more);
    expect(value.denied?.join() === limit && paid === 0n, JSON.stringify(value));
  }
});

selling.goes = false;
await done;
process.exit(verdict.finish());

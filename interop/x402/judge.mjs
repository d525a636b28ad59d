// Buyers and sellers that know x402 and nothing of the hub: they pay each other on its ledger.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { BatchEvmScheme, GatewayClient } from '@circle-fin/x402-batching/client';
import { BatchFacilitatorClient, createGatewayMiddleware } from '@circle-fin/x402-batching/server';
import { HTTPFacilitatorClient } from '@x402/core/server';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { ExactEvmScheme as SellerScheme } from '@x402/evm/exact/server';
import { paymentMiddleware, x402ResourceServer } from '@x402/express';
import { wrapFetchWithPayment, x402Client, x402HTTPClient } from '@x402/fetch';
import {
  declarePaymentIdentifierExtension, extractOffersFromPaymentRequired, extractReceiptFromResponse, decodeSignedOffers,
  validateDiscoveryExtension, validateDiscoveryExtensionSpec, verifyOfferSignatureJWS, verifyReceiptMatchesOffer,
  verifyReceiptSignatureJWS, appendPaymentIdentifierToExtensions,
} from '@x402/extensions';
import express from 'express';
import { privateKeyToAccount } from 'viem/accounts';
import { wrapFetchWithPayment as wrapFormer } from 'x402-fetch';

const { Agent, HUB } = await import(`${process.env.SHARED}/hub.mjs`);
const { Verdict, expect } = await import(`${process.env.SHARED}/verdict.mjs`);

const verdict = new Verdict('x402', {
  suite: '@x402/fetch, @x402/express, @x402/extensions, x402-fetch, @circle-fin/x402-batching',
  version: '2.27.0, 2.27.0, 2.27.0, 1.2.0, 3.3.0',
});
const secret = `0x${randomBytes(32).toString('hex')}`;
const account = privateKeyToAccount(secret);
const buyer = await Agent.join('x402-buyer');
const seller = await Agent.join('x402-seller');

const as = (key, path, body) => fetch(HUB + path, {
  method: body ? 'POST' : 'GET',
  headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
  body: body && JSON.stringify(body),
});
const deposited = await as(process.env.ADMIN_KEY, '/deposits', { id: 'd1', agent_id: buyer.id, amount: '100' });
expect(deposited.ok, `the deposit: ${deposited.status}`);

async function available(agent) {
  const { balances } = await agent.get('/wallet');
  return BigInt(balances[0].available_atoms);
}

/** What an action costs the buyer and brings the seller, in atoms. */
async function moved(action) {
  const before = [await available(buyer), await available(seller)];
  const value = await action();
  const after = [await available(buyer), await available(seller)];
  return { value, paid: before[0] - after[0], got: after[1] - before[1] };
}

await verdict.check('a wallet binds its key by a text that it signs', async () => {
  const { challenge } = await buyer.post('/keys/challenge', {});
  const point = account.publicKey.slice(4);
  const compressed = (Number.parseInt(point.at(-1), 16) % 2 ? '03' : '02') + point.slice(0, 64);
  const signature = await account.signMessage({ message: challenge });
  const bound = await buyer.post('/keys', { type: 'secp256k1', public_key: compressed, challenge, signature });
  expect(bound.evm_address === account.address, `${bound.evm_address} is not ${account.address}`);
});

const { service_id: service } = await seller.post('/services', {
  name: 'Capitals', description: 'Writes a text in capitals.', price: { amount: '0.01', asset: 'CREDIT', unit: 'call' },
});
const url = `${HUB}/services/${service}/call`;

/** The seller: answers what waits, as any agent would, until it is told to stop. */
const selling = { goes: true, answered: 0 };
async function sell() {
  while (selling.goes) {
    const { calls } = await seller.get('/calls?role=seller&state=waiting&limit=100');
    for (const call of calls) {
      await seller.post(`/calls/${call.call_id}/answer`, { output: { text: String(call.input?.text ?? '').toUpperCase() } });
      selling.answered++;
    }
  }
}
const sold = sell();

const client = () => new x402Client().register('eip155:*', new ExactEvmScheme(account)).setSpendControls({ allowedAssets: true });
const request = text => ({
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ text }),
});

await verdict.check('@x402/fetch pays a call, and its answer says so', async () => {
  const paying = client();
  const fetchPaid = wrapFetchWithPayment(fetch, paying);
  const { value, paid, got } = await moved(async () => {
    const answer = await fetchPaid(url, request('hello'));
    expect(answer.status === 200, `${answer.status} ${await answer.clone().text()}`);
    return { body: await answer.json(), settled: new x402HTTPClient(paying).getPaymentSettleResponse(name => answer.headers.get(name)) };
  });
  expect(value.body.text === 'HELLO', JSON.stringify(value.body));
  expect(value.settled.success && value.settled.payer === account.address, JSON.stringify(value.settled));
  expect(paid === 10_000n && got === 9_700n, `paid ${paid}, got ${got}`);
});

await verdict.check('its spend controls refuse an asset that they do not know', async () => {
  const careful = new x402Client().register('eip155:*', new ExactEvmScheme(account));
  const { value, paid } = await moved(() => wrapFetchWithPayment(fetch, careful)(url, request('no')).then(() => 'paid', error => error.message));
  expect(/spendControls/.test(value) && paid === 0n, value);
});

await verdict.check('x402-fetch of version 1 pays a call', async () => {
  const fetchPaid = wrapFormer(fetch, account, 1_000_000n);
  const { value, paid } = await moved(async () => {
    const answer = await fetchPaid(url, request('old'));
    expect(answer.status === 200, `${answer.status} ${await answer.clone().text()}`);
    return answer.json();
  });
  expect(value.text === 'OLD' && paid === 10_000n, `${JSON.stringify(value)}, paid ${paid}`);
});

await verdict.check("Circle's GatewayClient pays a call", async () => {
  const gateway = new GatewayClient({ chain: 'baseSepolia', privateKey: secret, rpcUrl: 'http://127.0.0.1:9' });
  const { value, paid } = await moved(() => gateway.pay(url, { method: 'POST', body: { text: 'circle' } }));
  expect(value.status === 200 && value.data.text === 'CIRCLE' && paid === 10_000n, `${JSON.stringify(value.data)}, paid ${paid}`);
});

const decoded = header => JSON.parse(Buffer.from(header, 'base64'));

await verdict.check('@x402/extensions verifies what is offered, and the receipt of it', async () => {
  const asked = await fetch(url, request('receipt'));
  const required = decoded(asked.headers.get('payment-required'));
  const [offer] = extractOffersFromPaymentRequired(required);
  const offered = await verifyOfferSignatureJWS(offer);
  expect(offered.amount === '10000' && offered.payTo === required.accepts[0].payTo, JSON.stringify(offered));
  const { keys } = await (await fetch(`${HUB}/.well-known/jwks.json`)).json();
  const own = await verifyOfferSignatureJWS(offer, keys[0]);
  expect(own.resourceUrl === url, 'the key of the offer is not one that the hub publishes');
  const answer = await wrapFetchWithPayment(fetch, client())(url, request('receipt'));
  const receipt = extractReceiptFromResponse(answer);
  const said = await verifyReceiptSignatureJWS(receipt);
  expect(said.payer === account.address && said.transaction.startsWith('t'), JSON.stringify(said));
  const [readable] = decodeSignedOffers([offer]);
  expect(verifyReceiptMatchesOffer(receipt, readable, [account.address]), 'the receipt is of another offer');
  const forged = { ...receipt, signature: receipt.signature.slice(0, -8) + 'AAAAAAAA' };
  const refused = await verifyReceiptSignatureJWS(forged).then(() => false, () => true);
  expect(refused, 'a changed receipt is verified');
  for (const validate of [validateDiscoveryExtension, validateDiscoveryExtensionSpec]) {
    const { valid, errors } = validate(required.extensions.bazaar);
    expect(valid, String(errors));
  }
});

await verdict.check('an id that a buyer gives is for one payment', async () => {
  const asked = await fetch(url, request('once'));
  const required = decoded(asked.headers.get('payment-required'));
  const scheme = new ExactEvmScheme(account);
  const pay = async id => {
    const extensions = appendPaymentIdentifierToExtensions({ 'payment-identifier': declarePaymentIdentifierExtension(false) }, id);
    const payload = { ...await scheme.createPaymentPayload(2, required.accepts[0]), accepted: required.accepts[0], extensions };
    const header = Buffer.from(JSON.stringify(payload)).toString('base64');
    const ask = () => fetch(url, { ...request('once'), headers: { 'Content-Type': 'application/json', 'PAYMENT-SIGNATURE': header } });
    return { first: await ask(), again: await ask() };
  };
  const { value, paid } = await moved(async () => {
    const one = await pay('payment-of-the-judge-1');
    const other = await pay('payment-of-the-judge-1');
    return [one.first.status, one.again.status, other.first.status];
  });
  expect(value.join() === '200,200,409' && paid === 10_000n, `${value}, paid ${paid}`);
});

await verdict.check('what is paid is found by what lists resources', async () => {
  const { items, pagination } = await (await fetch(`${HUB}/x402/discovery/resources?type=http`)).json();
  expect(pagination.total === 1 && items[0].resource === url && items[0].accepts[0].amount === '10000', JSON.stringify(items));
});

/** A seller's own server, with a middleware before what it sells; answers its address. */
const servers = [];
async function serve(middleware) {
  const app = express();
  app.use(middleware);
  app.get('/weather', (_, response) => response.json({ weather: 'fine' }));
  const server = app.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}/weather`;
}
const own = await seller.get('/wallet/x402');
const { kinds } = await (await fetch(`${HUB}/x402/supported`)).json();
const kind = kinds.find(one => one.extra.verifyingContract === own.asset);

await verdict.check('@x402/express sells by the hub as its facilitator', async () => {
  const facilitator = new HTTPFacilitatorClient({ url: `${HUB}/x402` });
  const middleware = paymentMiddleware({
    'GET /weather': {
      accepts: [{
        scheme: 'exact', network: own.network, payTo: own.pay_to,
        price: { amount: '2500', asset: own.asset, extra: kind.extra },
      }],
      description: 'The weather', mimeType: 'application/json',
    },
  }, new x402ResourceServer(facilitator).register(own.network, new SellerScheme()));
  const weather = await serve(middleware);
  const { value, paid, got } = await moved(async () => {
    const answer = await wrapFetchWithPayment(fetch, client())(weather);
    expect(answer.status === 200, `${answer.status} ${answer.headers.get('payment-required')}`);
    return answer.json();
  });
  expect(value.weather === 'fine' && paid === 2_500n && got === 2_500n, `paid ${paid}, got ${got}`);
});

const nano = await verdict.check("Circle's middleware sells by the hub, down to a millionth", async () => {
  const gateway = createGatewayMiddleware({ sellerAddress: own.pay_to, facilitatorUrl: HUB, networks: own.network });
  const weather = await serve(gateway.require('$0.000001'));
  const buying = new GatewayClient({ chain: 'baseSepolia', privateKey: secret, rpcUrl: 'http://127.0.0.1:9' });
  const { value, paid, got } = await moved(() => buying.pay(weather));
  expect(value.status === 200 && paid === 1n && got === 1n, `${value.status}, paid ${paid}, got ${got}`);
  return weather;
});

await verdict.check('500 nanopayments that Circle signs are taken once each, and none of 500 replays', async () => {
  const asked = await fetch(nano);
  const required = JSON.parse(Buffer.from(asked.headers.get('payment-required'), 'base64'));
  const scheme = new BatchEvmScheme(account);
  const facilitator = new BatchFacilitatorClient({ url: HUB });
  const [accepted] = required.accepts;
  const payments = [];
  for (let i = 0; i < 500; i++) {
    payments.push({ ...await scheme.createPaymentPayload(2, accepted), resource: required.resource, accepted });
  }
  const settleAll = async () => {
    const queue = [...payments];
    let taken = 0;
    await Promise.all(Array.from({ length: 16 }, async () => {
      for (let one = queue.pop(); one; one = queue.pop()) {
        if ((await facilitator.settle(one, accepted)).success) taken++;
      }
    }));
    return taken;
  };
  const first = await moved(settleAll);
  expect(first.value === 500 && first.paid === 500n && first.got === 500n, `${first.value} taken, ${first.paid} paid`);
  const replays = await moved(settleAll);
  expect(replays.value === 0 && replays.paid === 0n, `${replays.value} replays taken`);
});

await verdict.check("Circle's GatewayClient reads how far its payments have come, to the end", async () => {
  const own = globalThis.fetch;
  // Its address for lists is fixed; all else is as Circle wrote it.
  const here = address => String(address).replace('https://gateway-api-testnet.circle.com', HUB);
  globalThis.fetch = (address, init) => own(here(address), init);
  try {
    const headers = { Authorization: `Bearer ${buyer.key}` };
    const gateway = new GatewayClient({ chain: 'baseSepolia', privateKey: secret, rpcUrl: 'http://127.0.0.1:9', headers });
    const { transfers, pagination } = await gateway.searchTransfers({ from: account.address, pageSize: 3 });
    expect(transfers.length === 3 && pagination.pageAfter, JSON.stringify({ transfers, pagination }));
    let [last] = transfers;
    for (let i = 0; i < 600 && last.status !== 'completed'; i++) {
      await new Promise(resolve => setTimeout(resolve, 50));
      last = await gateway.getTransferById(last.id);
    }
    expect(last.status === 'completed' && last.amount === '1', JSON.stringify(last));
    const { leaf } = await buyer.get(`/x402/payments/${last.id}/proof`);
    expect(leaf.payer === account.address.toLowerCase() && leaf.atoms === 1, JSON.stringify(leaf));
  } finally {
    globalThis.fetch = own;
  }
});

await verdict.check('what was paid is in the books, and they come out even', async () => {
  const books = await (await as(process.env.ADMIN_KEY, '/ledger')).json();
  expect(books.differences.length === 0, JSON.stringify(books.differences));
});

selling.goes = false;
await sold;
servers.forEach(server => server.close());
process.exit(verdict.finish());

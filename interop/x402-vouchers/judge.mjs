// The official client and seller of `batch-settlement`, whose facilitator is a hub on a local chain: what they sign is
// theirs, what the hub hands in is counted in the contracts. What is wrong is refused by the word that the official
// facilitator has for it, which is asked the same on the same chain.
import { once } from 'node:events';
import http from 'node:http';
import { x402Facilitator } from '@x402/core/facilitator';
import { HTTPFacilitatorClient } from '@x402/core/server';
import { toFacilitatorEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme as BuyerScheme } from '@x402/evm/batch-settlement/client';
import { BatchSettlementEvmScheme as FacilitatorScheme } from '@x402/evm/batch-settlement/facilitator';
import { BatchSettlementChannelManager, BatchSettlementEvmScheme as SellerScheme } from '@x402/evm/batch-settlement/server';
import { paymentMiddleware, x402ResourceServer } from '@x402/express';
import { wrapFetchWithPayment, x402Client } from '@x402/fetch';
import express from 'express';
import * as viem from 'viem';
import * as accounts from 'viem/accounts';
import { baseSepolia } from 'viem/chains';

const { Verdict, expect } = await import(`${process.env.SHARED}/verdict.mjs`);
const { DOLLAR, NETWORK, THIRD_SECRET, atEnd, endsWithin, hubOn, localChain } = await import(`${process.env.SHARED}/chain.mjs`);
const { generatePrivateKey, privateKeyToAccount } = accounts;
endsWithin(4);
const verdict = new Verdict('x402-vouchers', {
  suite: '@x402/fetch pays @x402/express by batch-settlement vouchers of @x402/evm', version: '2.27.0',
  notes: 'The facilitator is the hub, on anvil 1.7.1; the escrow is a double written by what the scheme says of it. '
    + 'The official facilitator looks at the same refused payments on the same chain.',
});
const PRICE = 7n;
const { dollars, mint, minter, rpc, walletOf } = await localChain({ ...viem, ...accounts, baseSepolia }, {
  codes: {
    '0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003': 'TestBatchSettlement',
    '0x4020806089470a89826cB9fB1f4059150b550004': 'TestDepositCollector',
    '0xcA11bde05977b3631167028862bE2a173976CA11': 'TestMulticall',
  },
});
const theirs = walletOf(THIRD_SECRET);
const buyer = privateKeyToAccount(generatePrivateKey());
const authorizer = privateKeyToAccount(generatePrivateKey());
const payTo = privateKeyToAccount(generatePrivateKey()).address;
await mint(buyer.address, 1_000_000n);
const { url: HUB } = await hubOn(rpc, '--evm-least-atoms', '1');
const ask = async (path, body) => (await fetch(`${HUB}/x402/${path}`, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
})).json();

/** Stands before the hub and takes down what it is asked. */
const asked = [];
async function listening(listener) {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  atEnd(() => { server.close(); server.closeAllConnections(); });
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}
const desk = express().use(express.json({ limit: '5mb' }));
for (const path of ['verify', 'settle']) {
  desk.post(`/${path}`, async (got, answer) => {
    const told = await ask(path, got.body);
    asked.push({ path, type: got.body.paymentPayload.payload.type, body: got.body, told });
    answer.json(told);
  });
}
desk.get('/supported', async (_, answer) => answer.json(await (await fetch(`${HUB}/x402/supported`)).json()));
const facilitator = new HTTPFacilitatorClient({ url: await listening(desk) });
const settled = type => asked.filter(one => one.path === 'settle' && one.type === type);

/** A seller. */
const scheme = new SellerScheme(payTo, {
  withdrawDelay: 900, receiverAuthorizerSigner: { address: authorizer.address, signTypedData: data => authorizer.signTypedData(data) },
});
const shop = express();
const shown = [];
shop.use((got, _, next) => {
  if (got.get('payment-signature')) shown.push(got.get('payment-signature'));
  next();
});
shop.use(paymentMiddleware({
  'GET /word': {
    accepts: [{ scheme: 'batch-settlement', price: '$0.000007', network: NETWORK, payTo }], description: 'A word', mimeType: 'application/json',
  },
}, new x402ResourceServer(facilitator).register(NETWORK, scheme)));
let served = 0;
shop.get('/word', (_, answer) => answer.json({ word: ++served }));
const store = await listening(shop);
const manager = new BatchSettlementChannelManager({ scheme, facilitator, receiver: payTo, token: DOLLAR, network: NETWORK });

/** A buyer. */
const wallet = Object.assign(buyer, { readContract: call => minter.readContract(call) });
const pays = new BuyerScheme(wallet, { depositPolicy: { depositMultiplier: 50 } });
const pay = wrapFetchWithPayment(fetch, new x402Client().register('eip155:*', pays));
const before = await dollars(buyer.address);

await verdict.check('the hub says that it takes vouchers', async () => {
  const { kinds } = await (await fetch(`${HUB}/x402/supported`)).json();
  expect(kinds.some(kind => kind.scheme === 'batch-settlement' && kind.network === NETWORK), JSON.stringify(kinds));
});
await verdict.check('thirty calls are paid by deposits and vouchers', async () => {
  for (let i = 0; i < 30; i++) {
    const answer = await pay(`${store}/word`);
    expect(answer.status === 200, `call ${i}: ${answer.status} ${await answer.text()} ${JSON.stringify(asked.at(-1)?.told)}`);
  }
  expect(served === 30, `${served} were served`);
  const deposits = settled('deposit');
  expect(deposits.length > 0 && deposits.length < 10, `${deposits.length} deposits`);
  console.log(`      ${deposits.length} deposits, ${30 - deposits.length} vouchers alone`);
});
await verdict.check('nothing has reached the seller yet', async () => expect(await dollars(payTo) === 0n, 'it has'));

await verdict.check('a voucher that was shown before buys nothing', async () => {
  for (const header of [shown.at(-1), shown.at(0)]) {
    const again = await fetch(`${store}/word`, { headers: { 'payment-signature': header } });
    expect(again.status === 402, `it was answered with ${again.status}`);
  }
  expect(served === 30, `${served} were served`);
});
await verdict.check('a deposit that was handed in before is told to nobody again', async () => {
  const again = await ask('settle', settled('deposit')[0].body);
  expect(again.success === false && again.errorReason === 'nonce_already_used', JSON.stringify(again));
});

// What the official facilitator says of the same.
const official = new x402Facilitator().register(NETWORK, new FacilitatorScheme(toFacilitatorEvmSigner({
  ...theirs, address: theirs.account.address,
})));
const voucher = asked.findLast(one => one.path === 'verify' && one.type === 'voucher')?.body;
const deposit = asked.find(one => one.path === 'verify' && one.type === 'deposit').body;
const base = voucher ?? { ...structuredClone(deposit), paymentPayload: { ...structuredClone(deposit.paymentPayload) } };
if (!voucher) {
  base.paymentPayload.payload = { ...base.paymentPayload.payload, type: 'voucher' };
}
const other = privateKeyToAccount(generatePrivateKey());
async function signed(ceiling, channelId, signer = buyer) {
  return {
    channelId, maxClaimableAmount: String(ceiling),
    signature: await signer.signTypedData({
      domain: { name: 'x402 Batch Settlement', version: '1', chainId: 84532, verifyingContract: '0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003' },
      types: { Voucher: [{ name: 'channelId', type: 'bytes32' }, { name: 'maxClaimableAmount', type: 'uint128' }] },
      primaryType: 'Voucher', message: { channelId, maxClaimableAmount: BigInt(ceiling) },
    }),
  };
}
const id = base.paymentPayload.payload.voucher.channelId;
const WRONG = {
  'nothing wrong': async () => {},
  'a ceiling above the deposit': async one => { one.payload.voucher = await signed(900_000, id); },
  'a voucher of somebody else': async one => { one.payload.voucher = await signed(211, id, other); },
  'a ceiling that is not signed': async one => { one.payload.voucher.maxClaimableAmount = '209'; },
  'a channel of another name': async one => { one.payload.voucher.channelId = `0x${'12'.repeat(32)}`; },
  'a channel with another receiver': async one => { one.required.payTo = other.address; },
  'a channel with another authorizer': async one => { one.required.extra.receiverAuthorizer = other.address; },
  'no authorizer': async one => { delete one.required.extra.receiverAuthorizer; },
  'another delay': async one => { one.required.extra.withdrawDelay = 901; },
  'another network at the buyer': async one => { one.payment.accepted.network = 'eip155:8453'; },
  'another scheme at the buyer': async one => { one.payment.accepted.scheme = 'exact'; },
  'another type': async one => { one.payload.type = 'gift'; },
  'a claim': async one => { one.payment.payload = { type: 'claim', claims: [] }; },
  'a deposit that was used': async one => {
    one.payment.payload = structuredClone(deposit.paymentPayload.payload);
    one.payment.payload.voucher = await signed(212, id);
  },
  'a deposit of another amount': async one => {
    one.payment.payload = structuredClone(deposit.paymentPayload.payload);
    one.payment.payload.deposit.amount = '351';
  },
  'a deposit that is over': async one => {
    one.payment.payload = structuredClone(deposit.paymentPayload.payload);
    one.payment.payload.deposit.authorization.erc3009Authorization.validBefore = '1700000000';
  },
  'a deposit that does not count yet': async one => {
    one.payment.payload = structuredClone(deposit.paymentPayload.payload);
    one.payment.payload.deposit.authorization.erc3009Authorization.validAfter = '9700000000';
  },
  'a deposit with no name of the token': async one => {
    one.payment.payload = structuredClone(deposit.paymentPayload.payload);
    delete one.required.extra.name;
  },
};
for (const [what, change] of Object.entries(WRONG)) {
  await verdict.check(`hub and official facilitator say the same to ${what}`, async () => {
    const body = structuredClone(base);
    await change({ payment: body.paymentPayload, payload: body.paymentPayload.payload, required: body.paymentRequirements });
    const ours = await ask('verify', body);
    const [valid, reason] = await official.verify(body.paymentPayload, body.paymentRequirements)
      .then(said => [said.isValid, said.invalidReason], failure => [false, failure.message]);
    expect(ours.isValid === valid && ours.invalidReason === reason,
      `the hub: ${JSON.stringify(ours)}, the official one: ${valid} ${reason}`);
    console.log(`      ${reason ?? 'valid'}`);
  });
}

await verdict.check('one claim and one payout bring the seller just the sum', async () => {
  const done = await manager.claimAndSettle();
  expect(done.claims.length > 0 && done.settle, JSON.stringify(done));
  expect(await dollars(payTo) === 30n * PRICE, `it has ${await dollars(payTo)}`);
  console.log(`      ${settled('claim').length} claim, ${settled('settle').length} payout`);
});
await verdict.check('the same claim again is told again, and moves nothing', async () => {
  const [first] = settled('claim');
  const again = await ask('settle', first.body);
  expect(again.success && again.transaction === first.told.transaction, JSON.stringify(again));
  const paid = await ask('settle', settled('settle')[0].body);
  expect(paid.errorReason === 'invalid_batch_settlement_evm_nothing_to_settle', JSON.stringify(paid));
  expect(await dollars(payTo) === 30n * PRICE, `it has ${await dollars(payTo)}`);
});
await verdict.check('a claimed voucher is refused by both', async () => {
  const body = structuredClone(base);
  body.paymentPayload.payload.voucher = await signed(210, id);
  const ours = await ask('verify', body);
  const said = await official.verify(body.paymentPayload, body.paymentRequirements);
  expect(!ours.isValid && ours.invalidReason === said.invalidReason, JSON.stringify([ours, said]));
});
await verdict.check('after it, calls are paid as before', async () => {
  const answer = await pay(`${store}/word`);
  expect(answer.status === 200 && served === 31, `${answer.status}, ${served} were served`);
});
await verdict.check('the buyer gets back what it did not spend', async () => {
  const back = await pays.refund(`${store}/word`);
  expect(back.success, JSON.stringify(back));
  expect(await dollars(buyer.address) === before - 31n * PRICE, `it has ${await dollars(buyer.address)} of ${before}`);
});
await verdict.check('the last call is paid out', async () => {
  await manager.settle();
  expect(await dollars(payTo) === 31n * PRICE, `it has ${await dollars(payTo)}`);
});
process.exit(verdict.finish());

// The official client of x402 buys what agents of a hub sell for the dollar of a local chain. What it signs is its own;
// what moved is counted in the token's contract.
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPayment, x402Client, x402HTTPClient } from '@x402/fetch';
import * as viem from 'viem';
import * as accounts from 'viem/accounts';
import { baseSepolia } from 'viem/chains';
import { wrapFetchWithPayment as wrapFormer } from 'x402-fetch';

const { Verdict, expect } = await import(`${process.env.SHARED}/verdict.mjs`);
const { DOLLAR, NETWORK, endsWithin, hubOn, localChain } = await import(`${process.env.SHARED}/chain.mjs`);
const { generatePrivateKey, privateKeyToAccount } = accounts;
endsWithin(4);
const verdict = new Verdict('x402-service', {
  suite: '@x402/fetch and x402-fetch buy a service that is priced in USDC', version: '2.27.0, 1.2.0',
  notes: 'The hub settles on anvil 1.7.1, in the test dollar, to the address of the seller.',
});
const ASSET = `${NETWORK}/erc20:${DOLLAR.toLowerCase()}`;
const PRICE = 10_000n;
const ABI = viem.parseAbi(['function transfer(address,uint256) returns (bool)']);
const { dollars, mined, mint, minter, rpc, walletOf } = await localChain({ ...viem, ...accounts, baseSepolia });
const secret = generatePrivateKey();
const buyer = privateKeyToAccount(secret);
const payTo = privateKeyToAccount(generatePrivateKey()).address;
await mint(buyer.address, 1_000_000n);

const told = await hubOn(rpc);
process.env.HUB_URL = told.url;
process.env.INVITE_URL = told.invite_url;
const { Agent, HUB } = await import(`${process.env.SHARED}/hub.mjs`);
const seller = await Agent.join('dollar-seller');
const { service_id: service } = await seller.post('/services', {
  name: 'Capitals', description: 'Writes a text in capitals.',
  price: { amount: '0.01', asset: ASSET, unit: 'call', pay_to: payTo },
});
const url = `${HUB}/services/${service}/call`;

/** The seller answers what waits, as any agent would; what is to be declined or waited for, it declines or leaves. */
const selling = { goes: true, asked: 0 };
async function sell() {
  while (selling.goes) {
    const { calls } = await seller.get('/calls?role=seller&state=waiting&limit=100');
    for (const call of calls.filter(one => !one.input?.wait)) {
      const body = call.input?.no ? { declined: 'no' } : { output: { text: String(call.input?.text ?? '').toUpperCase() } };
      await seller.post(`/calls/${call.call_id}/answer`, body);
      selling.asked++;
    }
    await new Promise(resolve => { setTimeout(resolve, 50); });
  }
}
const sold = sell();

/** What an action costs the buyer and brings the seller, in atoms. */
async function moved(action) {
  const before = [await dollars(buyer.address), await dollars(payTo)];
  const value = await action();
  return { value, paid: before[0] - await dollars(buyer.address), got: await dollars(payTo) - before[1] };
}
const client = () => new x402Client().register('eip155:*', new ExactEvmScheme(buyer));
const request = (body, headers = {}) => ({
  method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body),
});
const decoded = header => JSON.parse(Buffer.from(header, 'base64'));
const settledOf = answer => new x402HTTPClient(client()).getPaymentSettleResponse(name => answer.headers.get(name));

/** The headers by which the official client pays what is required now. */
async function signed() {
  const unpaid = await fetch(url, request({}));
  const http = new x402HTTPClient(client());
  const required = http.getPaymentRequiredResponse(name => unpaid.headers.get(name), await unpaid.json());
  return http.encodePaymentSignatureHeader(await http.createPaymentPayload(required));
}

await verdict.check('a call without a payment names the chain, the token and the seller', async () => {
  const answer = await fetch(url, request({}));
  const [way] = decoded(answer.headers.get('PAYMENT-REQUIRED')).accepts;
  expect(answer.status === 402 && way.scheme === 'exact' && way.network === 'eip155:84532', JSON.stringify(way));
  expect(way.asset === DOLLAR && way.payTo === payTo && way.amount === '10000', JSON.stringify(way));
});

await verdict.check('@x402/fetch pays a call as it comes, and the money is the seller\'s', async () => {
  const { value, paid, got } = await moved(async () => {
    const answer = await wrapFetchWithPayment(fetch, client())(url, request({ text: 'hello' }));
    expect(answer.status === 200, `${answer.status} ${await answer.clone().text()}`);
    return { body: await answer.json(), settled: settledOf(answer) };
  });
  expect(value.body.text === 'HELLO', JSON.stringify(value.body));
  const receipt = await minter.getTransactionReceipt({ hash: value.settled.transaction });
  expect(receipt.status === 'success', JSON.stringify(value.settled));
  expect(value.settled.payer === buyer.address && paid === PRICE && got === PRICE, `paid ${paid}, got ${got}`);
});

await verdict.check('x402-fetch of version 1 pays a call', async () => {
  const { value, paid, got } = await moved(async () => {
    const answer = await wrapFormer(fetch, buyer, 1_000_000n)(url, request({ text: 'old' }));
    expect(answer.status === 200, `${answer.status} ${await answer.clone().text()}`);
    return answer.json();
  });
  expect(value.text === 'OLD' && paid === PRICE && got === PRICE, `paid ${paid}, got ${got}`);
});

await verdict.check('eight calls at once are paid once each', async () => {
  const { paid, got } = await moved(() => Promise.all(Array.from({ length: 8 }, async (_, i) => {
    const answer = await wrapFetchWithPayment(fetch, client())(url, request({ text: `word ${i}` }));
    expect(answer.status === 200 && (await answer.json()).text === `WORD ${i}`, `${i}: ${answer.status}`);
  })));
  expect(paid === 8n * PRICE && got === 8n * PRICE, `paid ${paid}, got ${got}`);
});

await verdict.check('a seller that declines is not paid', async () => {
  const { value, paid } = await moved(() => wrapFetchWithPayment(fetch, client())(url, request({ no: true })));
  expect(value.status === 502 && settledOf(value).success === false && paid === 0n, `${value.status}, paid ${paid}`);
});

await verdict.check('an answer that was lost is fetched by the same payment, and paid once', async () => {
  const header = await signed();
  const { value, paid } = await moved(async () => {
    const answers = [];
    for (let i = 0; i < 2; i++) answers.push(await fetch(url, request({ text: 'again' }, header)));
    const other = await fetch(url, request({ text: 'other' }, header));
    return { texts: await Promise.all(answers.map(one => one.text())), other: other.status };
  });
  expect(value.texts[0] === '{"text":"AGAIN"}' && value.texts[1] === value.texts[0], value.texts.join());
  expect(value.other === 409 && paid === PRICE, `${value.other}, paid ${paid}`);
});

await verdict.check('whoever takes its money away gets no answer, and has it for another payment', async () => {
  const before = await dollars(payTo);
  const header = await signed();
  const input = { text: 'late', wait: true };
  const waiting = await fetch(`${url}?wait=0`, request(input, header));
  expect(waiting.status === 202, `${waiting.status}`);
  const all = await dollars(buyer.address);
  await minter.request({ method: 'anvil_setBalance', params: [buyer.address, '0xde0b6b3a7640000'] });
  const owner = walletOf(secret);
  await mined(owner.writeContract({ address: DOLLAR, abi: ABI, functionName: 'transfer', args: [minter.account.address, all] }));
  const { call_id: id } = await waiting.json();
  await seller.post(`/calls/${id}/answer`, { output: { text: 'LATE' } });
  const unpaid = await fetch(url, request(input, header));
  // The balance may be known as of a block before; then the token itself has said no.
  const reasons = ['insufficient_funds', 'invalid_transaction_state'];
  expect(unpaid.status === 402 && reasons.includes(settledOf(unpaid).errorReason), `${unpaid.status} ${JSON.stringify(settledOf(unpaid))}`);
  expect((await seller.get(`/calls/${id}`)).state === 'unpaid', 'the seller does not see it');
  expect(await dollars(payTo) === before, 'something moved');
  await mint(buyer.address, 1_000_000n);
  // What the node said of its newest block is a second old at most.
  await new Promise(resolve => { setTimeout(resolve, 1_500); });
  const other = await fetch(url, request({ text: 'new' }, await signed()));
  expect(other.status === 429, `another call: ${other.status}`);
  const answer = await wrapFetchWithPayment(fetch, client())(url, request(input));
  expect(answer.status === 200 && (await answer.json()).text === 'LATE', `${answer.status}`);
  expect(await dollars(payTo) - before === PRICE, 'paid otherwise than once');
});

await verdict.check('what an authorization of too little, or to somebody else, signs is refused', async () => {
  const unpaid = await fetch(url, request({}));
  const http = new x402HTTPClient(client());
  const required = http.getPaymentRequiredResponse(name => unpaid.headers.get(name), await unpaid.json());
  for (const [name, value, reason] of [
    ['amount', '9999', 'invalid_exact_evm_payload_authorization_value_mismatch'],
    ['payTo', buyer.address, 'invalid_exact_evm_payload_recipient_mismatch'],
  ]) {
    const changed = structuredClone(required);
    changed.accepts[0][name] = value;
    const header = http.encodePaymentSignatureHeader(await http.createPaymentPayload(changed));
    const answer = await fetch(`${url}?wait=0`, request({ text: 'no' }, header));
    expect(answer.status === 402 && settledOf(answer).errorReason === reason, `${name}: ${answer.status} ${JSON.stringify(settledOf(answer))}`);
  }
});

await verdict.check('the service is found where x402 looks for resources', async () => {
  const { items } = await (await fetch(`${HUB}/x402/discovery/resources`)).json();
  const one = items.find(item => item.resource === url);
  expect(one?.accepts[0].network === 'eip155:84532' && one.accepts[0].payTo === payTo, JSON.stringify(items));
});

selling.goes = false;
await sold;
process.exit(verdict.finish());

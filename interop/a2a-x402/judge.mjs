// Clients that know A2A, x402 and nothing of the hub: they find a service in a card, are told its price, pay, and get
// the answer.
import { randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { SendMessageRequest, TaskState } from '@a2a-js/sdk';
import {
  ClientFactory, JsonRpcTransportFactory, RestTransportFactory, ServiceParameters, withA2AExtensions,
} from '@a2a-js/sdk/client';
import { x402Client } from '@x402/core/client';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { privateKeyToAccount } from 'viem/accounts';

const { Agent, HUB } = await import(`${process.env.SHARED}/hub.mjs`);
const { Verdict, expect } = await import(`${process.env.SHARED}/verdict.mjs`);
const require = createRequire(import.meta.url);
const { processPaymentRequired } = require('./former/package/dist/cjs/core/wallet.js');
const { createPaymentSubmissionMessage, x402Utils } = require('./former/package/dist/cjs/core/utils.js');
const { X402_EXTENSION_URI: FORMER } = require('./former/package/dist/cjs/types/config.js');

const URI = 'https://github.com/google-agentic-commerce/a2a-x402/blob/main/spec/v0.2';
const verdict = new Verdict('a2a-x402', {
  suite: '@a2a-js/sdk client with @x402/core and @x402/evm; a2a-x402', version: '1.3.0, 2.27.0, 0.0.5',
});
const account = privateKeyToAccount(`0x${randomBytes(32).toString('hex')}`);
const buyer = await Agent.join('a2a-buyer');
const seller = await Agent.join('a2a-seller');

const deposited = await fetch(`${HUB}/deposits`, {
  method: 'POST',
  headers: { Authorization: `Bearer ${process.env.ADMIN_KEY}`, 'Content-Type': 'application/json' },
  body: JSON.stringify({ id: 'd1', agent_id: buyer.id, amount: '100' }),
});
expect(deposited.ok, `the deposit: ${deposited.status}`);
const { challenge } = await buyer.post('/keys/challenge', {});
const point = account.publicKey.slice(4);
await buyer.post('/keys', {
  type: 'secp256k1',
  public_key: (Number.parseInt(point.at(-1), 16) % 2 ? '03' : '02') + point.slice(0, 64),
  challenge,
  signature: await account.signMessage({ message: challenge }),
});
const { service_id: service } = await seller.post('/services', {
  name: 'Capitals', description: 'Writes a text in capitals.', price: { amount: '0.01', asset: 'CREDIT', unit: 'call' },
});

/** The seller answers what waits; it knows nothing of A2A. */
const selling = { goes: true };
async function sell() {
  while (selling.goes) {
    const { calls } = await seller.get('/calls?role=seller&state=waiting&limit=100');
    for (const call of calls) {
      const { text } = call.input;
      const body = text === 'no' ? { declined: 'not this' } : { output: { text: text.toUpperCase() } };
      await seller.post(`/calls/${call.call_id}/answer`, body);
    }
  }
}
const sold = sell();

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

const paying = new x402Client().register('eip155:*', new ExactEvmScheme(account)).setSpendControls({ allowedAssets: true });
const said = task => task.status.message.metadata;
const options = { serviceParameters: ServiceParameters.create(withA2AExtensions(URI)) };
const fetchAs = (url, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set('Authorization', `Bearer ${buyer.key}`);
  return fetch(url, { ...init, headers });
};

function message(data, metadata, more = {}) {
  return SendMessageRequest.fromJSON({
    message: { messageId: randomUUID(), role: 'ROLE_USER', parts: [{ data }], metadata, ...more },
  });
}
const submission = (task, payload) => message({}, {
  'x402.payment.status': 'payment-submitted', 'x402.payment.payload': payload,
}, { taskId: task.id });

for (const [binding, Transport] of [['JSONRPC', JsonRpcTransportFactory], ['HTTP+JSON', RestTransportFactory]]) {
  const check = (name, action) => verdict.check(`${binding} ${name}`, action);
  const client = await new ClientFactory({
    transports: [new Transport({ fetchImpl: fetchAs })], preferredTransports: [binding],
  }).createFromUrl(`${HUB}/agents/a2a-seller/`, '.well-known/agent-card.json');
  const skill = await check('finds the service and the extension in the card', async () => {
    const card = await client.getAgentCard();
    expect(card.capabilities.extensions.some(({ uri, required }) => uri === URI && !required), JSON.stringify(card.capabilities));
    const [first] = card.skills;
    expect(first.id === service && first.description.startsWith('0.010000 CREDIT'), JSON.stringify(card.skills));
    return first.id;
  });
  const ask = text => client.sendMessage(message({ text }, { 'meshkore.service': skill }), options);

  await check('pays a service and gets its answer', async () => {
    const { value: done, paid, got } = await moved(async () => {
      const task = await ask('hello');
      expect(task.status.state === TaskState.TASK_STATE_INPUT_REQUIRED, `state ${task.status.state}`);
      expect(said(task)['x402.payment.status'] === 'payment-required', JSON.stringify(said(task)));
      const payload = await paying.createPaymentPayload(said(task)['x402.payment.required']);
      return client.sendMessage(submission(task, payload), options);
    });
    expect(done.status.state === TaskState.TASK_STATE_COMPLETED, `state ${done.status.state}`);
    expect(done.artifacts[0].parts[0].content.value.text === 'HELLO', JSON.stringify(done.artifacts));
    const [receipt] = said(done)['x402.payment.receipts'];
    expect(receipt.success && receipt.payer === account.address.toLowerCase() || receipt.payer === account.address, JSON.stringify(receipt));
    expect(said(done)['x402.payment.status'] === 'payment-completed', JSON.stringify(said(done)));
    expect(paid === 10_000n && got === 9_700n, `paid ${paid}, got ${got}`);
    const again = await client.getTask({ id: done.id, tenant: '' });
    expect(again.artifacts[0].parts[0].content.value.text === 'HELLO', 'the answer is not there later');
  });
  await check('is told each state by a stream', async () => {
    const task = await ask('stream');
    const payload = await paying.createPaymentPayload(said(task)['x402.payment.required']);
    const seen = [];
    for await (const { payload: event } of client.sendMessageStream(submission(task, payload), options)) {
      seen.push(event.value.status ? said(event.value)['x402.payment.status'] : event.$case);
    }
    const told = seen.join(' ');
    expect(/^(payment-verified artifactUpdate )?payment-completed$/.test(told), told);
  });
  await check('is told what is wrong with a payment, and pays anew', async () => {
    const { value: done, paid } = await moved(async () => {
      const task = await ask('again');
      const payload = await paying.createPaymentPayload(said(task)['x402.payment.required']);
      payload.payload.authorization.value = '9999';
      const failed = await client.sendMessage(submission(task, payload), options);
      expect(said(failed)['x402.payment.error'] === 'INVALID_AMOUNT', JSON.stringify(said(failed)));
      const better = await paying.createPaymentPayload(said(failed)['x402.payment.required']);
      return client.sendMessage(submission(task, better), options);
    });
    expect(done.artifacts[0].parts[0].content.value.text === 'AGAIN' && paid === 10_000n, `paid ${paid}`);
  });
  await check('gets its money back from a seller that declines', async () => {
    const { value: failed, paid } = await moved(async () => {
      const task = await ask('no');
      const payload = await paying.createPaymentPayload(said(task)['x402.payment.required']);
      return client.sendMessage(submission(task, payload), options);
    });
    expect(failed.status.state === TaskState.TASK_STATE_FAILED && paid === 0n, `state ${failed.status.state}, paid ${paid}`);
    expect(said(failed)['x402.payment.error'] === 'SETTLEMENT_FAILED', JSON.stringify(said(failed)));
  });
  await check('is refused where it did not ask for the extension', async () => {
    const failure = await client.sendMessage(message({ text: 'x' }, { 'meshkore.service': skill })).then(() => 'none', error => error);
    expect(/Extension/.test(failure.constructor?.name) || /A2A-Extensions/.test(failure.message), `${failure}`);
  });
}

/** A call of A2A 0.3, as clients of the extension's version 0.1 make it. */
async function former(method, params) {
  const answer = await fetchAs(`${HUB}/agents/a2a-seller/a2a`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-A2A-Extensions': FORMER },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  expect(answer.headers.get('x-a2a-extensions') === FORMER, 'the extension is not said to be at work');
  const { result, error } = await answer.json();
  expect(result, JSON.stringify(error));
  return result;
}

await verdict.check('a2a-x402 pays a service by version 0.1', async () => {
  const utils = new x402Utils();
  const wallet = {
    address: account.address,
    signTypedData: (domain, types, words) => account.signTypedData({
      domain, types, primaryType: 'TransferWithAuthorization', message: words,
    }),
  };
  const { value: done, paid } = await moved(async () => {
    const task = await former('message/send', {
      message: { kind: 'message', messageId: randomUUID(), role: 'user', parts: [{ kind: 'data', data: { text: 'old' } }] },
    });
    expect(utils.getPaymentStatus(task) === 'payment-required', JSON.stringify(task.status));
    const payload = await processPaymentRequired(utils.getPaymentRequirements(task), wallet, 20_000);
    return former('message/send', { message: createPaymentSubmissionMessage(task.id, payload) });
  });
  expect(utils.getPaymentStatus(done) === 'payment-completed' && done.status.state === 'completed', JSON.stringify(done.status));
  expect(utils.getPaymentReceipts(done).at(-1).success, JSON.stringify(done.status));
  expect(done.artifacts[0].parts[0].data.text === 'OLD' && paid === 10_000n, `paid ${paid}`);
});

selling.goes = false;
await sold;
process.exit(verdict.finish());

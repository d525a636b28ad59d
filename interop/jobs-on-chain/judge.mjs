// The official client of `auth-capture` signs what a hub asks for a job, and the job runs on a local chain: what it
// signs is its own, what the hub does with it is counted in the contracts, to the atom.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAuthCaptureExtra } from '@x402/evm';
import { AuthCaptureEvmScheme } from '@x402/evm/auth-capture/client';
import * as viem from 'viem';
import * as accounts from 'viem/accounts';
import { baseSepolia } from 'viem/chains';

const { Verdict, expect } = await import(`${process.env.SHARED}/verdict.mjs`);
const { DOLLAR, NETWORK, endsWithin, hubOn, localChain } = await import(`${process.env.SHARED}/chain.mjs`);
const { folder, run } = await import(`${process.env.SHARED}/hub.mjs`);
const { generatePrivateKey, privateKeyToAccount } = accounts;
endsWithin(4);
const verdict = new Verdict('jobs-on-chain', {
  suite: '@x402/evm pays for jobs by auth-capture', version: '2.27.0',
  notes: 'On anvil 1.7.1. The package has no facilitator for the scheme, so the hub is compared with its client alone; '
    + 'the escrow is a double written by what the scheme says of v1.0.',
});
const ESCROW = '0xBdEA0D1bcC5966192B070Fdf62aB4EF5b4420cff';
const { dollars, mint, minter, rpc } = await localChain({ ...viem, ...accounts, baseSepolia }, {
  codes: { [ESCROW]: 'TestAuthCapture', '0x0E3dF9510de65469C4518D7843919c0b8C7A7757': 'TestPaymentCollector' },
});
const buyer = privateKeyToAccount(generatePrivateKey());
const payTo = privateKeyToAccount(generatePrivateKey()).address;
const feeReceiver = privateKeyToAccount(generatePrivateKey()).address;
await mint(buyer.address, 10_000_000n);
const up = await hubOn(rpc, '--evm-fee-receiver', feeReceiver);

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
async function come(look, holds) {
  for (let i = 0; i < 600; i++) {
    const job = await look();
    if (holds(job)) return job;
    await new Promise(done => { setTimeout(done, 100); });
  }
  throw new Error(`It did not come to that: ${JSON.stringify((await look()).on_chain)}`);
}
const until = (id, holds) => come(() => show(id), holds);
const settled = id => until(id, job => job.on_chain.length > 0 && job.on_chain.every(one => one.state !== 'on-the-way'));
const asset = `${NETWORK}/erc20:${DOLLAR}`;
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
await verdict.check('agents on the command line agree on a price in the token, and pay it', async () => {
  const place = folder('meshkore-jobs');
  const as = async (...words) => {
    const ended = await run(process.env.MESHKORE, [...words, '--json'], { env: { MESHKORE_HOME: place } });
    expect(ended.code === 0, ended.err);
    return JSON.parse(ended.out);
  };
  for (const name of ['carol', 'dave']) {
    await as('join', (await ask(admin, 201, '/invites', {})).url, '--agent', name, '--profile', name);
  }
  const price = ['--price', `0.3 ${asset}`, '--subject', 'Pages'];
  const { negotiation_id: agreement } = await as('negotiate', 'propose', '--with', 'dave', ...price, '--profile', 'carol');
  await as('negotiate', 'accept', agreement, '--profile', 'dave');
  const before = await dollars(payTo);
  const { job_id: id } = await as('jobs', 'open', '--agreement', agreement, '--payer', buyer.address, '--pay-to', payTo,
    '--profile', 'carol');
  const shown = () => as('jobs', 'show', id, '--profile', 'carol');
  const file = join(place, 'signed.json');
  writeFileSync(file, JSON.stringify(await sign((await shown()).payment_requirements)));
  await as('jobs', 'accept', id, '--profile', 'dave');
  await as('jobs', 'fund', id, '--payment', file, '--profile', 'carol');
  await come(shown, job => job.state === 'funded');
  await as('jobs', 'submit', id, '{}', '--profile', 'dave');
  await as('jobs', 'complete', id, '--profile', 'carol');
  await come(shown, job => job.on_chain.every(one => one.state === 'done'));
  expect(await dollars(payTo) - before === 289_500n, `${await dollars(payTo) - before}`);
});
await verdict.check('nothing of what was refused has moved', async () => expect(await dollars(ESCROW) === 0n, 'it has'));
process.exit(verdict.finish());

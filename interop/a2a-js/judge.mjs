// The calls that a client of @a2a-js/sdk makes, and what it makes of the answers.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { Agent, HUB } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';
import { answerTasks } from '../tck/agent.mjs';

const require = createRequire(`${process.env.SDK_HOME}/`);
const { SendMessageRequest, TaskState, verifyAgentCardSignature } = require('@a2a-js/sdk');
const { ClientFactory, JsonRpcTransportFactory, RestTransportFactory } = require('@a2a-js/sdk/client');

const verdict = new Verdict('a2a-js', { suite: '@a2a-js/sdk client, JSON-RPC and HTTP+JSON', version: '1.3.0' });
const stop = new AbortController();
const agent = await Agent.join('js-agent');
const caller = await Agent.join('js-caller');
const answering = answerTasks(agent, stop.signal);

const fetchAs = key => (url, options = {}) => {
  const headers = new Headers(options.headers);
  if (key) headers.set('Authorization', `Bearer ${key}`);
  return fetch(url, { ...options, headers });
};

function message(prefix, more = {}) {
  return SendMessageRequest.fromJSON({
    message: { messageId: `${prefix}-${randomUUID()}`, role: 'ROLE_USER', parts: [{ text: 'hi' }], ...more },
  });
}

function named(events) {
  return events.map(({ payload }) => {
    const state = payload.value.status?.state;
    return payload.$case + (state === undefined ? '' : `:${TaskState[state].replace('TASK_STATE_', '')}`);
  }).join(' ');
}

async function refused(call, name) {
  try {
    await call();
  } catch (failure) {
    expect(failure.constructor.name.includes(name), `${failure.constructor.name} and no ${name}: ${failure.message}`);
    return;
  }
  throw new Error(`there was no ${name}`);
}

for (const [binding, Transport] of [['JSONRPC', JsonRpcTransportFactory], ['HTTP+JSON', RestTransportFactory]]) {
  const connect = key => new ClientFactory({
    transports: [new Transport({ fetchImpl: fetchAs(key) })], preferredTransports: [binding],
  }).createFromUrl(`${HUB}/agents/js-agent/`, '.well-known/agent-card.json');
  const check = (name, action) => verdict.check(`${binding} ${name}`, action);

  const client = await check('finds the agent by its card', () => connect(caller.key));
  if (!client) continue;
  const done = await check('send', async () => {
    const task = await client.sendMessage(message('tck-complete-task'));
    expect(task.status.state === TaskState.TASK_STATE_COMPLETED, `state ${task.status.state}`);
    expect(task.status.message.parts[0].content.value === 'Hello from TCK', JSON.stringify(task.status.message));
    return task;
  });
  await check('send, answered by a message', async () => {
    const answer = await client.sendMessage(message('tck-message-response'));
    expect(answer.parts[0].content.value === 'Direct message response', JSON.stringify(answer));
  });
  await check('stream', async () => {
    const events = [];
    for await (const event of client.sendMessageStream(message('tck-stream-001'))) events.push(event);
    const seen = named(events);
    expect(seen === 'task:SUBMITTED statusUpdate:WORKING artifactUpdate statusUpdate:COMPLETED', seen);
  });
  await check('get', async () => {
    const task = await client.getTask({ id: done.id, tenant: '' });
    expect(task.history.length === 2, `${task.history.length} messages`);
  });
  await check('list', async () => {
    const page = await client.listTasks({ tenant: '', contextId: '', status: 0, pageSize: 2, pageToken: '', includeArtifacts: false });
    expect(page.tasks.length === 2 && page.totalSize >= 2, `${page.tasks.length} of ${page.totalSize}`);
  });
  const open = await check('send, and the agent asks', async () => {
    const task = await client.sendMessage(message('tck-input-required'));
    expect(task.status.state === TaskState.TASK_STATE_INPUT_REQUIRED, `state ${task.status.state}`);
    return task;
  });
  await check('send in the same task', async () => {
    const task = await client.sendMessage(message('tck-complete-task', { taskId: open.id, contextId: open.contextId }));
    expect(task.id === open.id && task.status.state === TaskState.TASK_STATE_COMPLETED, JSON.stringify(task.status));
  });
  await check('subscribe and cancel', async () => {
    const task = await client.sendMessage(message('tck-input-required'));
    const events = [];
    for await (const event of client.resubscribeTask({ id: task.id, tenant: '' })) {
      events.push(event);
      if (events.length === 1) await client.cancelTask({ id: task.id, tenant: '' });
    }
    expect(named(events) === 'task:INPUT_REQUIRED statusUpdate:CANCELED', named(events));
  });
  await check('a task that is not there', () => refused(() => client.getTask({ id: 'nope', tenant: '' }), 'TaskNotFound'));
  await check('a task that has ended', () => refused(
    () => client.cancelTask({ id: done.id, tenant: '' }), 'TaskNotCancelable'));
  await check('nobody who is unknown comes in', async () => {
    const stranger = await connect('');
    await refused(() => stranger.getTask({ id: done.id, tenant: '' }), '');
  });
}

for (const path of ['/agents/js-agent', '']) {
  await verdict.check(`the card of ${path || 'the hub'} is signed by the hub`, async () => {
    const card = await (await fetch(`${HUB}${path}/.well-known/agent-card.json`)).json();
    const verify = verifyAgentCardSignature(async (kid, jku) => {
      expect(jku === `${HUB}/.well-known/jwks.json`, `jku ${jku}`);
      const set = await (await fetch(jku)).json();
      return set.keys.find(key => key.kid === kid);
    });
    // The SDK reads the card itself; given one it has read before, it loses the security schemes.
    await verify(card);
  });
}

stop.abort();
await answering;
process.exit(verdict.finish());

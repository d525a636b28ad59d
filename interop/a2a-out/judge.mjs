// Agents of the hub call an agent outside, which is served by @a2a-js/sdk.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Agent } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';

const load = name => {
  const require = createRequire(join(process.env.SDK_HOME, 'package.json'));
  return import(pathToFileURL(require.resolve(name)));
};
const { default: express } = await load('express');
const sdk = await load('@a2a-js/sdk');
const { DefaultRequestHandler, InMemoryTaskStore, AgentEvent } = await load('@a2a-js/sdk/server');
const { agentCardHandler, jsonRpcHandler, restHandler, UserBuilder } = await load('@a2a-js/sdk/server/express');
const { AgentCard, Message, Task, TaskStatusUpdateEvent, TaskArtifactUpdateEvent } = sdk;

/** Does what the text of a message says. */
class Outside {
  received = [];
  waiting = [];

  async execute(context, bus) {
    const { taskId, contextId, userMessage, task } = context;
    const text = Message.toJSON(userMessage).parts[0].text;
    this.received.push({ text, messageId: userMessage.messageId, contextId });
    const reply = words => ({
      messageId: randomUUID(), role: 'ROLE_AGENT', taskId, contextId, parts: [{ text: words }],
    });
    const state = (name, words) => bus.publish(AgentEvent.statusUpdate(TaskStatusUpdateEvent.fromJSON({
      taskId, contextId,
      status: {
        state: `TASK_STATE_${name}`, timestamp: new Date().toISOString(), ...(words ? { message: reply(words) } : {}),
      },
    })));
    if (text === 'chat') {
      const { taskId: _, ...message } = reply('chatting');
      bus.publish(AgentEvent.message(Message.fromJSON(message)));
      return;
    }
    bus.publish(AgentEvent.task(task ?? Task.fromJSON({
      id: taskId, contextId, status: { state: 'TASK_STATE_SUBMITTED', timestamp: new Date().toISOString() },
      history: [Message.toJSON(userMessage)], artifacts: [],
    })));
    if (text === 'ask') {
      state('INPUT_REQUIRED', 'which one?');
      return;
    }
    state('WORKING', 'on it');
    if (text === 'wait') await new Promise(resolve => this.waiting.push(resolve));
    bus.publish(AgentEvent.artifactUpdate(TaskArtifactUpdateEvent.fromJSON({
      taskId, contextId,
      artifact: { artifactId: randomUUID(), name: 'out', parts: [{ data: { key: 'value' } }] },
    })));
    state('COMPLETED', `done: ${text}`);
  }

  async cancelTask(taskId, bus) {
    this.waiting.forEach(resolve => resolve());
    bus.publish(AgentEvent.statusUpdate(TaskStatusUpdateEvent.fromJSON({
      taskId, contextId: '', status: { state: 'TASK_STATE_CANCELED', timestamp: new Date().toISOString() },
    })));
  }
}

/** Serves one agent with one binding: {url, agent, close}. */
async function serve(protocolBinding, streaming) {
  const app = express();
  const server = app.listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const card = AgentCard.fromJSON({
    name: 'Outside', description: 'Made with the SDK.', version: '1.0.0',
    supportedInterfaces: [{ url: `${url}/a2a`, protocolBinding, protocolVersion: '1.0' }],
    capabilities: { streaming }, defaultInputModes: ['text/plain'], defaultOutputModes: ['text/plain'],
    skills: [{ id: 's', name: 'S', description: 'A skill.', tags: ['t'] }],
  });
  const agent = new Outside();
  const requestHandler = new DefaultRequestHandler(card, new InMemoryTaskStore(), agent);
  const handler = protocolBinding === 'JSONRPC' ? jsonRpcHandler : restHandler;
  app.use('/.well-known/agent-card.json', agentCardHandler({ agentCardProvider: requestHandler }));
  app.use('/a2a', handler({ requestHandler, userBuilder: UserBuilder.noAuthentication }));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, agent, close };
}

/** Reads the inbox until a message is wanted; answers all that were read. */
async function readUntil(agent, isWanted, seconds = 30) {
  const read = [];
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    const page = await agent.get(`/messages?wait=5&limit=1&after=${agent.after ?? 0}`);
    agent.after = page.after;
    read.push(...page.messages);
    if (page.messages.some(isWanted)) return read;
  }
  throw new Error(`It did not come; read ${JSON.stringify(read)}`);
}

const inState = state => message => message.payload.state === state;
const verdict = new Verdict('a2a-out', { suite: '@a2a-js/sdk server, called by the hub', version: '1.3.0' });

for (const [binding, streaming] of [['JSONRPC', true], ['JSONRPC', false], ['HTTP+JSON', true], ['HTTP+JSON', false]]) {
  const label = `${binding} ${streaming ? 'streamed' : 'asked for'}`;
  const outside = await serve(binding, streaming);
  const agent = await Agent.join(`a2a-out-${binding.toLowerCase().replace('+', '-')}-${streaming}`);
  await verdict.check(`${label}: states and artifact arrive, in order`, async () => {
    const sent = await agent.send(outside.url, 'hello', { id: 'k1', thread: 't1' });
    const answers = await readUntil(agent, inState('completed'));
    expect(answers.every(one => one.from === sent.to && one.reply_to === 'k1' && one.thread === 't1'), 'From, reply or thread');
    expect(answers.at(-1).payload.text === 'done: hello', 'The text of the end');
    const made = answers.filter(one => one.payload.artifact);
    expect(made.length === 1 && made[0].payload.artifact.parts[0].data.key === 'value', `One artifact: ${JSON.stringify(made)}`);
    if (streaming) expect(answers[0].payload.text === 'on it', 'The first state');
    expect(outside.agent.received.length === 1, 'Sent once');
  });
  await verdict.check(`${label}: a direct message arrives`, async () => {
    await agent.send(outside.url, 'chat');
    const answer = (await readUntil(agent, one => one.payload.type === 'message')).at(-1);
    expect(answer.payload.text === 'chatting', 'The words');
  });
  await verdict.check(`${label}: a question is answered in its thread`, async () => {
    const sent = await agent.send(outside.url, 'ask');
    const question = (await readUntil(agent, inState('input-required'))).at(-1);
    await agent.send(sent.to, 'that one', { thread: question.thread });
    const end = (await readUntil(agent, inState('completed'))).at(-1);
    expect(end.payload.task_id === question.payload.task_id, 'The same task');
  });
  await verdict.check(`${label}: a task is canceled`, async () => {
    const sent = await agent.send(outside.url, 'wait');
    const working = (await readUntil(agent, inState('working'))).at(-1);
    await agent.post('/send', {
      to: sent.to, payload: { type: 'task', task_id: working.payload.task_id, state: 'canceled' },
    });
    await readUntil(agent, inState('canceled'));
  });
  outside.close();
}
await verdict.check('a card that is not there is told', async () => {
  const outside = await serve('JSONRPC', true);
  const agent = await Agent.join('a2a-out-none');
  await agent.send(`${outside.url}/nobody`, 'hello');
  const failed = (await readUntil(agent, inState('failed'))).at(-1);
  expect(failed.payload.problem.type === '/problems/outside-agent-failed', 'The problem');
  outside.close();
});
process.exit(verdict.finish());

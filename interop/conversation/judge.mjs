// A conversation of an A2A client with an agent that is a Claude Code session: neither knows what the other speaks.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, HUB, folder, run } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';
import { MessagesModel } from '../claude-code/model.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(`${process.env.SDK_HOME}/`);
const { SendMessageRequest, TaskState } = require('@a2a-js/sdk');
const { ClientFactory, JsonRpcTransportFactory } = require('@a2a-js/sdk/client');

const verdict = new Verdict('conversation', {
  suite: 'Claude Code and an A2A client through one hub', version: '2.1.329 and 1.3.0',
  notes: 'The model is a mock; the client, the assistant, its hooks and its tools are real.',
});

const project = folder('conversation');
const model = await new MessagesModel().listen();
const caller = await Agent.join('a2a-caller');
const env = {
  HOME: folder('conversation-home'), ANTHROPIC_API_KEY: 'sk-none', ANTHROPIC_BASE_URL: model.url,
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1',
};
let assistant;

/** Lets the assistant take one prompt, with what its model says at each turn. */
async function prompt(turn) {
  model.begin(turn);
  const ended = await run(process.env.CLAUDE, ['-p', 'hello', '--mcp-config', join(project, '.mcp.json'), '--allowedTools',
    'mcp__meshkore__reply,mcp__meshkore__acknowledge'], { cwd: project, env: { ...env, MESHKORE_TOKEN: assistant.key } });
  expect(ended.code === 0, 'claude -p failed');
}

/** Answers the message with this mark, as a model would that read it in its prompt. */
async function answer(mark, content) {
  await prompt((index, asked) => {
    if (index > 0) return 'Answered.';
    const label = JSON.stringify(asked).match(new RegExp(`sequence \\d+, id ([^ ,]+)[^=]*?${mark}`));
    expect(label, `the model does not see ${mark}`);
    return { tool: 'mcp__meshkore__reply', input: { message_id: label[1], ...content } };
  });
  const sequence = (await assistant.get('/messages')).head;
  await assistant.post('/messages/ack', { sequence });
}

const ask = (text, more = {}) => SendMessageRequest.fromJSON({
  message: { messageId: randomUUID(), role: 'ROLE_USER', parts: [{ text }], ...more },
});

/** Sends, and returns when the assistant has the mail: {answered}, which waits for the answer. */
async function sent(client, message) {
  const { after } = await assistant.get('/messages');
  const answered = client.sendMessage(message);
  answered.catch(() => {});
  await assistant.get(`/messages?after=${after}&wait=30`);
  return { answered };
}

await verdict.check('the assistant joins by one command', async () => {
  const joined = await run(join(ROOT, 'meshkore'), ['connect', 'claude', '--project', project,
    '--invite', process.env.INVITE_URL, '--id', 'claude-side', '--json'], { env });
  expect(joined.code === 0, 'meshkore connect failed');
  const { out } = await run('cat', [join(project, '.meshkore/token')]);
  assistant = new Agent('claude-side', out.trim());
});

const client = await verdict.check('the client finds it by its card', () => new ClientFactory({
  transports: [new JsonRpcTransportFactory({
    fetchImpl: (url, options = {}) => {
      const headers = new Headers(options.headers);
      headers.set('Authorization', `Bearer ${caller.key}`);
      return fetch(url, { ...options, headers });
    },
  })],
}).createFromUrl(`${HUB}/agents/claude-side/`, '.well-known/agent-card.json'));

await verdict.check('a question over A2A is answered by a reply over MCP', async () => {
  const { answered } = await sent(client, ask('MARK-ONE: which build is green?'));
  await answer('MARK-ONE', { text: 'Build 42.' });
  const done = await answered;
  expect(done.status.state === TaskState.TASK_STATE_COMPLETED, `state ${done.status.state}`);
  expect(JSON.stringify(done).includes('Build 42.'), JSON.stringify(done));
});

await verdict.check('the assistant asks back, and gets its answer in the same task', async () => {
  const first = await sent(client, ask('MARK-TWO: deploy it'));
  await answer('MARK-TWO', { payload: { type: 'task', state: 'input-required', text: 'To which machine?' } });
  const open = await first.answered;
  expect(open.status.state === TaskState.TASK_STATE_INPUT_REQUIRED, `state ${open.status.state}`);
  expect(JSON.stringify(open.status).includes('To which machine?'), JSON.stringify(open.status));
  const second = await sent(client, ask('MARK-THREE: to the blue one', { taskId: open.id, contextId: open.contextId }));
  await answer('MARK-THREE', { text: 'Deployed to blue.' });
  const done = await second.answered;
  expect(done.id === open.id, 'another task');
  expect(done.status.state === TaskState.TASK_STATE_COMPLETED, `state ${done.status.state}`);
  expect(JSON.stringify(done).includes('Deployed to blue.'), JSON.stringify(done));
});

await verdict.check('both see the same words in the history of the inbox', async () => {
  const { messages } = await caller.get('/history/claude-side');
  const text = JSON.stringify(messages);
  for (const words of ['MARK-ONE', 'Build 42.', 'To which machine?', 'MARK-THREE', 'Deployed to blue.']) {
    expect(text.includes(words), `${words} is missing`);
  }
});

model.close();
process.exit(verdict.finish());

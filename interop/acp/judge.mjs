// The old acp-sdk client talks to an agent that knows plain REST alone.
import { ACPError, Client } from 'acp-sdk';
import { Agent, HUB } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';

const verdict = new Verdict('acp', { suite: 'acp-sdk client', version: '1.0.3' });
const caller = await Agent.join('acp-caller');
const echo = await Agent.join('echo');
const client = new Client({
  baseUrl: `${HUB}/acp`,
  fetch: (url, options) => fetch(url, { ...options, headers: { ...options?.headers, Authorization: `Bearer ${caller.key}` } }),
});

/** The agent: answers every message, after a question of its own where it is asked to have one. */
let isOver = false;
const agent = (async () => {
  let after;
  while (!isOver) {
    const page = await echo.get(`/messages?wait=1${after === undefined ? '' : `&after=${after}`}`);
    after = page.after;
    for (const message of page.messages) {
      const { text, state } = message.payload;
      if (state) continue;
      const payload = text === 'ask'
        ? { type: 'task', state: 'input-required', text: 'which?' }
        : text === 'fail' ? { type: 'task', state: 'failed', text: 'cannot' } : { text: `echo ${text}` };
      await echo.post('/send', { to: message.from, reply_to: message.id, payload });
    }
  }
})();

const said = run => run.output.map(message => message.parts.map(part => part.content).join('')).join('|');

await verdict.check('ping', () => client.ping());
await verdict.check('agents and agent', async () => {
  const names = (await client.agents()).map(one => one.name);
  expect(names.includes('echo') && names.includes('acp-caller'), `${names}`);
  expect((await client.agent('echo')).name === 'echo', 'agent(echo) is another');
});
await verdict.check('runSync', async () => {
  const run = await client.runSync('echo', 'hello');
  expect(run.status === 'completed' && said(run) === 'echo hello', JSON.stringify(run));
});
await verdict.check('runAsync, runStatus and runEvents', async () => {
  const begun = await client.runAsync('echo', 'later');
  expect(['created', 'in-progress'].includes(begun.status), begun.status);
  let run = begun;
  for (let i = 0; i < 200 && run.status !== 'completed'; i++) {
    await new Promise(resolve => setTimeout(resolve, 50));
    run = await client.runStatus(begun.run_id);
  }
  expect(said(run) === 'echo later', JSON.stringify(run));
  const types = (await client.runEvents(begun.run_id)).map(event => event.type);
  expect(types[0] === 'run.created' && types.at(-1) === 'run.completed', `${types}`);
});
await verdict.check('runStream', async () => {
  const types = [];
  for await (const event of client.runStream('echo', 'streamed')) types.push(event.type);
  const wanted = 'run.created run.in-progress message.created message.part message.completed run.completed';
  expect(types.join(' ') === wanted, types.join(' '));
});
await verdict.check('awaiting and runResumeSync', async () => {
  const waiting = await client.runSync('echo', 'ask');
  expect(waiting.status === 'awaiting', waiting.status);
  const message = { parts: [{ content: 'this', content_type: 'text/plain' }] };
  const run = await client.runResumeSync(waiting.run_id, { type: 'message', message });
  expect(run.status === 'completed' && said(run) === 'which?|echo this', JSON.stringify(run));
});
await verdict.check('a failed run', async () => {
  const run = await client.runSync('echo', 'fail');
  expect(run.status === 'failed' && run.error.message === 'cannot', JSON.stringify(run));
});
await verdict.check('runCancel', async () => {
  const silent = await Agent.join('silent');
  const begun = await client.runAsync('silent', 'hello?');
  expect((await client.runCancel(begun.run_id)).status === 'cancelled', 'it is not cancelled');
  expect((await client.runStatus(begun.run_id)).status === 'cancelled', 'it does not stay cancelled');
  const { messages } = await silent.get('/messages');
  expect(messages.at(-1).payload.state === 'canceled', 'the agent was not told');
});
await verdict.check('a session is the thread', () => client.withSession(async session => {
  const run = await session.runSync('echo', 'in session');
  expect(run.session_id === session.sessionId, `${run.session_id}`);
}));

async function refusal(action) {
  try {
    await action();
  } catch (failure) {
    if (failure instanceof ACPError) return failure;
    throw failure;
  }
  throw new Error('it was not refused');
}
await verdict.check('errors are ACP errors', async () => {
  const unknown = await refusal(() => client.runStatus('11111111-1111-4111-8111-111111111111'));
  expect(JSON.stringify(unknown).includes('not_found') || unknown.code === 'not_found', `${unknown.code}`);
  await refusal(() => client.runSync('nobody-of-this-name', 'hello'));
  await refusal(() => client.agent('nobody-of-this-name'));
  const stranger = new Client({ baseUrl: `${HUB}/acp` });
  await refusal(() => stranger.agents());
});

isOver = true;
await agent;
process.exit(verdict.finish());

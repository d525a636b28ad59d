// Holds the same conversation through each official TypeScript client, in each era.
import { Agent, HUB } from '../shared/hub.mjs';
import { expect, Verdict } from '../shared/verdict.mjs';
import { converse } from './calls.mjs';

const LIBRARIES = process.env.LIBRARIES;
const { Client: Newer, StreamableHTTPClientTransport: NewerTransport } = await import(`${LIBRARIES}/client/dist/index.mjs`);
const { Client: Older } = await import(`${LIBRARIES}/sdk/dist/esm/client/index.js`);
const { StreamableHTTPClientTransport: OlderTransport } = await import(`${LIBRARIES}/sdk/dist/esm/client/streamableHttp.js`);
const { ResourceUpdatedNotificationSchema } = await import(`${LIBRARIES}/sdk/dist/esm/types.js`);

const agent = await Agent.join('mcp-clients');
const url = new URL(`${HUB}/mcp`);
const info = { name: 'interop', version: '1.0.0' };
const transportOptions = { requestInit: { headers: { Authorization: `Bearer ${agent.key}` } } };
const verdict = new Verdict('mcp-clients', {
  suite: '@modelcontextprotocol/client and @modelcontextprotocol/sdk',
  version: '2.4.0 and 1.32.2',
  notes: 'Each client lists the tools, sends, waits, replies, acknowledges, is refused, reads a resource, gets a prompt and completes an argument.',
});

async function conversation(word, client, transport, revision) {
  await client.connect(transport);
  if (revision) {
    expect(client.getNegotiatedProtocolVersion() === revision, `It settled on ${client.getNegotiatedProtocolVersion()}`);
  }
  await converse(client, agent.id, word);
  await client.close();
}

const newer = options => [new Newer(info, options), new NewerTransport(url, transportOptions)];
const older = () => [new Older(info), new OlderTransport(url, transportOptions)];
const modern = '2026-07-28';

await verdict.check('client 2.4.0, pinned to 2026-07-28', () =>
  conversation('pinned', ...newer({ versionNegotiation: { mode: { pin: modern } } }), modern));
await verdict.check('client 2.4.0, finds the era itself', () =>
  conversation('auto', ...newer({ versionNegotiation: { mode: 'auto' } }), modern));
await verdict.check('client 2.4.0, legacy', () => conversation('legacy', ...newer()));
await verdict.check('sdk 1.32.2', () => conversation('sdk', ...older()));

await verdict.check('sdk 1.32.2 hears of mail without polling', async () => {
  const [client, transport] = older();
  await client.connect(transport);
  await client.subscribeResource({ uri: 'hub://inbox' });
  const heard = new Promise(resolve => {
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, one => resolve(one.params.uri));
  });
  // The client opens its stream when it likes: mail comes until it was heard.
  const mail = setInterval(() => agent.send(agent.id, 'ring').catch(() => {}), 200);
  const late = AbortSignal.timeout(20_000);
  const tooLate = new Promise((_, reject) => late.addEventListener('abort', () => reject(new Error('It heard nothing'))));
  try {
    expect(await Promise.race([heard, tooLate]) === 'hub://inbox', 'It heard of something else');
  } finally {
    clearInterval(mail);
    await client.close();
  }
});

await verdict.check('a wrong credential is told where to look', async () => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer x' },
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
  });
  expect(answer.status === 401, `The status is ${answer.status}`);
  const metadata = /resource_metadata="([^"]+)"/.exec(answer.headers.get('www-authenticate'))[1];
  expect((await (await fetch(metadata)).json()).resource === url.href, 'The metadata is of something else');
});

process.exit(verdict.finish());

// nostr-tools on one side, the Python SDK on the other, one hub between them: what each makes of the other's letters.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Agent, folder } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';

const require = createRequire(`${process.env.SDK_HOME}/`);
const { generateSecretKey, getPublicKey, nip19, nip44, nip59, verifyEvent } = require('nostr-tools');
const { schnorr } = createRequire(require.resolve('nostr-tools'))('@noble/curves/secp256k1.js');

const here = dirname(fileURLToPath(import.meta.url));
const verdict = new Verdict('nostr-encryption', {
  suite: 'nostr-tools: NIP-44, NIP-59 and NIP-19 against the Python SDK', version: '2.25.2',
});

/** The agent of the Python SDK: one line of work, one line of answer. */
const child = spawn(process.env.PYTHON, [join(here, 'agent.py'), join(folder('seed'), 'agent.key')], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
async function answer() {
  const { value, done } = await lines.next();
  if (done) throw new Error('the Python agent ended');
  return JSON.parse(value);
}
function python(work) {
  child.stdin.write(`${JSON.stringify(work)}\n`);
  return answer();
}

/** An agent of the hub that has nothing but nostr-tools and fetch. */
const secret = generateSecretKey();
const publicKey = getPublicKey(secret);
const client = await Agent.join('nostr-client');
const hex = bytes => Buffer.from(bytes).toString('hex');
const key = await answer();

async function nextLetter() {
  const { messages } = await client.get('/messages?wait=20');
  expect(messages.length === 1, `${messages.length} messages`);
  await client.post('/messages/ack', { sequence: messages[0].sequence });
  return messages[0];
}
function sendWrap(event, more = {}) {
  return client.post('/send', { to: 'python-agent', payload: { type: 'encrypted', form: 'nip59', event }, ...more });
}
const wrapOf = (content, by = secret) => nip59.wrapEvent({ kind: 14, content, tags: [] }, by, key.public_key);

await verdict.check('a key of nostr-tools can be bound', async () => {
  const { challenge } = await client.post('/keys/challenge', {});
  const signature = hex(schnorr.sign(createHash('sha256').update(challenge).digest(), secret));
  await client.post('/keys', { type: 'secp256k1', public_key: publicKey, challenge, signature });
});
await verdict.check('the npub of the Python agent is its key, and the hub shows both', async () => {
  expect(nip19.decode(key.npub).data === key.public_key, key.npub);
  const { keys } = await client.get('/agents/python-agent');
  const shown = keys.find(one => one.type === 'secp256k1');
  expect(shown.public_key === key.public_key && shown.npub === key.npub, JSON.stringify(keys));
});

const payload = { text: 'grüße \u0000 \u{1f600}', list: [1, 2.5, null] };
for (const [name, given] of [['a letter', payload], ['a letter of 40,000 bytes', { text: 'x'.repeat(39_980) }]]) {
  await verdict.check(`nostr-tools opens ${name} of the Python SDK`, async () => {
    await python({ do: 'send', to: 'nostr-client', payload: given });
    const { payload: { type, form, event } } = await nextLetter();
    expect(type === 'encrypted' && form === 'nip59' && event.kind === 1059, JSON.stringify({ type, form }));
    expect(verifyEvent(event), 'the wrap is not signed');
    const conversation = nip44.getConversationKey(secret, event.pubkey);
    const seal = JSON.parse(nip44.decrypt(event.content, conversation));
    expect(seal.kind === 13 && verifyEvent(seal), 'the seal is not signed');
    const rumor = nip59.unwrapEvent(event, secret);
    expect(rumor.kind === 14 && rumor.pubkey === key.public_key, JSON.stringify(rumor).slice(0, 200));
    expect(rumor.content === JSON.stringify(given), rumor.content.slice(0, 200));
  });
  await verdict.check(`the Python SDK opens ${name} of nostr-tools`, async () => {
    await sendWrap(wrapOf(JSON.stringify(given)));
    const message = await python({ do: 'read' });
    expect(message.encrypted && message.sender_key === publicKey, JSON.stringify(message).slice(0, 300));
    expect(JSON.stringify(message.payload) === JSON.stringify(given), JSON.stringify(message.payload).slice(0, 300));
  });
}
await verdict.check('the answer to a letter is a letter', async () => {
  const { id } = await sendWrap(wrapOf('only a text, as chats have it'));
  const message = await python({ do: 'reply', payload: { ok: true } });
  expect(message.payload === 'only a text, as chats have it', JSON.stringify(message));
  const { reply_to: repliesTo, payload: { event } } = await nextLetter();
  expect(repliesTo === id, `${repliesTo} and not ${id}`);
  expect(nip59.unwrapEvent(event, secret).content === '{"ok":true}', 'another content');
});
await verdict.check('a letter of the same agent by another key is not shown', async () => {
  await sendWrap(wrapOf('by a stranger', generateSecretKey()));
  const message = await python({ do: 'read' });
  expect(!message.encrypted && message.undecrypted === 'key-changed', JSON.stringify(message));
  expect(!JSON.stringify(message).includes('stranger'), 'its content was shown');
});

child.stdin.end();
process.exitCode = verdict.finish();

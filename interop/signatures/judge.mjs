// Signs requests with libraries that know nothing of the hub, and sees whether it takes them, once.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { Agent, HUB } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';

const load = file => import(pathToFileURL(`${process.env.SDK_HOME}/node_modules/${file}`).href);
const { signatureHeaders } = await load('http-message-sig/dist/index.mjs');
const { jwkToKeyID, helpers } = await load('web-bot-auth/dist/index.mjs');
const { generateSecretKey, getPublicKey, finalizeEvent } = await load('nostr-tools/lib/esm/pure.js');
const nip98 = await load('nostr-tools/lib/esm/nip98.js');
const nip19 = await load('nostr-tools/lib/esm/nip19.js');
const { schnorr } = await load('@noble/curves/secp256k1.js');

const verdict = new Verdict('signatures', {
  suite: 'http-message-sig of web-bot-auth, nip98 of nostr-tools', version: '0.1.3, 2.25.2',
});
const agent = await Agent.join('signs-itself');
const hex = bytes => Buffer.from(bytes).toString('hex');
const sha256 = bytes => createHash('sha256').update(bytes).digest();

const pair = generateKeyPairSync('ed25519');
const jwk = pair.publicKey.export({ format: 'jwk' });
const ed25519 = Buffer.from(jwk.x, 'base64url').toString('hex');
const thumbprint = await jwkToKeyID(jwk, helpers.WEBCRYPTO_SHA256, helpers.BASE64URL_DECODE);
const secret = generateSecretKey();
const secp256k1 = getPublicKey(secret);

async function bind(type, key, signer) {
  const { challenge } = await agent.post('/keys/challenge', {});
  const signature = hex(signer(Buffer.from(challenge)));
  return agent.post('/keys', { type, public_key: key, challenge, signature });
}

const bound = await verdict.check('keys are bound', async () => {
  await bind('ed25519', ed25519, bytes => sign(null, bytes, pair.privateKey));
  return bind('secp256k1', secp256k1, bytes => schnorr.sign(sha256(bytes), secret));
});
await verdict.check('the npub is that of nostr-tools', () => {
  expect(bound.npub === nip19.npubEncode(secp256k1), bound.npub);
});

const signer = keyid => ({
  keyid, alg: 'ed25519', sign: data => new Uint8Array(sign(null, Buffer.from(data), pair.privateKey)),
});

async function signed(method, path, body, components, keyid = thumbprint, more = {}) {
  const headers = { 'content-type': 'application/json' };
  if (body) headers['content-digest'] = `sha-256=:${sha256(body).toString('base64')}:`;
  const created = new Date();
  const request = { method, url: HUB + path, headers };
  const made = await signatureHeaders(request, {
    signer: signer(keyid), components, created, expires: new Date(created.getTime() + 60_000),
    nonce: randomBytes(32).toString('base64'), ...more,
  });
  return { method, headers: { ...headers, ...made }, body };
}

const url = ['@method', '@target-uri'];
const parts = ['@method', '@authority', '@path', '@query'];
const draft = JSON.stringify({ to: 'signs-itself', payload: { text: 'hi' } });
for (const [name, request, path, status] of [
  ['a GET, its URL', await signed('GET', '/profile', undefined, url), '/profile', 200],
  ['a GET, the parts of its URL', await signed('GET', '/agents?status=all', undefined, parts), '/agents?status=all', 200],
  ['a POST with its body', await signed('POST', '/send', draft, [...url, 'content-digest', 'content-type']), '/send', 201],
  ['by the name of the agent', await signed('GET', '/profile', undefined, url, 'signs-itself'), '/profile', 200],
  ['with a tag', await signed('GET', '/profile', undefined, url, thumbprint, { tag: 'web-bot-auth' }), '/profile', 200],
]) {
  await verdict.check(`RFC 9421: ${name}, once`, async () => {
    const first = await fetch(HUB + path, request);
    expect(first.status === status, `${first.status} ${await first.text()}`);
    const second = await fetch(HUB + path, request);
    expect(second.status === 401 && (await second.text()).includes('signature-used'), `${second.status}`);
  });
}
await verdict.check('RFC 9421: what covers only the authority is refused', async () => {
  const request = await signed('GET', '/profile', undefined, ['@authority']);
  expect((await fetch(`${HUB}/profile`, request)).status === 401, 'it was taken');
});

const event = template => finalizeEvent(template, secret);
for (const [name, method, path, body, status] of [
  ['a GET', 'get', '/agents?status=all', undefined, 200],
  ['a POST with its body', 'post', '/send', { to: 'signs-itself', payload: 1 }, 201],
]) {
  await verdict.check(`NIP-98: ${name}, once`, async () => {
    const token = await nip98.getToken(HUB + path, method, event, true, body);
    const request = {
      method: method.toUpperCase(), body: body && JSON.stringify(body),
      headers: { Authorization: token, 'Content-Type': 'application/json' },
    };
    const first = await fetch(HUB + path, request);
    expect(first.status === status, `${first.status} ${await first.text()}`);
    const second = await fetch(HUB + path, request);
    expect(second.status === 401 && (await second.text()).includes('signature-used'), `${second.status}`);
  });
}
process.exit(verdict.finish());

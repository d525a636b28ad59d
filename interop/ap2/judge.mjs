// Open mandates of AP2 by a library that knows nothing of the hub: what it makes, the hub takes; what is changed
// afterwards, the hub refuses.
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { Agent, HUB } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';

const require = createRequire(`${process.env.SDK_HOME}/`);
const { SDJwtInstance } = require('@sd-jwt/core');
const { digest, generateSalt, ES256 } = require('@sd-jwt/crypto-nodejs');

const verdict = new Verdict('ap2', {
  suite: 'open mandates of AP2 by @sd-jwt/core', version: '0.19.0',
  notes: 'The library issues, presents with key binding, and verifies: it takes each presentation that the hub takes. '
    + 'The hub refuses besides what it might not keep, and disclosures that belong to nothing (RFC 9901 section 7.1).',
});

async function call(method, path, key, body) {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  const answer = await fetch(HUB + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, text, json: text ? JSON.parse(text) : {} };
}

async function done(status, ...asked) {
  const answer = await call(...asked);
  expect(answer.status === status, `${asked[0]} ${asked[1]}: ${answer.status} ${answer.text}`);
  return answer.json;
}

/** A key by either algorithm, with what the library needs to sign by it and to check it. */
async function es256() {
  const { publicKey, privateKey } = await ES256.generateKeyPair();
  return {
    algorithm: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: publicKey.x, y: publicKey.y },
    signer: await ES256.getSigner(privateKey), verifier: await ES256.getVerifier(publicKey),
    point: Buffer.concat([
      Buffer.from([4]), Buffer.from(publicKey.x, 'base64url'), Buffer.from(publicKey.y, 'base64url'),
    ]).toString('base64url'),
  };
}

function edDsa() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { kty, crv, x } = publicKey.export({ format: 'jwk' });
  return {
    algorithm: 'EdDSA', jwk: { kty, crv, x }, point: x,
    signer: data => sign(null, Buffer.from(data), privateKey).toString('base64url'),
    verifier: (data, signature) => verify(null, Buffer.from(data), publicKey, Buffer.from(signature, 'base64url')),
  };
}

const library = (issuer, holder) => new SDJwtInstance({
  signer: issuer.signer, verifier: issuer.verifier, signAlg: issuer.algorithm,
  kbSigner: holder.signer, kbSignAlg: holder.algorithm, kbVerifier: holder.verifier,
  hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt,
});

const wallet = await es256();
const holder = await es256();
const admin = process.env.ADMIN_KEY;
const { api_key: owner } = await done(201, 'POST', '/owners', admin, { name: 'Wallet', mandates: 'required' });
await done(200, 'PATCH', '/owners/me', owner, { p256_key: wallet.point });
const { url } = await done(201, 'POST', '/invites', owner, {});
const { api_key: agent } = await done(201, 'POST', new URL(url).pathname, '', { agent_id: 'ap2-buyer' });
await Agent.join('ap2-seller');
await Agent.join('ap2-other');

const now = () => Math.floor(Date.now() / 1000);
const challenge = async () => (await done(201, 'POST', '/keys/challenge', agent)).challenge;
const present = presentation => call('POST', '/mandates/presented', agent, { sd_jwt: presentation });

const claims = (vct, constraints, by = holder) => ({
  vct, iat: now() - 5, exp: now() + 3600, cnf: { jwk: by.jwk }, constraints,
});
const issue = (payload, frame, { by = wallet, to = holder, header = { typ: 'dc+sd-jwt' } } = {}) =>
  library(by, to).issue(payload, frame, { header });

/** A presentation with key binding over a fresh challenge, or what is given. */
async function shown(issued, frame, { by = wallet, to = holder, aud = HUB, nonce, iat = now() } = {}) {
  const payload = { iat, aud, nonce: nonce ?? await challenge() };
  return { payload, text: await library(by, to).present(issued, frame, { kb: { payload } }) };
}

/** Whether the library takes a presentation, by the nonce that its holder was asked for. */
async function libraryTakes({ text, payload }, { by = wallet, to = holder } = {}) {
  try {
    await library(by, to).verify(text, { keyBindingNonce: payload.nonce });
    return true;
  } catch {
    return false;
  }
}

async function taken(shownNow, keys) {
  expect(await libraryTakes(shownNow, keys), 'the library does not take its own');
  const answer = await present(shownNow.text);
  expect(answer.status === 201, `${answer.status} ${answer.text}`);
  return answer.json;
}

async function refused(text, why) {
  const answer = await present(text);
  expect(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.text}`);
  expect(answer.text.includes(why), `refused, but not for "${why}": ${answer.text}`);
}

/** What was changed is refused by both. */
async function refusedByBoth(changed, why) {
  expect(!await libraryTakes(changed), 'the library takes it');
  await refused(changed.text, why);
}

const limits = count => [
  { type: 'dev.meshkore.calls', allowed: ['send', 'profile'] },
  { type: 'dev.meshkore.counterparties', agents: ['ap2-seller'] },
  { type: 'dev.meshkore.messages', lifetime: count },
];
const CALLS = 'dev.meshkore.mandate.open.1';
const PAYMENT = 'mandate.payment.open.1';
const send = to => call('POST', '/send', agent, { to, payload: 1 });

await verdict.check('a mandate with calls is taken, kept to and counted', async () => {
  const issued = await issue(claims(CALLS, limits(1)));
  const mandate = await taken(await shown(issued));
  expect(mandate.form === 'sd-jwt' && mandate.calls.join() === 'send,profile', JSON.stringify(mandate));
  expect((await send('ap2-other')).text.includes('mandate-required'), 'it may write to another');
  expect((await send('ap2-seller')).status === 201, 'it may not write to whom the mandate names');
  expect((await send('ap2-seller')).text.includes('budget-exhausted'), 'the limit does not count');
  const again = await taken(await shown(issued));
  expect(again.mandate_id === mandate.mandate_id, 'shown again it is another mandate');
  expect((await send('ap2-seller')).text.includes('budget-exhausted'), 'shown again it counts anew');
});

const payment = [
  { type: 'payment.amount_range', currency: 'USD', min: 0, max: 500 },
  { type: 'payment.budget', currency: 'USD', max: 10000 },
  { type: 'payment.allowed_payees',
    allowed: [{ id: 'ap2-seller', name: 'Seller', website: `${HUB}/agents/ap2-seller` }, { id: 'ap2-other' }] },
  { type: 'payment.execution_date', not_after: new Date((now() + 1800) * 1000).toISOString() },
  { type: 'payment.reference', conditional_transaction_id: 'order-1' },
];
await verdict.check('a mandate to pay is taken with all of its constraints', async () => {
  const mandate = await taken(await shown(await issue(claims(PAYMENT, payment))));
  expect(mandate.spend[0].amount === 500 && mandate.reference === 'order-1', JSON.stringify(mandate));
  expect(Date.parse(mandate.expires_at) <= (now() + 1800) * 1000, mandate.expires_at);
});
await verdict.check('of those it may pay some can be kept back, and are then not allowed', async () => {
  const frame = { constraints: { 2: { allowed: { _sd: [0, 1] } } } };
  const issued = await issue(claims(PAYMENT, payment), frame);
  const mandate = await taken(await shown(issued, { constraints: { 2: { allowed: { 0: true } } } }));
  expect(mandate.counterparties.agents.join() === 'ap2-seller', JSON.stringify(mandate));
});
await verdict.check('constraints and claims that are disclosed one by one count like any', async () => {
  const frame = { _sd: ['iat'], constraints: { _sd: [1, 2] } };
  const issued = await issue({ ...claims(CALLS, limits(3)), jti: 'one-by-one' }, frame);
  const all = await shown(issued, { iat: true, constraints: { 1: true, 2: true } });
  const mandate = await taken(all);
  expect(mandate.messages.lifetime === 3 && mandate.counterparties.agents.join() === 'ap2-seller', JSON.stringify(mandate));
});
await verdict.check('a limit that is kept back is refused, though the library takes it', async () => {
  const issued = await issue(claims(CALLS, limits(1)), { constraints: { _sd: [2] } });
  const less = await shown(issued, {});
  expect(await libraryTakes(less), 'the library does not take its own');
  await refused(less.text, 'not disclosed in constraints');
});
await verdict.check('a decoy is refused, because it might be a limit', async () => {
  const issued = await issue(claims(CALLS, limits(1)), { _sd: ['iat'], _sd_decoy: 2 });
  await refused((await shown(issued, { iat: true })).text, 'not disclosed');
});
await verdict.check('the owner may sign by its Ed25519 key, and the holder by one', async () => {
  const keys = { by: edDsa(), to: edDsa() };
  await done(200, 'PATCH', '/owners/me', owner, { public_key: keys.by.point });
  const issued = await issue(claims(CALLS, limits(1), keys.to), undefined, keys);
  await taken(await shown(issued, undefined, keys), keys);
});

/** Changes a part of a JWS: 0 its header, 1 its payload. */
function changed(jws, part, change) {
  const parts = jws.split('.');
  const json = JSON.parse(Buffer.from(parts[part], 'base64url'));
  change(json);
  parts[part] = Buffer.from(JSON.stringify(json)).toString('base64url');
  return parts.join('.');
}

/** The parts of a presentation, put together again after a change. */
function edited({ text, payload }, edit) {
  const parts = text.split('~');
  edit(parts);
  return { text: parts.join('~'), payload };
}

/** The same by the holder itself, who signs for what it has changed. */
async function bound({ text, payload }, edit) {
  const parts = text.split('~').slice(0, -1);
  edit(parts);
  const presented = `${parts.join('~')}~`;
  const sd_hash = Buffer.from(await digest(presented, 'sha-256')).toString('base64url');
  const [header, body] = [{ typ: 'kb+jwt', alg: holder.algorithm }, { ...payload, sd_hash }]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return { text: `${presented}${header}.${body}.${await holder.signer(`${header}.${body}`)}`, payload };
}

const hidden = await issue(claims(CALLS, limits(5)), { constraints: { _sd: [2] } });
const whole = () => shown(hidden, { constraints: { 2: true } });
const foreign = await es256();
await verdict.check('what the holder binds itself is taken', async () => {
  await taken(await bound(await whole(), () => {}));
});
for (const [name, why, edit] of [
  ['another end', 'not signed by a key of your owner', parts => {
    parts[0] = changed(parts[0], 1, json => { json.exp += 1; });
  }],
  ['another key of the holder', 'key binding is not signed', parts => {
    parts[0] = changed(parts[0], 1, json => { json.cnf.jwk = foreign.jwk; });
  }],
  ['no algorithm', 'alg', parts => {
    parts[0] = changed(parts[0], 0, json => { json.alg = 'none'; });
  }],
]) {
  await verdict.check(`changed by its holder, it is refused by both: ${name}`, async () => {
    await refusedByBoth(await bound(await whole(), edit), why);
  });
}
// RFC 9901 section 7.1: each disclosure belongs to one digest. This version of the library leaves aside those that do not.
for (const [name, why, edit] of [
  ['a higher limit in its disclosure', 'not disclosed in constraints', parts => {
    const [salt, limit] = JSON.parse(Buffer.from(parts[1], 'base64url'));
    parts[1] = Buffer.from(JSON.stringify([salt, { ...limit, lifetime: 500 }])).toString('base64url');
  }],
  ['a disclosure twice', 'twice', parts => { parts.splice(1, 0, parts[1]); }],
  ['a disclosure that is nobody\'s', 'not of what the issuer signed', parts => {
    parts.splice(1, 0, Buffer.from('["c2FsdA","delegation_depth",5]').toString('base64url'));
  }],
]) {
  await verdict.check(`changed by its holder, it is refused: ${name}`, async () => {
    await refused((await bound(await whole(), edit)).text, why);
  });
}
for (const [name, why, edit] of [
  ['a disclosure less', 'not disclosed in constraints', parts => { parts.splice(1, 1); }],
  ['another nonce in the key binding', 'key binding is not signed', parts => {
    parts.push(changed(parts.pop(), 1, json => { json.nonce += 'x'; }));
  }],
  ['no key binding', 'no key binding', parts => { parts[parts.length - 1] = ''; }],
]) {
  await verdict.check(`changed on its way, it is refused by both: ${name}`, async () => {
    await refusedByBoth(edited(await whole(), edit), why);
  });
}
await verdict.check('the key binding of another presentation is refused by both', async () => {
  const other = await shown(await issue(claims(CALLS, limits(7))), undefined);
  const moved = edited(await whole(), parts => { parts[parts.length - 1] = other.text.split('~').pop(); });
  await refusedByBoth({ text: moved.text, payload: other.payload }, 'another presentation');
});
await verdict.check('one that a stranger signed is refused by both', async () => {
  const issued = await issue(claims(CALLS, limits(1)), undefined, { by: foreign });
  await refusedByBoth(await shown(issued, undefined, { by: foreign }), 'not signed by a key of your owner');
});
await verdict.check('one that is not bound by its own holder is refused by both', async () => {
  await refusedByBoth(await shown(hidden, { constraints: { 2: true } }, { to: foreign }), 'key binding is not signed');
});
for (const [name, more, why] of [
  ['for another hub', { aud: 'https://else.example' }, 'aud'],
  ['of an hour ago', { iat: now() - 3600 }, 'not signed now'],
  ['over a challenge of nobody', { nonce: 'made-up' }, 'challenge'],
]) {
  await verdict.check(`a key binding ${name} is refused`, async () => {
    await refused((await shown(hidden, { constraints: { 2: true } }, more)).text, why);
  });
}
await verdict.check('a presentation is taken once', async () => {
  const once = await whole();
  await taken(once);
  await refused(once.text, 'challenge');
});
await verdict.check('AP2\'s constraints that the hub cannot keep are refused by name', async () => {
  const type = 'payment.agent_recurrence';
  const issued = await issue(claims(PAYMENT, [...payment, { type, frequency: 'DAILY', max_occurrences: 20 }]));
  await refused((await shown(issued)).text, type);
});
process.exit(verdict.finish());

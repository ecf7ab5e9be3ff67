// Tokens of ours and of others: Node's crypto, and the openssl program.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';

import { ProgramPeer } from './support/program_peer.mjs';

const SECRET = 'a secret of thirty-two bytes, ünï';
const PSS = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
const RSA = ['rsa', { modulusLength: 2048 }];

// What Node and openssl need for each, beside the key.
const ALGORITHMS = {
  HS256: {},
  RS256: { kind: RSA, digest: 'sha256', node: {}, openssl: [] },
  PS256: {
    kind: RSA, digest: 'sha256', node: PSS,
    openssl: ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'],
  },
  ES256: { kind: ['ec', { namedCurve: 'P-256' }], digest: 'sha256', node: { dsaEncoding: 'ieee-p1363' } },
  EdDSA: { kind: ['ed25519', {}], digest: null, node: {} },
};
const PUBLIC = Object.keys(ALGORITHMS).filter((alg) => alg !== 'HS256');

const claims = () => ({
  sub: 'ünï 🔥', exp: Math.floor(Date.now() / 1000) + 600, roles: ['a', { b: null }], n: 1.5,
});
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const pem = (key) => key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' });
const jwks = (...keys) => JSON.stringify({
  keys: keys.map(({ key, ...more }) => ({ ...key.export({ format: 'jwk' }), ...more })),
});

const makePair = (alg) => crypto.generateKeyPairSync(...ALGORITHMS[alg].kind);

function nodeSignature(alg, text, key) {
  if (alg === 'HS256') return crypto.createHmac('sha256', key).update(text).digest();
  const { digest, node } = ALGORITHMS[alg];
  return crypto.sign(digest, Buffer.from(text), { key, ...node });
}

function nodeToken(alg, key, header = {}, said = claims()) {
  const text = `${encoded({ alg, typ: 'JWT', ...header })}.${encoded(said)}`;
  return `${text}.${nodeSignature(alg, text, key).toString('base64url')}`;
}

function nodeVerifies(alg, token, key) {
  const [header, payload, signature] = token.split('.');
  const text = `${header}.${payload}`;
  const bytes = Buffer.from(signature, 'base64url');
  if (alg === 'HS256') return nodeSignature(alg, text, key).equals(bytes);
  const { digest, node } = ALGORITHMS[alg];
  return crypto.verify(digest, Buffer.from(text), { key, ...node }, bytes);
}

const start = (t) => {
  const peer = ProgramPeer.start(t, 'jwt_peer');
  return {
    verify: (token, keys) => peer.ask({ do: 'verify', token, ...keys }),
    sign: (alg, key, said) => peer.ask({ do: 'sign', alg, claims: said, ...key }),
  };
};

test('believes what Node signs, by PEM and by JWK Set', async (t) => {
  const ours = start(t);
  for (const alg of PUBLIC) {
    const { privateKey, publicKey } = makePair(alg);
    const said = claims();
    const keys = [
      { pem: pem(publicKey) }, { jwks: jwks({ key: publicKey }) },
      { jwks: jwks({ key: publicKey, kid: 'a', use: 'sig', alg, key_ops: ['verify'] }) },
    ];
    for (const by of keys) {
      const token = nodeToken(alg, privateKey, { kid: 'a' }, said);
      assert.deepEqual(await ours.verify(token, by), { claims: said }, alg);
    }
  }
  const said = claims();
  const token = nodeToken('HS256', SECRET, {}, said);
  assert.deepEqual(await ours.verify(token, { secret: SECRET }), { claims: said });
});

test('believes nothing else', async (t) => {
  const ours = start(t);
  for (const alg of PUBLIC) {
    const { privateKey, publicKey } = makePair(alg);
    const token = nodeToken(alg, privateKey);
    const other = { pem: pem(makePair(alg).publicKey) };
    assert.deepEqual(await ours.verify(token, other), { refused: 'bad signature' }, alg);
    const [header, , signature] = token.split('.');
    const changed = [header, encoded({ ...claims(), sub: 'eve' }), signature].join('.');
    const own = { pem: pem(publicKey) };
    assert.deepEqual(await ours.verify(changed, own), { refused: 'bad signature' }, alg);
    const confused = nodeToken('HS256', own.pem);
    assert.deepEqual(await ours.verify(confused, own), { refused: 'algorithm not allowed' }, alg);
    const expired = nodeToken(alg, privateKey, {}, { exp: Math.floor(Date.now() / 1000) - 120 });
    assert.deepEqual(await ours.verify(expired, own), { refused: 'expired' }, alg);
  }
});

test('goes by key ids when keys rotate', async (t) => {
  const ours = start(t);
  const [old, next] = [makePair('ES256'), makePair('EdDSA')];
  const before = { jwks: jwks({ key: old.publicKey, kid: 'old' }) };
  const after = {
    jwks: jwks({ key: old.publicKey, kid: 'old' }, { key: next.publicKey, kid: 'next' }),
  };
  const token = nodeToken('EdDSA', next.privateKey, { kid: 'next' });
  assert.deepEqual(await ours.verify(token, before), { refused: 'unknown key' });
  assert.ok((await ours.verify(token, after)).claims);
  assert.ok((await ours.verify(nodeToken('ES256', old.privateKey, { kid: 'old' }), after)).claims);
});

test('Node believes what we sign', async (t) => {
  const ours = start(t);
  const said = claims();
  for (const alg of PUBLIC) {
    const { privateKey, publicKey } = makePair(alg);
    for (const kid of [undefined, 'a "b" ü']) {
      const { token } = await ours.sign(alg, { pem: pem(privateKey), kid }, said);
      assert.ok(nodeVerifies(alg, token, publicKey), alg);
      const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url'));
      assert.deepEqual(JSON.parse(header), { alg, typ: 'JWT', ...(kid && { kid }) });
      assert.deepEqual(JSON.parse(payload), said);
    }
  }
  const { token } = await ours.sign('HS256', { secret: SECRET }, said);
  assert.ok(nodeVerifies('HS256', token, SECRET));
});

test('believes what the openssl program signs', async (t) => {
  const ours = start(t);
  const folder = mkdtempSync(path.join(tmpdir(), 'cresset-jwt-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name) => path.join(folder, name);
  for (const alg of ['RS256', 'PS256']) {
    execFileSync('openssl', ['genpkey', '-algorithm', 'RSA', '-out', file('key')], { stdio: 'ignore' });
    const key = execFileSync('openssl', ['pkey', '-in', file('key'), '-pubout'], { encoding: 'utf8' });
    const said = claims();
    const text = `${encoded({ alg })}.${encoded(said)}`;
    writeFileSync(file('text'), text);
    execFileSync('openssl', ['dgst', '-sha256', '-sign', file('key'), ...ALGORITHMS[alg].openssl,
      '-out', file('signature'), file('text')]);
    const token = `${text}.${readFileSync(file('signature')).toString('base64url')}`;
    assert.deepEqual(await ours.verify(token, { pem: key }), { claims: said }, alg);
  }
});

// The server's key pair: --encryption-key.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { atEnd } from './support/at_end.mjs';
import { encryptedClient } from './support/encrypted_client.mjs';
import { OPEN_ROOMS, run, startServer } from './support/server.mjs';

const P256 = { namedCurve: 'prime256v1' };

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'cresset-keys-'));
  atEnd(t, () => rmSync(path, { recursive: true }));
  return path;
}

// A file of that content, in a folder of its own.
function file(t, content) {
  const path = join(folder(t), 'key.pem');
  writeFileSync(path, content);
  return path;
}

// The point is the end of the key's DER.
function pointOf({ publicKey }) {
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(-65).toString('base64');
}

async function keyOf(server) {
  const client = await encryptedClient(server, 'ada', { rooms: ['public-a'] });
  return client.connected.serverPublicKey;
}

test('has a key pair that stays, in both forms of PEM', async (t) => {
  const pair = generateKeyPairSync('ec', P256);
  for (const type of ['pkcs8', 'sec1']) {
    const path = file(t, pair.privateKey.export({ type, format: 'pem' }));
    for (const mode of ['optional', 'required']) {
      const flags = [...OPEN_ROOMS, '--encryption', mode, '--encryption-key', path];
      const server = await startServer(t, flags);
      assert.equal(await keyOf(server), pointOf(pair));
      await server.stop();
    }
  }
});

test('has a new key pair at each start where it is given none', async (t) => {
  const flags = [...OPEN_ROOMS, '--encryption', 'required'];
  const keys = [await keyOf(await startServer(t, flags)), await keyOf(await startServer(t, flags))];
  assert.notEqual(keys[0], keys[1]);
});

async function expectRefusal(flags, why) {
  const { status, stdout, stderr } = await run('cresset', ['serve', '--port', '0', ...flags]);
  assert.match(stderr, /^cresset: [^\n]+\n$/, `one line on stderr: ${stderr}`);
  assert.match(stderr, why);
  assert.equal(stdout, '');
  assert.equal(status, 2);
}

test('refuses files that hold no key of P-256', async (t) => {
  const pkcs8 = { type: 'pkcs8', format: 'pem' };
  const pair = generateKeyPairSync('ec', P256);
  const good = pair.privateKey.export(pkcs8);
  const passphrase = { cipher: 'aes-256-cbc', passphrase: 'open' };
  const cases = [
    ['', /no private key/],
    ['a key, honestly\n', /no private key/],
    [good.slice(0, good.length / 2), /no private key/],
    [pair.privateKey.export({ type: 'pkcs8', format: 'der' }), /no private key/],
    [pair.publicKey.export({ type: 'spki', format: 'pem' }), /no private key/],
    [pair.privateKey.export({ ...pkcs8, ...passphrase }), /passphrase/],
    [generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey.export(pkcs8), /P-256/],
    [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pkcs8), /P-256/],
    [generateKeyPairSync('ed25519').privateKey.export(pkcs8), /P-256/],
  ];
  for (const [content, why] of cases)
    await expectRefusal(['--encryption', 'required', '--encryption-key', file(t, content)], why);
});

test('refuses files that can not be read, and names them', async (t) => {
  const missing = join(folder(t), 'missing.pem');
  await expectRefusal(
    ['--encryption', 'optional', '--encryption-key', missing],
    /missing\.pem: No such file/,
  );
  const aFolder = join(folder(t), 'folder.pem');
  mkdirSync(aFolder);
  await expectRefusal(
    ['--encryption', 'optional', '--encryption-key', aFolder],
    /folder\.pem: Is a directory/,
  );
});

test('refuses flags that make no sense together', async (t) => {
  const path = file(t, generateKeyPairSync('ec', P256).privateKey
    .export({ type: 'pkcs8', format: 'pem' }));
  await expectRefusal(['--encryption-key', path], /--encryption-key is for/);
  await expectRefusal(['--encryption', 'off', '--encryption-key', path], /--encryption-key is for/);
  await expectRefusal(['--encryption', 'maybe'], /--encryption/);
});

test('encrypts nothing by default, whatever clients bring', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  const client = await server.connect();
  const connected = await client.authenticate({ publicKey: 'no key', capabilities: ['room-key'] });
  assert.deepEqual(Object.keys(connected).sort(), ['id', 'time']);
  await client.expectNothing();
});

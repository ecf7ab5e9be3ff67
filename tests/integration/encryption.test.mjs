// The server's own encryption (--encryption): who is let in, and what is on the wire.

import assert from 'node:assert/strict';
import test from 'node:test';

import { encryptedClient } from './support/encrypted_client.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';

const OPTIONAL = [...OPEN_ROOMS, '--encryption', 'optional'];
const REQUIRED = [...OPEN_ROOMS, '--encryption', 'required'];
const ROOMS = { rooms: ['public-a'] };
const INVALID = 'Invalid message format';

const bytesOf = (base64) => Buffer.from(base64, 'base64');

test('tells its key in a plain connected, and encrypts all that follows', async (t) => {
  const server = await startServer(t, REQUIRED);
  const ada = await encryptedClient(server, 'ada', ROOMS);
  const bob = await encryptedClient(server, 'bob', ROOMS);

  assert.deepEqual(Object.keys(ada.connected).sort(),
    ['id', 'salt', 'serverPublicKey', 'time', 'userId']);
  const point = bytesOf(ada.connected.serverPublicKey);
  assert.equal(point.length, 65);
  assert.equal(point[0], 4);
  assert.equal(bytesOf(ada.connected.salt).length, 32);
  assert.equal(bob.connected.serverPublicKey, ada.connected.serverPublicKey);
  assert.notEqual(bob.connected.salt, ada.connected.salt);

  ada.publish('public-a', 'chat', { text: 'a secret: ünï 🔥' });
  await bob.expect('chat', { text: 'a secret: ünï 🔥' });
  bob.publish('public-a', 'chat', ['another', null, 1.5]);
  await ada.expect('chat', ['another', null, 1.5]);
  for (const { wire: [first, ...rest] } of [ada, bob]) {
    assert.equal(first.event, 'connected');
    assert.ok(rest.length > 0);
    for (const message of rest) {
      assert.deepEqual(Object.keys(message), ['event', 'data']);
      assert.equal(message.event, 'encrypted');
      assert.deepEqual(Object.keys(message.data), ['iv', 'ct']);
    }
  }
});

test('talks with plain clients and encrypted ones in one room, where it is optional', async (t) => {
  const server = await startServer(t, OPTIONAL);
  const ada = await encryptedClient(server, 'ada', ROOMS);
  const bob = await encryptedClient(server, 'bob', ROOMS);
  const plain = await server.client('plain', 'public-a');
  assert.deepEqual(Object.keys(plain.connected).sort(), ['id', 'time', 'userId']);

  ada.publish('public-a', 'chat', 1);
  await bob.expect('chat', 1);
  await plain.expect('chat', 1);
  plain.publish('public-a', 'chat', 2);
  await ada.expect('chat', 2);
  await bob.expect('chat', 2);
  assert.equal(ada.lastSealed.iv === bob.lastSealed.iv, false);
});

test('takes what an encrypted client says in the clear', async (t) => {
  const server = await startServer(t, REQUIRED);
  const ada = await encryptedClient(server, 'ada', ROOMS);
  const bob = await encryptedClient(server, 'bob', ROOMS);
  ada.sendPlain('publish', { room: 'public-a', event: 'chat', data: 'to whom it may concern' });
  await bob.expect('chat', 'to whom it may concern');
});

test('closes clients without a key where one is required, without an error event', async (t) => {
  const server = await startServer(t, REQUIRED);
  for (const data of [undefined, null, {}, { userId: 'ada' }, { publicKey: null }]) {
    const client = await server.connect();
    client.send('authenticate', data);
    assert.deepEqual(await client.closed(), { code: 4004, reason: 'Encryption required' });
    assert.equal(client.waiting, 0);
  }
});

test('lets clients without a key in where it is optional, also by null', async (t) => {
  const server = await startServer(t, OPTIONAL);
  const client = await server.connect();
  const connected = await client.authenticate({ publicKey: null, capabilities: ['room-key'] });
  assert.deepEqual(Object.keys(connected).sort(), ['id', 'time']);
  await client.expectNothing();
});

const GOOD_POINT = Buffer.from(`04${'0'.repeat(63)}5`
  + '459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc', 'hex');

// The same point, or what could be taken for it, as a client shouldn't tell it.
function badKeys() {
  const changed = (at, value) => {
    const bytes = Buffer.from(GOOD_POINT);
    bytes[at] = value;
    return bytes;
  };
  const good = GOOD_POINT.toString('base64');
  const points = [
    Buffer.alloc(0), Buffer.alloc(1), Buffer.alloc(65), GOOD_POINT.subarray(0, 64),
    Buffer.concat([GOOD_POINT, Buffer.alloc(1)]), GOOD_POINT.subarray(1),
    Buffer.concat([Buffer.from([2]), GOOD_POINT.subarray(1, 33)]), // compressed
    changed(0, 2), changed(0, 6), changed(0, 7), // hybrid
    changed(64, 0xcd), changed(1, 0xff), // off the curve
    Buffer.alloc(65, 0xff), Buffer.alloc(10_000, 4),
  ].map((point) => point.toString('base64'));
  const ofUrls = good.replaceAll('/', '_').replaceAll('+', '-');
  return [...points, `${good} `, ` ${good}`, good.slice(0, -1), ofUrls, '!', 'no key', 7, true, {},
    [good]];
}

test('refuses keys that are no points of the curve', async (t) => {
  for (const flags of [OPTIONAL, REQUIRED]) {
    const server = await startServer(t, flags);
    for (const publicKey of badKeys()) {
      const client = await server.connect();
      client.send('authenticate', { publicKey });
      await client.expectError('Encryption handshake failed');
      assert.deepEqual(await client.closed(), { code: 4004, reason: 'Encryption required' });
    }
    const client = await server.connect();
    await client.authenticate({ publicKey: GOOD_POINT.toString('base64') });
    await server.stop();
  }
});

test('answers what it can not decrypt as it does what is no JSON, and goes on', async (t) => {
  const server = await startServer(t, REQUIRED);
  const ada = await encryptedClient(server, 'ada', ROOMS);
  const bob = await encryptedClient(server, 'bob', ROOMS);
  const say = JSON.stringify({ event: 'publish', data: { room: 'public-a', event: 'chat' } });
  const good = await ada.session.seal(say);
  const flip = (text) => {
    const bytes = bytesOf(text);
    bytes[bytes.length - 1] ^= 1;
    return bytes.toString('base64');
  };
  const bad = [
    undefined, null, 7, 'text', [], {}, { iv: good.iv }, { ct: good.ct }, { ...good, iv: null },
    { ...good, ct: 7 }, { ...good, ct: flip(good.ct) }, { ...good, iv: flip(good.iv) },
    { ...good, ct: good.ct.slice(0, -4) }, { ...good, ct: '' }, { ...good, ct: 'AAAA' },
    { ...good, iv: '' }, { ...good, iv: 'AAAA' }, { ...good, iv: `${good.iv}AAAA` },
    { ...good, ct: `${good.ct} ` }, { ...good, iv: '!'.repeat(16) },
    await bob.session.seal(say), // of another session
  ];
  for (const data of bad) {
    ada.sendPlain('encrypted', data);
    await ada.expectError(INVALID);
  }
  await bob.expectNothing();
  ada.sendPlain('encrypted', good);
  await bob.expect('chat');
  await server.stop();
  assert.equal(server.logged('stopped')[0].dropped_undecryptable, bad.length);
});

test('treats what was encrypted as if it had been said in the clear', async (t) => {
  const server = await startServer(t, REQUIRED);
  const ada = await encryptedClient(server, 'ada', ROOMS);
  for (const text of ['', 'no JSON', '[]', '7', '{"event":', '\u0000']) {
    ada.sendSealed(text);
    await ada.expectError(INVALID);
  }
  // What is in two of them isn't looked for.
  const inner = await ada.session.seal('{"event":"heartbeat"}');
  ada.send('encrypted', inner);
  await ada.expectError(INVALID);
  ada.send('authenticate', { userId: 'eve' });
  await ada.expectError('Already authenticated');
  ada.send('heartbeat');
  await ada.leave('public-a');
  ada.publish('public-a', 'chat');
  await ada.expectError('Publish refused: not a member of the room');
});

test('encrypts for nobody who has no session', async (t) => {
  const server = await startServer(t, OPTIONAL);
  const ada = await encryptedClient(server, 'ada', ROOMS);
  const sealed = await ada.session.seal('{"event":"heartbeat"}');
  const stranger = await server.connect();
  stranger.send('encrypted', sealed);
  await stranger.expectError('Not authenticated');
  const plain = await server.client('plain', 'public-a');
  plain.send('encrypted', sealed);
  await plain.expectNothing();
  await ada.expectNothing();
});

test('carries messages as large as they may be, and keeps them in order', async (t) => {
  const server = await startServer(t, REQUIRED);
  const ada = await encryptedClient(server, 'ada', ROOMS);
  const bob = await encryptedClient(server, 'bob', ROOMS);
  const sizes = [0, 1, 15, 16, 17, 100, 125, 126, 1000, 20_000, 40_000];
  const texts = sizes.map((size) => 'ü'.repeat(size / 2) + 'x'.repeat(size % 2));
  for (const text of texts) ada.publish('public-a', 'chat', text);
  for (const text of texts) await bob.expect('chat', text);
});

test('never uses an initialisation vector twice', async (t) => {
  const server = await startServer(t, REQUIRED);
  const ada = await encryptedClient(server, 'ada', ROOMS);
  const bob = await encryptedClient(server, 'bob', ROOMS);
  const messages = 500;
  for (let i = 0; i < messages; i += 1) ada.publish('public-a', 'chat', i);
  for (let i = 0; i < messages; i += 1) await bob.expect('chat', i);
  const sealed = bob.wire.filter(({ event }) => event === 'encrypted');
  assert.ok(sealed.length > messages);
  assert.equal(new Set(sealed.map(({ data }) => data.iv)).size, sealed.length);
});

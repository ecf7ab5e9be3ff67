// What an encrypted client may ask for: messages that are numbered, and keys of rooms.

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import test from 'node:test';

import { encryptedClient } from './support/encrypted_client.mjs';
import { decrypt, importKey } from './support/encrypted_session.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';
import { eventually } from './support/wait.mjs';

const ENCRYPTED = [...OPEN_ROOMS, '--encryption', 'optional'];
const ONE_THREAD = [...ENCRYPTED, '--threads', '1']; // each thread has its own keys of a room
const ROOM = 'public-a';
const INVALID = 'Invalid message format';
const BOTH = ['encrypted-number', 'room-key'];

const member = (server, userId, ...capabilities) =>
  encryptedClient(server, userId, { capabilities, rooms: [ROOM] });

const chat = (data) => JSON.stringify({
  event: 'publish', data: { room: ROOM, event: 'chat', data },
});

test('repeats in connected what a client has got, and only then', async (t) => {
  const server = await startServer(t, ENCRYPTED);
  const cases = [
    [[], undefined], [['encrypted-number'], ['encrypted-number']], [['room-key'], ['room-key']],
    [['room-key', 'other', 'encrypted-number', 7, null], BOTH], [['other'], undefined],
  ];
  for (const [asked, got] of cases) {
    const client = await encryptedClient(server, 'ada', { capabilities: asked });
    assert.deepEqual(client.connected.capabilities, got);
  }
});

// --- numbers ---

test('numbers messages from 1, each way for itself', async (t) => {
  const server = await startServer(t, ENCRYPTED);
  const ada = await member(server, 'ada', 'encrypted-number');
  const bob = await member(server, 'bob', 'encrypted-number');
  const messages = 20;
  for (let i = 0; i < messages; i += 1) ada.publish(ROOM, 'chat', i);
  for (let i = 0; i < messages; i += 1) await bob.expect('chat', i);
  const numbers = bob.wire.slice(1).map(({ data }) => data.n);
  assert.deepEqual(numbers, numbers.map((_, i) => i + 1));
  assert.ok(numbers.length > messages);
  assert.deepEqual(Object.keys(bob.lastSealed), ['iv', 'ct', 'n']);
});

test('refuses what comes again, late or without its number', async (t) => {
  const server = await startServer(t, ENCRYPTED);
  const ada = await member(server, 'ada', 'encrypted-number');
  const bob = await member(server, 'bob');
  const refused = async (data) => {
    ada.sendPlain('encrypted', data);
    await ada.expectError(INVALID);
  };
  const [first, second, third] = [
    await ada.sendSealed(chat(1)), await ada.session.seal(chat(2)), await ada.session.seal(chat(3)),
  ];
  await bob.expect('chat', 1);
  await refused(first); // again
  await refused(third); // before the second
  const { n: next } = second;
  const others = [0, -next, next - 1, next + 0.5, next + 1, 1e30];
  for (const n of [undefined, null, `${next}`, [next], ...others]) await refused({ ...second, n });
  await refused({ ...third, n: next }); // as if it was the second
  await bob.expectNothing();

  ada.sendPlain('encrypted', second);
  ada.sendPlain('encrypted', third);
  await bob.expect('chat', 2);
  await bob.expect('chat', 3);
  await refused(second);
  await refused(third);
});

test('takes nothing back that the server itself encrypted', async (t) => {
  const server = await startServer(t, ENCRYPTED);
  const ada = await member(server, 'ada', 'encrypted-number');
  await ada.expectNothing();
  const next = ada.wire.map(({ data }) => data).find(({ n }) => n === ada.session.sent + 1);
  assert.ok(next, 'one with the number that is next for the client');
  ada.sendPlain('encrypted', next);
  await ada.expectError(INVALID);
});

test('counts what was refused inside as received', async (t) => {
  const server = await startServer(t, ENCRYPTED);
  const ada = await member(server, 'ada', 'encrypted-number');
  const bob = await member(server, 'bob');
  ada.sendSealed('no JSON');
  await ada.expectError(INVALID);
  ada.publish(ROOM, 'chat', 'the next one');
  await bob.expect('chat', 'the next one');
});

// --- keys of rooms ---

test('encrypts a message to a room once for all who asked for its key', async (t) => {
  for (const capabilities of [['room-key'], BOTH]) {
    const server = await startServer(t, ONE_THREAD);
    const ada = await member(server, 'ada');
    const bob = await member(server, 'bob', ...capabilities);
    const eve = await member(server, 'eve', ...capabilities);
    assert.deepEqual(bob.session.roomKeys, [], 'no key before there is something to read');
    for (const n of [1, 2, 3]) {
      ada.publish(ROOM, 'chat', n);
      for (const client of [bob, eve]) await client.expect('chat', n);
      assert.deepEqual(Object.keys(bob.lastSealed), ['room', 'key', 'n', 'iv', 'ct']);
      assert.equal(bob.lastSealed.room, ROOM);
      assert.equal(bob.lastSealed.n, n);
      assert.deepEqual(bob.lastSealed, eve.lastSealed);
    }
    assert.equal(bob.session.roomKeys.length, 1);
    assert.equal(Buffer.from(bob.session.roomKeys[0].secret, 'base64').length, 32);
    assert.deepEqual(bob.session.roomKeys, eve.session.roomKeys);
  }
});

test('reaches all members, whoever asked for what, on all threads', async (t) => {
  const server = await startServer(t, ENCRYPTED);
  const members = [];
  for (const capabilities of [[], ['room-key'], ['encrypted-number'], BOTH, ['room-key'], BOTH])
    members.push(await member(server, 'one', ...capabilities));
  members.push(await server.client('plain', ROOM));
  for (const from of members) {
    from.publish(ROOM, 'chat', { text: 'to all ünï' });
    for (const to of members) if (to !== from) await to.expect('chat', { text: 'to all ünï' });
  }
});

test('shows no trace of it to those who did not ask', async (t) => {
  const server = await startServer(t, ONE_THREAD);
  const encrypted = await member(server, 'ada');
  const plain = await server.client('plain', ROOM);
  const bob = await member(server, 'bob', ...BOTH);
  for (const from of [bob, encrypted, plain]) {
    from.publish(ROOM, 'chat', 1);
    for (const to of [bob, encrypted, plain]) if (to !== from) await to.expect('chat', 1);
  }
  await bob.close();
  for (const client of [encrypted, plain]) await client.expectNothing();
  for (const { event, data } of encrypted.wire.slice(1)) {
    assert.equal(event, 'encrypted');
    assert.deepEqual(Object.keys(data), ['iv', 'ct']);
  }
  assert.deepEqual(encrypted.session.roomKeys, []);
});

test('gives a member that comes later the key with the next message', async (t) => {
  const server = await startServer(t, ONE_THREAD);
  const ada = await member(server, 'ada', 'room-key');
  const bob = await member(server, 'bob', 'room-key');
  ada.publish(ROOM, 'chat', 1);
  await bob.expect('chat', 1);
  const eve = await member(server, 'eve', 'room-key');
  assert.deepEqual(eve.session.roomKeys, []);
  ada.publish(ROOM, 'chat', 2);
  for (const client of [bob, eve]) await client.expect('chat', 2);
  assert.deepEqual(eve.session.roomKeys, bob.session.roomKeys);
  assert.equal(eve.lastSealed.n, 2);
});

// Tries all keys that it ever had.
async function canRead(client, sealed) {
  for (const { secret } of client.session.roomKeys) {
    const key = await importKey(webcrypto, secret);
    const bound = `room:${sealed.key}:${sealed.n}`;
    if (await decrypt(webcrypto, key, sealed, bound).then(() => true, () => false)) return true;
  }
  return false;
}

for (const [how, go] of [
  ['left', (client) => client.leave(ROOM)],
  ['hung up', (client) => client.close()],
  ['vanished', (client) => client.terminate()],
]) {
  test(`has another key after a member ${how}, who can't read on`, async (t) => {
    const server = await startServer(t, ONE_THREAD);
    const ada = await member(server, 'ada', 'room-key');
    const bob = await member(server, 'bob', 'room-key');
    const eve = await member(server, 'eve', 'room-key');
    ada.publish(ROOM, 'chat', 'for all');
    for (const client of [bob, eve]) await client.expect('chat', 'for all');
    assert.equal(await canRead(eve, bob.lastSealed), true);
    await go(eve);
    // What ada says may pass the end of a connection; that it is over is seen by the key's change.
    await eventually(async () => {
      ada.publish(ROOM, 'chat', 'for bob');
      await bob.expect('chat', 'for bob');
      return bob.session.roomKeys.length > 1;
    }, 'another key');
    assert.equal(await canRead(eve, bob.lastSealed), false);
    assert.equal(await canRead(bob, bob.lastSealed), true);
    const [old, fresh] = bob.session.roomKeys;
    assert.notEqual(old.key, fresh.key);
    assert.notEqual(old.secret, fresh.secret);
    assert.equal(bob.lastSealed.n, 1, 'a new key counts anew');
  });
}

test('gives one that left and came back the new key, not the old one on', async (t) => {
  const server = await startServer(t, ONE_THREAD);
  const ada = await member(server, 'ada', 'room-key');
  const eve = await member(server, 'eve', 'room-key');
  ada.publish(ROOM, 'chat', 1);
  await eve.expect('chat', 1);
  await eve.leave(ROOM);
  ada.publish(ROOM, 'chat', 2);
  await eve.expectNothing();
  await eve.join(ROOM);
  ada.publish(ROOM, 'chat', 3);
  await eve.expect('chat', 3);
  assert.equal(eve.session.roomKeys.length, 2);
  assert.notEqual(eve.session.roomKeys[0].secret, eve.session.roomKeys[1].secret);
});

test('keeps the key when one leaves who never had it', async (t) => {
  const server = await startServer(t, ONE_THREAD);
  const ada = await member(server, 'ada', 'room-key');
  const bob = await member(server, 'bob', 'room-key');
  const others = [await member(server, 'eve', 'encrypted-number'), await server.client('x', ROOM)];
  ada.publish(ROOM, 'chat', 1);
  for (const client of [bob, ...others]) await client.expect('chat', 1);
  for (const client of others) await client.leave(ROOM);
  ada.publish(ROOM, 'chat', 2);
  await bob.expect('chat', 2);
  assert.equal(bob.session.roomKeys.length, 1);
});

test('has a key for each room', async (t) => {
  const server = await startServer(t, ONE_THREAD);
  const rooms = ['public-b', 'public-"\\ü', 'public-🔥'];
  const ada = await encryptedClient(server, 'ada', { capabilities: BOTH, rooms });
  const bob = await encryptedClient(server, 'bob', { capabilities: BOTH, rooms });
  for (const room of [...rooms, ...rooms]) {
    ada.publish(room, 'chat', room);
    await bob.expect('chat', room);
    assert.equal(bob.lastSealed.room, room);
  }
  const keys = bob.session.roomKeys;
  assert.deepEqual(keys.map(({ room }) => room), rooms);
  for (const part of ['key', 'secret'])
    assert.equal(new Set(keys.map((one) => one[part])).size, rooms.length);
});

test('never uses an initialisation vector twice under the key of a room', async (t) => {
  const server = await startServer(t, ONE_THREAD);
  const ada = await member(server, 'ada', 'room-key');
  const bob = await member(server, 'bob', 'room-key');
  const messages = 300;
  for (let i = 0; i < messages; i += 1) ada.publish(ROOM, 'chat', i);
  for (let i = 0; i < messages; i += 1) await bob.expect('chat', i);
  const ofRoom = bob.wire.filter(({ data }) => data.room).map(({ data }) => data.iv);
  assert.equal(ofRoom.length, messages);
  assert.equal(new Set(ofRoom).size, messages);
});

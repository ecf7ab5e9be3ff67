// Rooms, and what clients say to them (--join, --publish).

import assert from 'node:assert/strict';
import test from 'node:test';

import { OPEN_ROOMS, startServer } from './support/server.mjs';

const ALL_ROOMS = ['--join', '*', '--publish', '*'];
const SYSTEM_EVENTS = ['authenticate', 'connected', 'join', 'leave', 'heartbeat', 'error',
  'encrypted', 'disconnect', 'gap', 'reconnect', 'room-key'];

// Whether the client is in the room, asked on the wire: only a member may publish.
async function isIn(client, room) {
  client.publish(room, 'probe');
  client.sendText('a fence');
  const { message } = await client.expect('error');
  if (message === 'Invalid message format') return true;
  assert.equal(message, 'Publish refused: not a member of the room');
  await client.expectError('Invalid message format');
  return false;
}

async function roomsOf(client, candidates) {
  const found = [];
  for (const room of candidates) if (await isIn(client, room)) found.push(room);
  return found;
}

test('lets clients join what --join allows, and refuses the rest in silence', async (t) => {
  const server = await startServer(
    t, ['--join', 'public-*,lobby', '--join', 'team-?', '--publish', '*'],
  );
  const client = await server.client('ada');
  const asked = ['public-', 'public-a', 'lobby', 'team-1', 'lobby2', 'team-12', 'own', 'Public-a'];
  await client.join(...asked);
  assert.deepEqual(await roomsOf(client, asked), ['public-', 'public-a', 'lobby', 'team-1']);
  await server.stop();
  assert.equal(server.logged('stopped')[0].refused_joins, 4);
});

test('lets nobody join anything by default', async (t) => {
  const server = await startServer(t, ['--publish', '*']);
  const client = await server.client('ada');
  await client.join('public-a', 'lobby');
  assert.deepEqual(await roomsOf(client, ['public-a', 'lobby']), []);
});

test('puts every client into the default rooms', async (t) => {
  const byDefault = await startServer(t, ['--publish', '*']);
  const ada = await byDefault.client('ada');
  const rooms = ['ws-default', 'ws-notification', 'a', 'b'];
  assert.deepEqual(await roomsOf(ada, rooms), ['ws-default', 'ws-notification']);
  const chosen = await startServer(t, ['--publish', '*', '--default-rooms', 'a,b']);
  assert.deepEqual(await roomsOf(await chosen.client('bob'), rooms), ['a', 'b']);
  const none = await startServer(t, ['--publish', '*', '--default-rooms', '']);
  assert.deepEqual(await roomsOf(await none.client('eve'), rooms), []);
});

test('drops names that no room may have, and joins the good ones beside them', async (t) => {
  const server = await startServer(t, ALL_ROOMS);
  const client = await server.client('ada');
  const other = await server.client('bob');
  const bad = ['', 'x'.repeat(257), '🔥'.repeat(129), 'ws:', 'ws:room:a', other.connected.id,
    '7e56b9ce-2d3c-4ac6-a1d7-0123456789ab'];
  const good = ['a', 'y'.repeat(256), '🔥'.repeat(128), 'ws', 'WS:a', ' ', 'a"\\\n\u0000'];
  const noStrings = [null, 7, true, ['b'], { rooms: ['b'] }];
  await client.join(...noStrings, ...bad, ...good);
  // Of the empty name nobody can ask: a publish to it is refused for another reason.
  const names = [...bad.filter((name) => name !== ''), ...good, 'b'];
  assert.deepEqual(await roomsOf(client, names), good);
});

test('ignores rooms that are no array', async (t) => {
  const server = await startServer(t, ALL_ROOMS);
  const client = await server.client('ada', 'kept');
  for (const data of [undefined, null, 'a', 7, [], ['a'], {}, { rooms: 'a' }, { rooms: { 0: 'a' } },
    { rooms: null }, { rooms: [] }]) {
    client.send('join', data);
    client.send('leave', data);
  }
  assert.deepEqual(await roomsOf(client, ['a', 'kept']), ['kept']);
});

test('lets clients leave, also what they are not in', async (t) => {
  const server = await startServer(t, ALL_ROOMS);
  const client = await server.client('ada', 'a', 'b', 'c');
  await client.leave('a', 'never', '', 'ws:b', 7, client.connected.id, 'ws-default');
  assert.deepEqual(await roomsOf(client, ['a', 'b', 'c', 'ws-default']), ['b', 'c']);
  await client.join('a', 'a');
  await client.leave('a'); // joined twice is joined once
  assert.deepEqual(await roomsOf(client, ['a', 'b']), ['b']);
});

for (const threads of ['1', '4']) {
  test(`a publish reaches every other member and nobody else (${threads} threads)`, async (t) => {
    const server = await startServer(t, [...OPEN_ROOMS, '--threads', threads]);
    const clients = await Promise.all(Array.from({ length: 40 }, () => server.client()));
    const members = clients.filter((_, i) => i % 2 === 0);
    const strangers = clients.filter((_, i) => i % 2 === 1);
    const unauthorized = await server.connect();
    await Promise.all(clients.map((client) => client.join('public-all')));
    await Promise.all(members.map((client) => client.join('public-even')));

    for (const sender of members.slice(0, 6)) {
      sender.publish('public-even', 'even', sender.connected.id);
      sender.publish('public-all', 'all', sender.connected.id); // a fence for the strangers
      await sender.expectNothing();
      for (const member of members) {
        if (member === sender) continue;
        await member.expect('even', sender.connected.id);
        await member.expect('all', sender.connected.id);
      }
      for (const stranger of strangers) await stranger.expect('all', sender.connected.id);
    }
    await unauthorized.expectNothing();
  });
}

test('keeps the order of a thousand messages of one sender', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--threads', '4']);
  const sender = await server.client('ada', 'public-a', 'public-b');
  const receivers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => server.client(`user ${i}`, 'public-a', 'public-b')),
  );
  for (let i = 0; i < 1000; i += 1) sender.publish(i % 3 ? 'public-a' : 'public-b', 'count', i);
  for (const receiver of receivers) {
    for (let i = 0; i < 1000; i += 1) await receiver.expect('count', i);
  }
});

const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);

const AS_IT_WAS = [
  '{"z":1,"a":2,"1":3,"z":4}',
  '{ "a" : [ 1 ,\t2 ] }',
  '1e400', '-0', '1.0', '123456789012345678901234567890', '0.1000000000000000055511151231257827',
  '""', 'null', 'false',
  '"\\u00e9\\ud83d\\ude00\\/\\b\\u0000"',
  '"é😀 \u2028\u007f"',
  '"\\ud800"',
  '{"event":"inner","data":{"room":"other"}}',
  nested(1000),
  `"${'x'.repeat(100_000)}"`,
];

test('passes data on as the bytes that came in', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  const ada = await server.client('ada', 'public-a');
  const bob = await server.client('bob', 'public-a');
  for (const data of AS_IT_WAS) {
    ada.sendText(`{"event":"publish","data":{"room":"public-a","data":${data},"event":"e"}}`);
    assert.equal(await bob.nextText(), `{"event":"e","data":${data}}`);
  }
});

test('passes an event on without data, and with a name of any letters', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  const ada = await server.client('ada', 'public-a');
  const bob = await server.client('bob', 'public-a');
  ada.publish('public-a', 'ring');
  assert.equal(await bob.nextText(), '{"event":"ring"}');
  const name = 'line\n"é\\\u0001😀';
  ada.publish('public-a', name, 1);
  await bob.expect(name, 1);
  ada.sendText('{"data":{"data":2,"event":"\\u0063hat","room":"public\\u002da"},'
    + '"event":"publi\\u0073h"}');
  assert.equal(await bob.nextText(), '{"event":"chat","data":2}');
});

test('answers a publish that it refuses', async (t) => {
  const server = await startServer(t, ['--join', '*', '--publish', 'public-*']);
  const ada = await server.client('ada', 'public-a', 'quiet');
  const bob = await server.client('bob', 'public-a', 'public-b', 'quiet');
  const noObject = 'Publish refused: data must be an object';
  const noRoom = 'Publish refused: room must be a string';
  const noEvent = 'Publish refused: event must be a string';
  const ownEvent = "Publish refused: the event name is the server's own";
  const refusals = [
    [{ room: 'public-b', event: 'e' }, 'Publish refused: not a member of the room'],
    [{ room: 'public-nobody', event: 'e' }, 'Publish refused: not a member of the room'],
    [{ room: 'quiet', event: 'e' }, 'Publish refused: the room does not allow it'],
    [{ room: bob.connected.id, event: 'e' }, 'Publish refused: the room does not allow it'],
    ...SYSTEM_EVENTS.map((event) => [{ room: 'public-a', event }, ownEvent]),
    [undefined, noObject], [null, noObject], ['public-a', noObject], [['public-a', 'e'], noObject],
    [{}, noRoom], [{ room: '', event: 'e' }, noRoom], [{ room: ['public-a'], event: 'e' }, noRoom],
    [{ room: 'public-a' }, noEvent], [{ room: 'public-a', event: '' }, noEvent],
    [{ room: 'public-a', event: 7 }, noEvent],
  ];
  for (const [data, why] of refusals) {
    ada.send('publish', data);
    await ada.expectError(why);
  }
  ada.publish('public-a', 'fence');
  await bob.expect('fence');
});

test('sends to the sender too, and to its own room, with --publish-to-self', async (t) => {
  const server = await startServer(t, [...ALL_ROOMS, '--publish-to-self']);
  const ada = await server.client('ada', 'a');
  const bob = await server.client('bob', 'a');
  ada.publish('a', 'chat', 1);
  await ada.expect('chat', 1);
  await bob.expect('chat', 1);
  ada.publish(ada.connected.id, 'echo', 2);
  await ada.expect('echo', 2);
  ada.publish(bob.connected.id, 'echo', 3);
  await ada.expectError('Publish refused: not a member of the room');
  await bob.expectNothing();
});

test('no publish does anything by default', async (t) => {
  const server = await startServer(t, ['--join', '*']);
  const ada = await server.client('ada', 'a');
  const bob = await server.client('bob', 'a');
  ada.publish('a', 'chat', 'hello?');
  ada.send('publish', 'nonsense');
  ada.send('chat', { room: 'a' });
  await ada.expectNothing();
  await bob.expectNothing();
  await server.stop();
  assert.equal(server.logged('stopped')[0].messages_delivered, 2 + 2 * 2); // connected, fences
});

test('a client hears a room from its join to its leave, and no longer', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--threads', '4']);
  const ada = await server.client('ada', 'public-a', 'public-fence');
  const bob = await server.client('bob', 'public-fence');
  for (let round = 0; round < 30; round += 1) {
    ada.publish('public-a', 'before', round);
    ada.publish('public-fence', 'fence', round);
    await bob.expect('fence', round);
    await bob.join('public-a');
    ada.publish('public-a', 'inside', round);
    await bob.expect('inside', round);
    await bob.leave('public-a');
  }
});

test('two senders in one room: each is heard in its order, while others come and go', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--threads', '4']);
  const [ada, bob, listener, restless] = await Promise.all(
    ['ada', 'bob', 'listener', 'restless'].map((name) => server.client(name, 'public-a')),
  );
  for (let i = 0; i < 300; i += 1) {
    ada.publish('public-a', 'ada', i);
    bob.publish('public-a', 'bob', i);
    restless.send(i % 2 ? 'join' : 'leave', { rooms: ['public-a'] });
  }
  const heard = { ada: 0, bob: 0 };
  for (let i = 0; i < 600; i += 1) {
    const { event, data } = await listener.next();
    assert.equal(data, heard[event], event);
    heard[event] += 1;
  }
  assert.deepEqual(heard, { ada: 300, bob: 300 });
  const last = { ada: -1, bob: -1 };
  restless.sendText('a fence');
  for (;;) {
    const { event, data } = await restless.next();
    if (event === 'error') break;
    assert.ok(data > last[event], 'gaps, but no step back');
    last[event] = data;
  }
});

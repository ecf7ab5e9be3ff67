// The life of a connection (PROTOCOL.md, section 1), as far as --auth none goes.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';

import { atEnd } from './support/at_end.mjs';
import { OPCODE, closeFrame, frame, text } from './support/frames.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';
import { within } from './support/wait.mjs';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const MESSAGE_BYTES_MAX = 128 * 1024;

test('says nothing until it is spoken to', async (t) => {
  const server = await startServer(t);
  const client = await server.connect();
  await client.expectNothing();
});

test('greets an authenticated client with id, userId and time, in this order', async (t) => {
  const server = await startServer(t);
  const client = await server.connect();
  const before = Date.now();
  client.send('authenticate', { token: 'any', userId: 'ada "λ"', more: [1] });
  const greeting = await client.nextText();
  const { id, userId, time } = JSON.parse(greeting).data;
  assert.equal(greeting, JSON.stringify({ event: 'connected', data: { id, userId, time } }));
  assert.match(id, UUID_V4);
  assert.equal(userId, 'ada "λ"');
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(Date.parse(time) >= before && Date.parse(time) <= Date.now());
});

for (const [what, message] of [
  ['without a user', '{"event":"authenticate","data":{"token":"any"}}'],
  ['with a user that is no string', '{"event":"authenticate","data":{"userId":42}}'],
  ['with a user of null', '{"event":"authenticate","data":{"userId":null}}'],
  ['without data', '{"event":"authenticate"}'],
  ['with data that is no object', '{"event":"authenticate","data":"ada"}'],
]) {
  test(`leaves userId out for a client ${what}`, async (t) => {
    const server = await startServer(t);
    const client = await server.connect();
    client.sendText(message);
    assert.deepEqual(Object.keys(await client.expect('connected')), ['id', 'time']);
  });
}

test('gives every client an id of its own', async (t) => {
  const server = await startServer(t, ['--threads', '4']);
  const clients = await Promise.all(Array.from({ length: 60 }, () => server.client('the same')));
  const ids = new Set(clients.map((client) => client.connected.id));
  assert.equal(ids.size, clients.length);
  for (const id of ids) assert.match(id, UUID_V4);
});

test('hears only `authenticate` and `heartbeat` from an unauthorized client', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  const client = await server.connect();
  const others = ['join', 'leave', 'publish', 'connected', 'error', 'encrypted', 'disconnect',
    'chat'];
  for (const event of others) {
    client.send(event, { rooms: ['public-a'], room: 'public-a' });
    await client.expectError('Not authenticated');
  }
  await client.authenticate({});
  client.publish('public-a', 'chat');
  await client.expectError('Publish refused: not a member of the room'); // that join did nothing
});

test('answers a second `authenticate` with an error, and changes nothing', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  const ada = await server.client('ada', 'public-a');
  ada.send('authenticate', { userId: 'eve' });
  await ada.expectError('Already authenticated');
  const bob = await server.client('bob', 'public-a');
  bob.publish('public-a', 'chat', 'still here?');
  await ada.expect('chat', 'still here?');
});

test('consumes heartbeats silently in every state', async (t) => {
  const server = await startServer(t);
  const client = await server.connect();
  for (const beat of ['{"event":"heartbeat"}', '{"event":"heartbeat","data":{"any":1}}']) {
    client.sendText(beat);
    await client.expectNothing();
  }
  client.send('heartbeat');
  await client.authenticate({});
  client.send('heartbeat');
  await client.expectNothing();
});

test('closes a client that does not authenticate in time with 4001', async (t) => {
  const server = await startServer(t, ['--auth-timeout', '2s']);
  const good = await server.client('ada');
  const silent = await server.connect();
  const busy = await server.connect();
  busy.send('heartbeat');
  await busy.expectNothing(); // which is no authentication either
  for (const client of [silent, busy]) {
    assert.deepEqual(await client.closed(), { code: 4001, reason: 'Authentication timeout' });
  }
  await good.expectNothing();
});

test('closes an authenticated client that is silent too long with 4002', async (t) => {
  const server = await startServer(t, [
    ...OPEN_ROOMS, '--heartbeat-interval', '200ms', '--heartbeat-timeout', '3s',
  ]);
  const beating = await server.client('ada');
  const talking = await server.client('bob', 'public-a');
  const silent = await server.client('eve');
  const life = setInterval(() => {
    beating.send('heartbeat');
    talking.publish('public-a', 'chat');
  }, 200);
  atEnd(t, () => clearInterval(life));
  assert.deepEqual(await silent.closed(), { code: 4002, reason: 'Heartbeat timeout' });
  await beating.expectNothing();
  await talking.expectNothing();
});

for (const message of ['', 'no JSON', '{"event":"a"', '{"event":"a"}}', "{'event':'a'}", 'null',
  '[]', '[{"event":"heartbeat"}]', '42', '"heartbeat"', 'true', '{"event":"a","data":01}']) {
  test(`answers ${message || 'an empty message'} with an error in every state`, async (t) => {
    const server = await startServer(t);
    const client = await server.connect();
    client.sendText(message);
    await client.expectError('Invalid message format');
    await client.authenticate({});
    client.sendText(message);
    await client.expectError('Invalid message format');
  });
}

test('drops an object without an event, and counts it', async (t) => {
  const server = await startServer(t);
  const client = await server.connect();
  const messages = ['{}', '{"event":""}', '{"event":null}', '{"event":7}', '{"event":["join"]}',
    '{"data":{"event":"join"}}', ' { "event" : { } } '];
  for (const message of messages) client.sendText(message);
  await client.expectNothing();
  await client.authenticate({});
  for (const message of messages) client.sendText(message);
  await client.expectNothing();
  await server.stop();
  assert.equal(server.logged('stopped')[0].dropped_no_event, 2 * messages.length);
});

test('reads binary frames as the same JSON, and answers in text', async (t) => {
  const server = await startServer(t);
  const client = await server.connect();
  client.socket.send(Buffer.from('{"event":"authenticate","data":{"userId":"ada"}}'));
  assert.equal((await client.expect('connected')).userId, 'ada');
  client.socket.send(Buffer.from([0xc3, 0x28])); // no UTF-8, which a binary frame may well be
  await client.expectError('Invalid message format');
});

test('closes a text that is no UTF-8 with 1007', async (t) => {
  const server = await startServer(t);
  const client = await server.client();
  client.socket.send(Buffer.from('{"event":"\xff"}', 'latin1'), { binary: false });
  assert.equal((await client.closed()).code, 1007);
});

test('takes a message of 128 KiB, and closes a longer one with 1009', async (t) => {
  const server = await startServer(t);
  const message = (size) => `{"event":"big","data":"${'x'.repeat(size - 25)}"}`;
  assert.equal(message(1000).length, 1000);
  const tooBig = { code: 1009, reason: 'Received too big message' };

  const whole = await server.client();
  whole.sendText(message(MESSAGE_BYTES_MAX));
  await whole.expectNothing();
  whole.sendText(message(MESSAGE_BYTES_MAX + 1));
  assert.deepEqual(await whole.closed(), tooBig);

  const pieces = await server.client();
  pieces.socket.send('x'.repeat(100_000), { fin: false });
  pieces.socket.send('x'.repeat(100_000), { fin: true });
  assert.deepEqual(await pieces.closed(), tooBig);
});

test('holds --max-message', async (t) => {
  const server = await startServer(t, ['--max-message', '100']);
  const client = await server.connect();
  client.send('heartbeat', 'x'.repeat(60));
  await client.expectNothing();
  client.send('heartbeat', 'x'.repeat(100));
  assert.equal((await client.closed()).code, 1009);
});

test('puts fragments together, with control frames between them', async (t) => {
  const server = await startServer(t);
  const raw = await server.raw();
  await raw.upgrade();
  const message = '{"event":"authenticate","data":{"userId":"é"}}';
  const bytes = Buffer.from(message);
  const middle = message.indexOf('é') + 1; // between the two bytes of one character
  raw.write(text(bytes.subarray(0, 5), { fin: false }));
  raw.write(frame(OPCODE.ping, 'one'));
  raw.write(frame(OPCODE.continuation, bytes.subarray(5, middle), { fin: false }));
  raw.write(frame(OPCODE.continuation, '', { fin: false }));
  raw.write(frame(OPCODE.ping, 'two'));
  raw.write(frame(OPCODE.continuation, bytes.subarray(middle)));
  for (const payload of ['one', 'two']) {
    const pong = await raw.frame();
    assert.deepEqual([pong.opcode, pong.payload.toString()], [OPCODE.pong, payload]);
  }
  assert.equal(JSON.parse(await raw.text()).data.userId, 'é');
});

test('answers a ping with its payload', async (t) => {
  const server = await startServer(t);
  const client = await server.connect();
  client.socket.ping('are you there?');
  const [payload] = await within(once(client.socket, 'pong'), 'a pong');
  assert.equal(payload.toString(), 'are you there?');
});

test('pings a silent client, and drops one that does not answer', async (t) => {
  const server = await startServer(t, ['--idle-timeout', '3s']);
  const answering = await server.client('ada'); // ws does it by itself
  const mute = await server.raw();
  await mute.upgrade();
  mute.write(text('{"event":"authenticate"}'));
  assert.match(await mute.text(), /connected/);
  assert.equal((await mute.frame()).opcode, OPCODE.ping);
  await mute.expectEnd(); // without a word: there is nobody to say it to
  await answering.expectNothing();
});

test('answers a close with its own code, and ends the connection', async (t) => {
  const server = await startServer(t);
  for (const code of [1000, 1001, 3000, 4321, 4999]) {
    const client = await server.client();
    assert.equal((await client.close(code, 'a reason')).code, code);
  }
  assert.equal((await (await server.client()).close()).code, 1005);

  const raw = await server.raw();
  await raw.upgrade();
  raw.write(closeFrame(4000)).write(text('null')); // what comes behind it is not heard
  assert.equal((await raw.closeFrame()).code, 4000);
  await raw.expectEnd();
});

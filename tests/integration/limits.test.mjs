// What strangers may take (docs/limits.md): each limit is set low, passed, and others are served.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';

import { atEnd } from './support/at_end.mjs';
import { text } from './support/frames.mjs';
import { OPEN_ROOMS, run, startServer } from './support/server.mjs';
import { eventually, within } from './support/wait.mjs';

const UPGRADE = [
  'GET /ws HTTP/1.1', 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade',
  'Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==', 'Sec-WebSocket-Version: 13', '', '',
].join('\r\n');

async function expectRefused(server, status, why, headers = '') {
  const raw = await server.raw();
  const head = UPGRADE.replace('\r\n\r\n', `\r\n${headers}\r\n`);
  const answer = await raw.write(head).response();
  assert.equal(answer.status, status);
  assert.match(answer.body, why);
  const seconds = Number(answer.headers['retry-after']);
  assert.ok(seconds >= 1 && seconds <= 10, `Retry-After: ${seconds}`);
  await raw.expectEnd();
}

async function totals(server) {
  await server.stop();
  const lines = server.program.stderr.trim().split('\n').map((line) => JSON.parse(line));
  return lines.find(({ message }) => message === 'stopped');
}

test('more WebSockets than may be are answered 503, until one goes', async (t) => {
  const server = await startServer(t, ['--max-clients', '2']);
  const ada = await server.client('ada');
  const bob = await server.client('bob');
  await expectRefused(server, 503, /as many clients/);
  await ada.terminate();
  await eventually(async () => {
    try {
      await (await server.client('cyd')).expectNothing();
      return true;
    } catch {
      return false;
    }
  }, 'a place for one more');
  await bob.expectNothing();
  assert.ok((await totals(server)).refused_upgrades >= 1);
});

test('an address has so many, behind a proxy too, and others come in', async (t) => {
  const server = await startServer(t,
    ['--max-clients-per-address', '1', '--trusted-proxy', 'loopback']);
  const from = (address) => `X-Forwarded-For: ${address}\r\n`;
  const first = await server.raw();
  const head = UPGRADE.replace('\r\n\r\n', `\r\n${from('203.0.113.9')}\r\n`);
  assert.equal((await first.write(head).response()).status, 101);
  await expectRefused(server, 429, /your address/, from('203.0.113.9'));
  const other = await server.raw();
  const others = UPGRADE.replace('\r\n\r\n', `\r\n${from('203.0.113.10')}\r\n`);
  assert.equal((await other.write(others).response()).status, 101);
  for (let i = 0; i < 3; ++i) await server.client('local'); // loopback itself is not counted
  await first.terminate();
  const again = async () => {
    const raw = await server.raw();
    return (await raw.write(head).response()).status === 101;
  };
  await eventually(again, 'a place for the address');
});

test('a message of a stranger may be smaller than those of others', async (t) => {
  const server = await startServer(t, ['--max-unauthenticated-message', '2KiB', ...OPEN_ROOMS]);
  const stranger = await server.connect();
  stranger.send('authenticate', { userId: 'ada', token: 'x'.repeat(2048) });
  assert.deepEqual(await stranger.closed(), { code: 1009, reason: 'Received too big message' });
  const bob = await server.client('bob');
  const cyd = await server.client('cyd');
  for (const client of [bob, cyd]) await client.join('public-lobby');
  const large = 'x'.repeat(100 * 1024);
  bob.publish('public-lobby', 'large', large);
  await cyd.expect('large', large);
});

test('a user has so many, and another comes in', async (t) => {
  const server = await startServer(t, ['--max-clients-per-user', '2']);
  const first = await server.client('ada');
  await server.client('ada');
  const third = await server.connect();
  third.send('authenticate', { userId: 'ada' });
  await third.expectError('Too many connections');
  assert.deepEqual(await third.closed(), { code: 1008, reason: 'Too many connections' });
  await (await server.client('bob')).expectNothing();
  await first.expectNothing();
  assert.equal((await totals(server)).refused_users, 1);
});

test('connections that never say who they are leave place for others', async (t) => {
  const server = await startServer(t, ['--max-unauthenticated', '20', '--handshake-timeout', '1s']);
  const ada = await server.client('ada');
  const silent = Array.from({ length: 100 }, () => connect(server.port, '127.0.0.1'));
  atEnd(t, () => silent.forEach((socket) => socket.destroy()));
  let closed = 0;
  for (const socket of silent) {
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => ++closed);
  }
  await eventually(() => closed >= 80, 'those that were too many are closed');
  await ada.expectNothing();
  await eventually(() => closed === 100, 'the deadline closes the others');
  await (await server.client('bob')).expectNothing();
  assert.ok((await totals(server)).refused_connections >= 80);
});

test('connections that come faster than they may wait, and come in', async (t) => {
  const server = await startServer(t, ['--accepts-per-second', '100', '--threads', '1']);
  const begun = performance.now();
  const sockets = Array.from({ length: 250 }, () => connect(server.port, '127.0.0.1'));
  atEnd(t, () => sockets.forEach((socket) => socket.destroy()));
  const answered = sockets.map(async (socket) => {
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [bytes] = await once(socket, 'data');
    assert.match(bytes.toString(), /^HTTP\/1.1 200/);
  });
  await within(Promise.all(answered), 'all are answered');
  assert.ok(performance.now() - begun > 1000, 'they came in one after the other');
});

for (const [what, flags, flood] of [
  ['messages', ['--messages-per-second', '10'], (client) => client.send('heartbeat')],
  ['pings', ['--messages-per-second', '10'], (client) => client.socket.ping()],
  ['bytes', ['--bytes-per-second', '1KiB'], (client) => client.send('heartbeat', 'x'.repeat(1000))],
]) {
  test(`who sends too many ${what} is told once, and then closed`, async (t) => {
    const server = await startServer(t, [...OPEN_ROOMS, ...flags]);
    const ada = await server.client('ada');
    const bob = await server.client('bob');
    for (let i = 0; i < 300; ++i) flood(ada);
    await ada.expectError('Too many messages');
    assert.deepEqual(await ada.closed(), { code: 1008, reason: 'Too many messages' });
    assert.equal(ada.waiting, 0);
    await bob.expectNothing();
    assert.equal((await totals(server)).closed_over_rate, 1);
  });
}

test('who stays within the rate may go on for ever', async (t) => {
  const server = await startServer(t, ['--messages-per-second', '0', '--bytes-per-second', '0']);
  const ada = await server.client('ada');
  for (let i = 0; i < 30_000; ++i) ada.send('heartbeat');
  await ada.expectNothing();
});

test('a client is in so many rooms, and a room has so many clients', async (t) => {
  const server = await startServer(t,
    [...OPEN_ROOMS, '--max-rooms-per-client', '2', '--max-clients-per-room', '1']);
  const ada = await server.client('ada');
  await ada.join('public-a', 'public-b', 'public-c');
  const bob = await server.client('bob');
  await bob.join('public-a', 'public-c');
  bob.publish('public-c', 'chat', 'nobody else');
  await ada.expectNothing();
  ada.publish('public-c', 'chat', 'not in it');
  await ada.expectError('Publish refused: not a member of the room');
  ada.publish('public-a', 'chat', 'alone');
  await ada.expectNothing();
  await bob.expectNothing();
  assert.equal((await totals(server)).refused_joins, 2);
});

test('the name of an event is at most 1,024 bytes', async (t) => {
  const server = await startServer(t);
  const ada = await server.client('ada');
  ada.send('x'.repeat(1024), 1);
  await ada.expectNothing();
  ada.send('x'.repeat(1025), 1);
  await ada.expectError('Invalid message format');
});

test('what a request may be is set', async (t) => {
  const server = await startServer(t, ['--max-request-head', '1KiB', '--max-request-body', '10B']);
  const head = await server.raw();
  const long = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(2000)}\r\n\r\n`;
  assert.equal((await head.write(long).response()).status, 431);
  const body = await server.raw();
  const large = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\nhello world';
  assert.equal((await body.write(large).response()).status, 413);
});

// Sanitizers keep what was freed.
const skip = Boolean(process.env.CRESSET_SANITIZE) && 'memory is not what the server takes';

test('short of memory nobody new comes in, and the slowest clients go', { skip }, async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--memory-limit', '100MiB',
    '--queue-limit', '1GiB', '--messages-per-second', '0', '--bytes-per-second', '0']);
  const slow = await server.raw();
  await slow.upgrade();
  slow.write(text('{"event":"authenticate","data":{}}'));
  await slow.text();
  slow.write(text('{"event":"join","data":{"rooms":["public-a"]}}'));
  slow.write(text('no JSON'));
  await slow.text();
  slow.socket.pause();
  const quick = await server.client('quick');
  const ada = await server.client('ada', 'public-a');
  const large = 'x'.repeat(100_000);
  const closed = () => server.program.stderr.includes('the slowest clients were cut off');
  for (let i = 0; i < 3000 && !closed(); ++i) {
    ada.publish('public-a', 'chat', large);
    if (i % 50 === 0) await ada.expectNothing();
  }
  await eventually(closed, 'the slow one is cut off');
  await quick.expectNothing();
  await eventually(() => server.program.stderr.includes('there is memory again'), 'memory');
  await server.client('later');
  const { closed_for_memory: count } = await totals(server);
  assert.equal(count, 1);
});

test('limits that mean nothing are refused', async () => {
  for (const [flag, value] of [
    ['--max-rooms-per-client', '0'], ['--max-unauthenticated-message', '0'],
    ['--max-request-head', '0'],
    ['--unacknowledged-timeout', '10ms'], ['--bytes-per-second', '5GiB'],
    ['--max-clients', 'many'],
  ]) {
    const { status, stderr } = await run('cresset', ['serve', '--port', '0', flag, value]);
    assert.ok(status === 2 || status > 100, `${flag} ${value}: ${status}`);
    assert.match(stderr, new RegExp(flag));
  }
});

// What SIGTERM does to clients, step by step.

import assert from 'node:assert/strict';
import test from 'node:test';

import { closeFrame, text } from './support/frames.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';
import { eventually } from './support/wait.mjs';

async function readiness(server) {
  const raw = await server.raw();
  const answer = await raw.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n').response();
  await raw.terminate();
  return { code: answer.status, ...JSON.parse(answer.body) };
}

test('with a delay it says that it is not ready, and serves as before', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--stop-delay', '2s']);
  assert.deepEqual(await readiness(server), { code: 200, status: 'ready' });
  const ada = await server.client('ada', 'public-a');
  server.program.signal('SIGTERM');
  await eventually(async () => (await readiness(server)).status === 'stopping', 'a red /readyz');
  const bob = await server.client('bob', 'public-a'); // a balancer may not know yet
  bob.publish('public-a', 'chat', 'still there?');
  await ada.expect('chat', 'still there?');
  for (const client of [ada, bob]) {
    assert.deepEqual(await client.closed(), { code: 1001, reason: 'Server shutting down' });
  }
  await server.ended();
});

test('a drain closes clients one by one, and tells those that ask when', async (t) => {
  const server = await startServer(t, ['--drain', '1500ms']);
  const clients = [];
  for (let i = 0; i < 40; ++i) {
    const client = await server.connect();
    const asks = i % 2 === 0;
    await client.authenticate({ userId: `${i}`, ...(asks && { capabilities: ['reconnect'] }) });
    clients.push({ client, asks });
  }
  const begun = performance.now();
  server.program.signal('SIGTERM');
  const turns = await Promise.all(clients.map(async ({ client, asks }) => {
    const delay = asks ? (await client.expect('reconnect')).delayMs : 0;
    const { code, reason } = await client.closed();
    assert.deepEqual({ code, reason }, { code: 1012, reason: 'Server restarts' });
    assert.equal(client.waiting, 0);
    return { delay, after: performance.now() - begun };
  }));
  for (const { delay, after } of turns) assert.ok(after >= delay - 1, `${after} of ${delay} ms`);
  const told = turns.filter((_, i) => clients[i].asks);
  const delays = told.map(({ delay }) => delay).sort((a, b) => a - b);
  assert.ok(delays[0] < 500 && delays.at(-1) > 1000 && delays.at(-1) <= 1500, `${delays}`);
  assert.ok(new Set(delays).size >= 15, `spread evenly: ${delays}`);
  await server.ended();
});

test('a drain ends as soon as all have gone by themselves', async (t) => {
  const server = await startServer(t, ['--drain', '1h']);
  const client = await server.connect();
  await client.authenticate({ capabilities: ['reconnect'] });
  server.program.signal('SIGTERM');
  const { delayMs } = await client.expect('reconnect');
  assert.ok(delayMs > 3_000_000);
  await client.terminate();
  await server.ended();
});

// Each thread closes its own part of the port.
async function closedPort(server) {
  const isRefused = () => server.raw().then((raw) => raw.terminate()).then(() => false, () => true);
  await eventually(isRefused, 'a port that is closed');
}

test('nobody new comes in while it drains', async (t) => {
  const server = await startServer(t, ['--drain', '1h']);
  const first = await server.client('ada');
  const idle = await server.raw();
  await idle.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n').response();
  server.program.signal('SIGTERM');
  await idle.expectEnd();
  await closedPort(server);
  await first.expectNothing();
  await first.terminate();
  await server.ended();
});

test('who was coming in when a drain begins still comes in, and goes last', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--drain', '5s']);
  const ada = await server.client('ada', 'public-a');
  const early = await server.raw(); // connected, and has said nothing
  const asks = await server.raw();
  asks.write('GET /readyz HTTP/1.1\r\n');
  server.program.signal('SIGTERM');
  await closedPort(server);
  const answer = await asks.write('Host: localhost\r\n\r\n').response();
  assert.equal(answer.status, 503);
  await asks.expectEnd();

  await early.upgrade();
  early.write(text('{"event":"authenticate","data":{"capabilities":["reconnect"]}}'));
  assert.match(await early.text(), /connected/);
  const { event, data } = JSON.parse(await early.text());
  assert.equal(event, 'reconnect');
  assert.ok(data.delayMs > 0 && data.delayMs <= 5000, `${data.delayMs}`);
  early.write(text('{"event":"join","data":{"rooms":["public-a"]}}'));
  early.write(text('no JSON')); // answered in order, and so behind the join
  assert.match(await early.text(), /"error"/);
  ada.publish('public-a', 'chat', 'still there?');
  assert.match(await early.text(), /still there/);
  assert.deepEqual(await early.closeFrame(), { code: 1012, reason: 'Server restarts' });
  early.write(closeFrame(1012));
  await early.expectEnd();
  early.socket.end();
  await server.ended();
});

test('a second signal stops at once', async (t) => {
  const server = await startServer(t, ['--stop-delay', '1h']);
  await server.client('ada');
  server.program.signal('SIGTERM');
  await eventually(async () => (await readiness(server)).status === 'stopping', 'a red /readyz');
  server.program.signal('SIGTERM');
  assert.equal(await server.program.exit(), 143);
  server.ended = async () => {};
});

test('what is queued for a client is sent before the close', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--queue-limit', '64MiB',
    '--stop-timeout', '1m']);
  const raw = await server.raw();
  await raw.upgrade();
  raw.write(text('{"event":"authenticate","data":{}}'));
  assert.match(await raw.text(), /connected/);
  raw.write(text('{"event":"join","data":{"rooms":["public-a"]}}'));
  raw.write(text('no JSON')); // answered in order, and so behind the join
  assert.match(await raw.text(), /"error"/);
  const ada = await server.client('ada', 'public-a');
  ada.publish('public-a', 'chat', 'first');
  assert.match(await raw.text(), /first/);
  raw.socket.pause();
  const count = 200;
  const large = 'x'.repeat(100_000);
  for (let i = 0; i < count; ++i) ada.publish('public-a', 'chat', `${i} ${large}`);
  await ada.expectNothing(); // all of it has been taken
  server.program.signal('SIGTERM');
  assert.equal((await ada.closed()).code, 1001);
  raw.socket.resume();
  for (let i = 0; i < count; ++i) assert.match(await raw.text(), new RegExp(`"data":"${i} x`));
  assert.deepEqual(await raw.closeFrame(), { code: 1001, reason: 'Server shutting down' });
  raw.write(closeFrame(1001));
  await raw.expectEnd();
  raw.socket.end();
  await server.ended();
});

test('who takes nothing is cut off when the time is over', async (t) => {
  const server = await startServer(t, ['--stop-timeout', '300ms']);
  const raw = await server.raw();
  await raw.upgrade();
  raw.socket.pause(); // and it never answers the close frame
  server.program.signal('SIGTERM');
  await server.ended();
});

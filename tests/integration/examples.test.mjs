// Every program of examples/, spoken to with the very lines that its head comment gives people to
// send: what it promises is true.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import test from 'node:test';

import { atEnd } from './support/at_end.mjs';
import { text } from './support/frames.mjs';
import { run, startExample } from './support/server.mjs';

const FOLDER = new URL('../../examples/', import.meta.url);
const EXAMPLES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.cpp'))
  .map((file) => file.replace('.cpp', ''));

// The lines of a head comment that begin so.
function linesOf(name, start) {
  const [head] = readFileSync(new URL(`${name}.cpp`, FOLDER), 'utf8').split('\n\n');
  return head.split('\n').map((line) => line.replace('//   ', '')).filter(
    (line) => line.startsWith(start),
  );
}

// The message with other data.
function changed(line, data) {
  const message = JSON.parse(line);
  return JSON.stringify({ ...message, data: { ...message.data, ...data } });
}

async function enter(server, authenticate) {
  const client = await server.connect();
  client.sendText(authenticate);
  await client.expect('connected');
  return client;
}

async function expectRefusal(server, authenticate) {
  const client = await server.connect();
  client.sendText(authenticate);
  await client.expectError('Authentication failed');
  assert.equal((await client.closed()).code, 4003);
}

// Runs `curl URL` or `curl -d 'BODY' URL`.
async function curl(server, line, body) {
  const [, given, path] = line.match(/^curl (?:-d '(.*)' )?http:\/\/127\.0\.0\.1:3000(\/\S*)$/);
  const request = given ? { method: 'POST', body: body ?? given } : {};
  const response = await fetch(new URL(path, server.url), request);
  assert.equal(response.headers.get('content-type'), 'application/json');
  return { status: response.status, said: await response.json() };
}

const conversations = {
  async chat_room(server, [authenticate, join, say]) {
    const ada = await enter(server, authenticate);
    const bob = await enter(server, changed(authenticate, { name: 'bob' }));
    const eve = await enter(server, changed(authenticate, { name: 'eve' }));
    for (const client of [ada, bob]) {
      client.sendText(join);
      await client.join('private');
    }
    eve.sendText(say); // who is not in the room
    await eve.expectNothing();
    ada.sendText(changed(say, { room: 'private' })); // which is none of the chat's
    ada.sendText(say);
    await bob.expect('said', { by: 'ada', text: 'Hello' });
    for (const client of [ada, bob, eve]) await client.expectNothing();

    const page = await (await fetch(server.url)).text();
    const present = ['ada is in the lobby', 'bob is in the lobby'];
    assert.deepEqual(page.trimEnd().split('\n').sort(), present);
    await expectRefusal(server, '{"event": "authenticate", "data": {}}');
  },

  async echo(server, [authenticate, anything]) {
    const client = await enter(server, authenticate);
    client.sendText(anything);
    assert.deepEqual(await client.next(), JSON.parse(anything));
    for (const same of ['{"event":"number","data":1.50e+2}', '{"event":"bare"}']) {
      client.sendText(same);
      assert.equal(await client.nextText(), same);
    }
  },

  async http_beside_websocket(server, [authenticate]) {
    const [list, post] = linesOf('http_beside_websocket', 'curl');
    assert.deepEqual(await curl(server, list), { status: 200, said: [] });
    assert.deepEqual(await curl(server, post), { status: 200, said: { readers: 0 } });
    const ada = await enter(server, authenticate);
    const bob = await enter(server, changed(authenticate, { name: 'bob' }));
    const { status, said } = await curl(server, list);
    assert.deepEqual([status, said.sort()], [200, ['ada', 'bob']]);
    for (const bad of ['{"text": 1}', '{"text": "It rai', '']) {
      const { status: refused, said: why } = await curl(server, post, bad);
      assert.equal(refused, 400);
      assert.match(why.error, /./);
    }
    assert.deepEqual(await curl(server, post), { status: 200, said: { readers: 2 } });
    for (const reader of [ada, bob]) await reader.expect('news', { text: 'It rains' });
  },

  async presence_list(server, [authenticate, join]) {
    const told = async (clients, room, names) => {
      for (const client of clients) await client.expect('present', { room, names });
    };
    const ada = await enter(server, authenticate);
    await told([ada], 'lobby', ['ada']);
    const bob = await enter(server, changed(authenticate, { name: 'bob' }));
    await told([ada, bob], 'lobby', ['ada', 'bob']);
    bob.sendText(join);
    await told([bob], 'kitchen', ['bob']);
    ada.sendText(changed(join, { rooms: ['attic', 'kitchen', 'kitchen'] }));
    await told([ada, bob], 'kitchen', ['ada', 'bob']);

    const window = await enter(server, changed(authenticate, { name: 'bob' }));
    await told([ada, bob, window], 'lobby', ['ada', 'bob']);
    await window.terminate();
    for (const room of ['kitchen', 'lobby']) await told([ada, bob], room, ['ada', 'bob']);
    await (await server.connect()).close(); // a stranger
    await bob.close();
    for (const room of ['kitchen', 'lobby']) await told([ada], room, ['ada']);
    await ada.expectNothing();
  },

  async thread_pool_authentication(server, [authenticate]) {
    // Both in one piece, so that the server has read the second before the first is answered.
    const raw = await server.raw();
    await raw.upgrade();
    raw.write(Buffer.concat([text(authenticate), text('a fence')]));
    assert.equal(JSON.parse(await raw.text()).event, 'error', 'others are served meanwhile');
    const { event, data } = JSON.parse(await raw.text());
    assert.deepEqual([event, data.userId], ['connected', 'ada']);
    await raw.terminate();

    const names = Array.from({ length: 10 }, (_, i) => `client ${i}`);
    await Promise.all(names.map((name) => enter(server, changed(authenticate, { name }))));
    await expectRefusal(server, changed(authenticate, { password: 'open' }));
    await expectRefusal(server, '{"event": "authenticate", "data": {"name": "ada"}}');

    // It ends in good order with some of them at work, and others waiting.
    const late = await Promise.all(names.map(() => server.connect()));
    for (const client of late) {
      client.sendText(authenticate);
      client.sendText('a fence');
    }
    await Promise.all(late.map((client) => client.next()));
    server.program.endInput();
    for (const client of late) assert.equal((await client.closed()).code, 1001);
    await server.ended();
  },

  async typed_authentication(server, [authenticate, announce]) {
    const ada = await enter(server, authenticate);
    const bob = await enter(server, changed(authenticate, { token: 'red-kite' }));
    ada.sendText(announce);
    for (const client of [ada, bob]) await client.expect('announced', { text: 'It is open' });
    bob.sendText(announce);
    await bob.expect('refused', 'announce');
    ada.sendText('{"event": "dance"}');
    await ada.expect('refused', 'dance');
    ada.sendText(changed(announce, { text: ['no', 'text'] }));
    for (const client of [ada, bob]) await client.expectNothing();

    await expectRefusal(server, changed(authenticate, { token: 'grey-goose' }));
    for (const misfit of [{}, { token: 7 }, { token: null }, ['blue-heron'], 'blue-heron']) {
      await expectRefusal(server, JSON.stringify({ event: 'authenticate', data: misfit }));
    }
  },
};

for (const name of EXAMPLES) {
  test(`${name} does what it promises`, async (t) => {
    assert.ok(conversations[name], 'has a conversation here');
    await conversations[name](await startExample(t, name), linesOf(name, '{'));
  });

  test(`${name} says where it is, and ends with Enter`, async (t) => {
    const server = await startExample(t, name);
    const client = await enter(server, linesOf(name, '{')[0]);
    server.program.type('\n');
    assert.deepEqual(await client.closed(), { code: 1001, reason: 'Server shutting down' });
    await server.ended();
    const ready = /^The [a-z ]+ is ready: http:\/\/127\.0\.0\.1:\d+\/ \(Enter ends it\)\n$/;
    assert.match(server.program.stdout, ready);
  });

  test(`${name} refuses ports that it can't have with one line`, async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    atEnd(t, () => other.close());
    for (const port of ['65536', 'eighty', `${other.address().port}`]) {
      const { status, stdout, stderr } = await run(`example_${name}`, [port]);
      assert.match(stderr, /^[^\n]+\n$/);
      assert.deepEqual([status, stdout], [1, '']);
    }
  });
}

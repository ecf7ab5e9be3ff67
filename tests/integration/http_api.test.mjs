// The HTTP API: who may use it, what it does, and what it refuses.

import assert from 'node:assert/strict';
import test from 'node:test';

import { folderOfFiles } from './support/files.mjs';
import { OPEN_ROOMS, run, startServer } from './support/server.mjs';

const KEYS = { all: 'a'.repeat(64), emit: 'e'.repeat(64), read: 'r'.repeat(32) };

function keyFlags() {
  const write = folderOfFiles();
  const scopes = { all: 'emit+manage+read', emit: 'emit', read: 'read' };
  return Object.entries(KEYS).flatMap(([name, key]) =>
    ['--api-key', `${name}:${scopes[name]}=${write(name, `${key}\n`)}`]);
}

const startApi = (t, more = []) => startServer(t, [...OPEN_ROOMS, ...keyFlags(), ...more]);

async function call(server, method, path, body, { key = KEYS.all, headers = {} } = {}) {
  const response = await fetch(new URL(`/api/v1/${path}`, server.url), {
    method,
    headers: { ...(key && { Authorization: `Bearer ${key}` }), ...headers },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}

const emit = (server, body, how) => call(server, 'POST', 'emit', body, how);

test('sends to clients, users, rooms and everyone', async (t) => {
  const server = await startApi(t);
  const ada = await server.client('ada', 'public-a');
  const bob = await server.client('bob');
  const { status, body } = await emit(server, {
    to: [{ client: ada.connected.id }, { user: 'bob' }, { room: 'public-a' }, { everyone: true },
      { user: 'nobody' }],
    event: 'note', data: { n: 1.50, s: 'ä' },
  });
  assert.equal(status, 200);
  assert.deepEqual(body.results.map(({ status: s, recipients }) => [s, recipients]),
    [['sent', 1], ['sent', 1], ['sent', 1], ['sent', 2], ['nobody', 0]]);
  assert.deepEqual(body.results[1].to, { user: 'bob' });
  for (let i = 0; i < 3; i += 1) assert.deepEqual(await ada.expect('note'), { n: 1.5, s: 'ä' });
  for (let i = 0; i < 2; i += 1) assert.deepEqual(await bob.expect('note'), { n: 1.5, s: 'ä' });
  await ada.expectNothing();
  await bob.expectNothing();
});

test('leaves out clients that are excluded', async (t) => {
  const server = await startApi(t);
  const ada = await server.client('ada');
  const bob = await server.client('bob');
  await emit(server, { to: { everyone: true }, event: 'note', exclude: [ada.connected.id] });
  await bob.expect('note');
  await ada.expectNothing();
});

test('does a request once, however often it comes', async (t) => {
  const server = await startApi(t);
  const ada = await server.client('ada');
  const headers = { 'Idempotency-Key': 'order-7' };
  const body = { to: { user: 'ada' }, event: 'note', data: 7 };
  const first = await emit(server, body, { headers });
  const second = await emit(server, body, { headers });
  assert.deepEqual(second.body, first.body);
  assert.equal(second.headers.get('Idempotency-Replayed'), 'true');
  await ada.expect('note');
  await ada.expectNothing();
  const wrong = await emit(server, { to: [] }, { headers: { 'Idempotency-Key': 'order-9' } });
  assert.equal(wrong.status, 400);
  const right = await emit(server, { to: { user: 'bob' }, event: 'note' },
    { headers: { 'Idempotency-Key': 'order-9' } });
  assert.equal(right.status, 200, 'what was refused is as if it had not come');
  const empty = await emit(server, body, { headers: { 'Idempotency-Key': '' } });
  assert.equal(empty.body.error?.code, 'invalid_idempotency_key');
  const other = await emit(server, { ...body, data: 8 }, { headers });
  assert.deepEqual([other.status, other.body.error.code], [422, 'idempotency_mismatch']);
  await emit(server, body, { headers: { 'Idempotency-Key': 'order-8' } });
  await ada.expect('note');
  const byAnother = await emit(server, body, { headers, key: KEYS.emit });
  assert.equal(byAnother.headers.get('Idempotency-Replayed'), null);
});

test('has clients join, leave and go', async (t) => {
  const server = await startApi(t);
  const ada = await server.client('ada');
  const post = (path, body) => call(server, 'POST', path, body);
  assert.deepEqual((await post('join', { user: 'ada', rooms: ['vip'] })).body, { clients: 1 });
  await emit(server, { to: { room: 'vip' }, event: 'note' });
  await ada.expect('note');
  assert.deepEqual((await post('leave', { client: ada.connected.id, rooms: ['vip'] })).body, { clients: 1 });
  await emit(server, { to: { room: 'vip' }, event: 'note' });
  await ada.expectNothing();
  assert.deepEqual(
    (await post('disconnect', { user: 'ada', code: 4100, reason: 'bye' })).body, { clients: 1 });
  const { code, reason } = await ada.closed();
  assert.deepEqual([code, reason], [4100, 'bye']);
  assert.deepEqual((await post('disconnect', { user: 'ada' })).body, { clients: 0 });
});

test('tells who is there, a page at a time', async (t) => {
  const server = await startApi(t);
  const clients = [];
  for (let i = 0; i < 5; i += 1) clients.push(await server.client(`user-${i % 2}`, 'public-a'));
  const get = (query) => call(server, 'GET', `clients?${query}`);
  const ids = [];
  for (let after = ''; ;) {
    const { body } = await get(`room=public-a&limit=2${after}`);
    ids.push(...body.clients.map(({ id }) => id));
    if (!body.next) break;
    after = `&after=${body.next}`;
  }
  assert.deepEqual(ids, clients.map(({ connected }) => connected.id).sort());
  const { body: { clients: [found] } } = await get(`client=${ids[0]}`);
  assert.equal(found.address, '127.0.0.1');
  assert.ok(found.rooms.includes('public-a'));
  assert.equal((await get('user=user-1')).body.clients.length, 2);
  assert.equal((await get('user=user%2D1')).body.clients.length, 2);
  assert.equal((await get('user=nobody')).body.clients.length, 0);
  assert.equal((await get('')).body.clients.length, 5);
  const { body: stats } = await call(server, 'GET', 'stats');
  assert.equal(stats.authenticated, 5);
});

test('knows nothing of who has not come in yet', async (t) => {
  const server = await startApi(t);
  const ada = await server.client('ada', 'public-a');
  await server.connect(); // and says nothing
  const { body } = await call(server, 'GET', 'clients');
  assert.deepEqual(body.clients.map(({ id }) => id), [ada.connected.id]);
});

test('asks for a key that is good for it', async (t) => {
  const server = await startApi(t);
  const body = { to: { everyone: true }, event: 'note' };
  for (const key of [null, 'x', KEYS.all.slice(1), `${KEYS.all}a`, ` ${KEYS.all}`]) {
    const refused = await emit(server, body, { key });
    assert.deepEqual([refused.status, refused.body.error.code], [401, 'unauthorized'], key);
    assert.equal(refused.headers.get('WWW-Authenticate'), 'Bearer');
  }
  const refused = await emit(server, body, { key: KEYS.read });
  assert.deepEqual([refused.status, refused.body.error.code], [403, 'forbidden']);
  assert.equal((await emit(server, body, { key: KEYS.emit })).status, 200);
  assert.equal((await call(server, 'GET', 'stats', undefined, { key: KEYS.emit })).status, 403);
  assert.equal((await call(server, 'GET', 'stats', undefined, { key: KEYS.read })).status, 200);
  assert.doesNotMatch(server.log, /eeee|rrrr|aaaa/);
});

const WRONG = {
  'no JSON': ['emit', '{"to":'],
  'no object': ['emit', '[]'],
  'nothing': ['emit', ''],
  'no destination': ['emit', { event: 'x' }],
  'no destinations': ['emit', { to: [], event: 'x' }],
  'a destination of no kind': ['emit', { to: { team: 'x' }, event: 'x' }],
  'a destination of two kinds': ['emit', { to: { room: 'a', user: 'b' }, event: 'x' }],
  'a client that is no id': ['emit', { to: { client: 'ada' }, event: 'x' }],
  'a room without a name': ['emit', { to: { room: '' }, event: 'x' }],
  'no event': ['emit', { to: { everyone: true } }],
  'an event that is no text': ['emit', { to: { everyone: true }, event: 7 }],
  'an event of the server\'s': ['emit', { to: { everyone: true }, event: 'connected' }],
  'an excluded client that is no id': ['emit', { to: { everyone: true }, event: 'x', exclude: ['ada'] }],
  'too many destinations': ['emit', { to: Array(1001).fill({ user: 'a' }), event: 'x' }],
  'everyone to disconnect': ['disconnect', { everyone: true }],
  'a code that may not be sent': ['disconnect', { user: 'ada', code: 1006 }],
  'a reason that is too long': ['disconnect', { user: 'ada', reason: 'x'.repeat(124) }],
  'no rooms': ['join', { user: 'ada' }],
  'a room that is reserved': ['join', { user: 'ada', rooms: ['ws:x'] }],
};

test('refuses what it does not understand, and does nothing', async (t) => {
  const server = await startApi(t);
  const ada = await server.client('ada');
  for (const [what, [path, body]] of Object.entries(WRONG)) {
    const refused = await call(server, 'POST', path, body);
    assert.deepEqual([refused.status, refused.body.error?.code], [400, 'invalid_request'], what);
    assert.ok(refused.body.error.message.length > 10, what);
  }
  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'after=x', 'client=x', 'user=a&room=b']) {
    assert.equal((await call(server, 'GET', `clients?${query}`)).status, 400, query);
  }
  await ada.expectNothing();
});

test('serves its own methods and sizes alone', async (t) => {
  const server = await startApi(t);
  const url = (path) => new URL(path, server.url);
  assert.equal((await fetch(url('/api/v1/emit'))).status, 405);
  assert.equal((await fetch(url('/api/v1/stats'), { method: 'DELETE' })).status, 405);
  assert.equal((await fetch(url('/api/v1/other'))).status, 404);
  const large = await fetch(url('/api/v1/emit'), { method: 'POST', body: 'x'.repeat(70_000) })
    .catch(() => null);
  assert.ok(!large || large.status === 413);
});

test('is off without a key', async (t) => {
  const server = await startServer(t);
  assert.equal((await fetch(new URL('/api/v1/stats', server.url))).status, 404);
});

test('refuses keys that are none', async () => {
  const write = folderOfFiles();
  for (const [given, why] of [
    ['x', /NAME:SCOPES=FILE/],
    [`x:emit=${write('one', 'x'.repeat(40))},y:read=${write('same', 'x'.repeat(40))}`, /of their own/],
    [`x:emit=${write('short', 'abc')}`, /32 characters/],
    [`x:fly=${write('long', 'x'.repeat(40))}`, /"fly" is no scope/],
    [`x:emit=${write('spaced', `${'x'.repeat(40)} y`)}`, /space/],
    ['x:emit=/nowhere', /can't read \/nowhere/],
  ]) {
    const { status, stderr } = await run('cresset', ['serve', '--port', '0', '--api-key', given]);
    assert.match(stderr, why);
    assert.equal(status, 2);
  }
});

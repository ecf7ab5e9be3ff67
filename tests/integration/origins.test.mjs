// Which pages may open a WebSocket (RFC 6455, section 10.2).

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import WebSocket from 'ws';

import { Browser } from './support/browser.mjs';
import { upgradeRequest } from './support/raw.mjs';
import { run, startServer } from './support/server.mjs';
import { within } from './support/wait.mjs';

// The status of the answer to an upgrade by npm ws.
async function tryToConnect(server, origin, options = {}) {
  const socket = new WebSocket(`ws://${server.address.host}/ws`, { origin, ...options });
  const answer = new Promise((resolve) => {
    socket.on('upgrade', ({ statusCode }) => resolve(statusCode));
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode));
  });
  socket.on('error', () => {}); // which terminate makes
  const status = await within(answer, 'an answer to the upgrade');
  socket.terminate();
  return status;
}

test('by default admits pages of its own host, and programs', async (t) => {
  const server = await startServer(t);
  const { port } = server;
  assert.equal(await tryToConnect(server, undefined), 101);
  assert.equal(await tryToConnect(server, `http://127.0.0.1:${port}`), 101);
  assert.equal(await tryToConnect(server, `https://127.0.0.1:${port}`), 101);
  const headers = { Host: 'Chat.Example.com' };
  assert.equal(await tryToConnect(server, 'https://chat.example.com', { headers }), 101);
  for (const origin of [
    `http://localhost:${port}`, `http://127.0.0.1:${port + 1}`, 'http://127.0.0.1',
    'https://evil.example', `http://127.0.0.1:${port}.evil.example`,
    `http://127.0.0.1:${port}/`, `http://user@127.0.0.1:${port}`, 'null', 'file://',
  ]) {
    assert.equal(await tryToConnect(server, origin), 403, origin);
  }
});

test('admits the origins that it is given, and no others', async (t) => {
  const server = await startServer(t, [
    '--origin', 'https://*.example.com', '--origin', 'http://localhost:*,capacitor://localhost',
  ]);
  for (const origin of [
    undefined, 'https://chat.example.com', 'HTTPS://A.B.Example.Com:443', 'http://localhost:5173',
    'capacitor://localhost',
  ]) {
    assert.equal(await tryToConnect(server, origin), 101, origin);
  }
  for (const origin of [
    'https://example.com', 'https://evilexample.com', 'http://chat.example.com',
    'https://chat.example.com:8443', 'https://chat.example.com.', 'null',
    'https://chat.example.com.evil.example', `http://127.0.0.1:${server.port}`,
  ]) {
    assert.equal(await tryToConnect(server, origin), 403, origin);
  }
});

test('admits everybody if it is told to', async (t) => {
  const server = await startServer(t, ['--origin', '*']);
  for (const origin of [undefined, 'https://evil.example', 'null']) {
    assert.equal(await tryToConnect(server, origin), 101, origin);
  }
});

test('can require an origin', async (t) => {
  const server = await startServer(t, ['--require-origin']);
  assert.equal(await tryToConnect(server, undefined), 403);
  assert.equal(await tryToConnect(server, `http://127.0.0.1:${server.port}`), 101);
});

test('refuses two origins, says why, and ends the connection', async (t) => {
  const server = await startServer(t, ['--origin', 'https://a.example']);
  for (const [origins, why] of [
    [{ Origin: 'https://a.example', origin: 'https://a.example' }, /more than one Origin/],
    [{ Origin: 'https://a.example', origin: 'https://evil.example' }, /more than one Origin/],
    [{ Origin: 'https://a.example, https://evil.example' }, /may not connect/],
    [{ Origin: '' }, /may not connect/],
  ]) {
    const raw = await server.raw();
    const { status, headers, body } = await raw.write(upgradeRequest(origins)).response();
    assert.equal(status, 403);
    assert.match(headers.connection, /close/);
    assert.match(body, why);
    await raw.expectEnd();
    raw.socket.end();
  }
});

test('asks for no origin where nothing is upgraded', async (t) => {
  const server = await startServer(t);
  const { stdout } = await promisify(execFile)('curl', [
    '-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Origin: https://evil.example',
    `${server.url}healthz`,
  ]);
  assert.equal(stdout, '200');
});

test('logs a refusal, but not each of many', async (t) => {
  const server = await startServer(t, ['--threads', '1']);
  const origin = `https://evil.example/${'x'.repeat(3000)}\n`.trimEnd();
  const many = 100;
  const before = Date.now();
  for (let i = 0; i < many; ++i) assert.equal(await tryToConnect(server, origin), 403);
  const seconds = (Date.now() - before) / 1000;
  await server.stop();
  const [first, ...more] = server.logged('WebSocket refused');
  assert.equal(first.address, '127.0.0.1');
  assert.equal(first.origin, origin.slice(0, 200));
  assert.match(first.why, /may not connect/);
  assert.equal(first.others_since, 0);
  assert.ok(more.length <= seconds + 1, `${more.length} more lines in ${seconds} s`);
  assert.equal(server.logged('stopped')[0].refused_origins, many);
});

for (const [pattern, why] of [
  ['example.com', /--origin: "example.com" must be a scheme and a host/],
  ['https://example.com/', /an origin has no path/],
  ['https://exa*mple.com', /may have \* only in place of/],
  ['null', /every sandboxed page/],
]) {
  test(`refuses to start with --origin ${pattern}`, async () => {
    const { status, stderr } = await run('cresset', ['serve', '--port', '0', '--origin', pattern]);
    assert.equal(status, 2);
    assert.match(stderr, /^cresset: [^\n]+\n$/);
    assert.match(stderr, why);
  });
}

// A page of one server opens a WebSocket to another.
test('a browser says which page it is, and is refused or let in by that', async (t) => {
  const browser = await Browser.launch(t);
  const home = await startServer(t);
  const other = await startServer(t);
  const friend = await startServer(t, ['--origin', home.address.origin]);
  const { context } = await browser.window(t);
  const page = await context.newPage();
  await page.goto(`${home.url}healthz`);
  const opens = (server) => page.evaluate((url) => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
  }), `ws://${server.address.host}/ws`);
  assert.equal(await opens(home), true);
  assert.equal(await opens(other), false);
  assert.equal(await opens(friend), true);
  await context.close();
  await other.stop();
  const [refused] = other.logged('WebSocket refused');
  assert.equal(refused.origin, home.address.origin);
});

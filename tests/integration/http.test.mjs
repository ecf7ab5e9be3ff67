// HTTP on the port of the WebSocket: the page, errors, several requests on a connection, upgrades.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import test from 'node:test';

import { atEnd } from './support/at_end.mjs';
import { text } from './support/frames.mjs';
import { ACCEPT, upgradeRequest } from './support/raw.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';

const GET = (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

// Node's module for the server.
const moduleFor = (server) => (server.tls ? https : http);

// One request by it.
async function fetchFrom(server, path, options = {}) {
  const url = new URL(path, server.url);
  const asked = moduleFor(server).request(url, { ...server.tls, ...options }).end();
  const [answer] = await once(asked, 'response');
  let body = '';
  for await (const bytes of answer.setEncoding('utf8')) body += bytes;
  return { status: answer.statusCode, headers: answer.headers, body, socket: asked.socket };
}

// The status of the one answer to these bytes, behind which the server ends the connection.
async function answerTo(server, bytes) {
  const raw = await server.raw();
  const answer = await raw.write(bytes).response();
  assert.match(answer.headers.connection, /close/);
  await raw.expectEnd();
  raw.socket.end();
  return answer;
}

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

test('serves the page and its files, which may run nothing else', async (t) => {
  const server = await startServer(t);
  const files = readdirSync(new URL('../../dashboard/', import.meta.url))
    .filter((name) => name.split('.').pop() in TYPES);
  assert.ok(files.includes('index.html') && files.length > 5);
  for (const name of files) {
    const page = await fetchFrom(server, name === 'index.html' ? '/' : `/${name}`);
    assert.equal(page.status, 200, name);
    assert.equal(page.headers['content-type'], TYPES[name.split('.').pop()], name);
    assert.match(page.headers['content-security-policy'], /default-src 'self'/);
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    assert.equal(Number(page.headers['content-length']), Buffer.byteLength(page.body));
  }
});

test('tells the page what this server allows', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--path', '/live']);
  const { headers, body } = await fetchFrom(server, '/demo.json');
  assert.equal(headers['content-type'], 'application/json');
  const { version, ...settings } = JSON.parse(body);
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(settings, { path: '/live', join: ['public-*'], publish: ['public-*'] });
});

test('says that it is well, and what it does not serve', async (t) => {
  const server = await startServer(t);
  const health = await fetchFrom(server, '/healthz?verbose');
  assert.deepEqual([health.status, JSON.parse(health.body)], [200, { status: 'ok' }]);
  assert.equal((await fetchFrom(server, '/nothing')).status, 404);
  assert.equal((await fetchFrom(server, '/../etc/passwd')).status, 404);
  const post = await fetchFrom(server, '/healthz', { method: 'POST' });
  assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD']);
});

test('answers HEAD with the head alone', async (t) => {
  const server = await startServer(t);
  const raw = await server.raw();
  const page = await raw.write(GET('/')).response();
  const head = await raw.write(GET('/').replace('GET', 'HEAD')).response('HEAD');
  assert.equal(head.status, 200);
  assert.equal(head.headers['content-length'], page.headers['content-length']);
  assert.equal((await raw.write(GET('/healthz')).response()).status, 200);
});

test('answers several requests on a connection', async (t) => {
  const server = await startServer(t);
  const agent = new (moduleFor(server).Agent)({ keepAlive: true, maxSockets: 1 });
  atEnd(t, () => agent.destroy());
  const ports = new Set();
  for (const path of ['/', '/healthz', '/nothing', '/demo.css', '/healthz']) {
    const { socket } = await fetchFrom(server, path, { agent });
    ports.add(socket.localPort);
  }
  assert.equal(ports.size, 1);
});

test('closes behind an answer when it is asked to, or speaks to HTTP/1.0', async (t) => {
  const server = await startServer(t);
  const close = 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  assert.equal((await answerTo(server, close)).status, 200);
  assert.equal((await answerTo(server, 'GET /healthz HTTP/1.0\r\n\r\n')).status, 200);
});

test('answers pipelined requests in order, also to a client that reads late', async (t) => {
  const server = await startServer(t, ['--threads', '1']);
  const paths = ['/healthz', '/', '/nothing', '/demo.js', '/demo.json', '/demo.css'];
  const expected = new Map();
  for (const path of paths) expected.set(path, (await fetchFrom(server, path)).body);

  const raw = await server.raw();
  raw.socket.pause();
  const asked = Array.from({ length: 1500 }, (_, i) => paths[i % paths.length]);
  raw.socket.end(asked.map(GET).join('')); // all that it will ever ask
  assert.equal((await fetchFrom(server, '/healthz')).status, 200); // others are served meanwhile
  raw.socket.resume();
  for (const [i, path] of asked.entries()) {
    const { body } = await raw.response();
    assert.equal(body, expected.get(path), `answer ${i} is that to ${path}`);
  }
  await raw.expectEnd();
});

test('refuses what is no HTTP with 400', async (t) => {
  const server = await startServer(t);
  const malformed = [
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', // TLS
    'hello\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n', // no Host
    'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n',
    'GET / HTTP/1.1\nHost: a\n\n',
    'GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
  ];
  for (const bytes of malformed) {
    const { status } = await answerTo(server, Buffer.from(bytes, 'latin1'));
    assert.equal(status, 400, JSON.stringify(bytes));
  }
});

test('answers the good requests before a bad one', async (t) => {
  const server = await startServer(t);
  const raw = await server.raw();
  raw.write(`${GET('/healthz')}${GET('/healthz')}nonsense\r\n\r\n${GET('/healthz')}`);
  for (const status of [200, 200, 400]) assert.equal((await raw.response()).status, status);
  await raw.expectEnd();
});

test('takes a head of 8 KiB, and refuses more with 431', async (t) => {
  const server = await startServer(t);
  const head = (size) => {
    const rest = GET('/healthz').replace('\r\n\r\n', '\r\nX: \r\n\r\n');
    return rest.replace('X: ', `X: ${'x'.repeat(size - rest.length)}`);
  };
  const raw = await server.raw();
  assert.equal((await raw.write(head(8192)).response()).status, 200);
  assert.equal((await answerTo(server, head(8193))).status, 431);
  assert.equal((await answerTo(server, `GET /${'x'.repeat(9000)}`)).status, 431); // no line end yet
});

// The one test that has to wait: all that has to do with the ten seconds of a request.
test('gives a request ten seconds, however it trickles in', async (t) => {
  const server = await startServer(t);
  const idle = await server.raw();
  await idle.write(GET('/healthz')).response();
  const began = Date.now();
  const silent = await server.raw();
  const started = await server.raw();
  started.write('GET / HTTP/1.1\r\n');
  const trickling = await server.raw();
  trickling.write('GET /');
  const byte = setInterval(() => trickling.write('x'), 1000);
  atEnd(t, () => clearInterval(byte));
  for (const raw of [silent, started, trickling]) {
    assert.equal((await raw.response()).status, 408);
    const took = Date.now() - began;
    assert.ok(took > 9_500 && took < 25_000, `it took ${took} ms`);
    await raw.expectEnd();
  }
  await idle.expectEnd(); // nothing was begun, so nothing is answered
});

test('upgrades a good handshake', async (t) => {
  const server = await startServer(t, ['--path', '/live']);
  const raw = await server.raw();
  const { headers } = await raw.upgrade({
    path: '/live?token=1', Connection: 'keep-alive, Upgrade',
  });
  assert.equal(headers['sec-websocket-accept'], ACCEPT);
  assert.equal(headers.upgrade.toLowerCase(), 'websocket');
  assert.equal(headers.connection.toLowerCase(), 'upgrade');
});

const BAD_UPGRADES = [
  [426, 'without a version', { 'Sec-WebSocket-Version': null }],
  [426, 'of version 8', { 'Sec-WebSocket-Version': '8' }],
  [426, 'of version 14', { 'Sec-WebSocket-Version': '14' }],
  [400, 'without a key', { 'Sec-WebSocket-Key': null }],
  [400, 'with a short key', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }],
  [400, 'with a key that is no base64', { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }],
  [400, 'without Connection', { Connection: null }],
  [400, 'by POST', { method: 'POST' }],
  [404, 'at another path', { path: '/other' }],
];
for (const [status, what, change] of BAD_UPGRADES) {
  test(`refuses an upgrade ${what} with ${status}`, async (t) => {
    const server = await startServer(t);
    const answer = await answerTo(server, upgradeRequest(change));
    assert.equal(answer.status, status);
    if (status === 426) assert.equal(answer.headers['sec-websocket-version'], '13');
  });
}

test('tells plain GET that its path is for WebSockets', async (t) => {
  const server = await startServer(t);
  const answer = await answerTo(server, GET('/ws'));
  assert.equal(answer.status, 426);
  assert.equal(answer.headers.upgrade.toLowerCase(), 'websocket');
});

test('takes what comes behind a handshake as frames', async (t) => {
  const server = await startServer(t);
  const raw = await server.raw();
  const frames = [text('{"event":"authenticate","data":{"userId":"early"}}'), text('null')];
  raw.write(Buffer.concat([Buffer.from(GET('/healthz') + upgradeRequest()), ...frames]));
  assert.equal((await raw.response()).status, 200);
  assert.equal((await raw.response()).status, 101);
  const { event, data } = JSON.parse(await raw.text());
  assert.deepEqual([event, data.userId], ['connected', 'early']);
  assert.match(await raw.text(), /Invalid message format/);
});

// Deadlines of the opening handshake and of authentication are absolute: who sends a byte now and
// then gains nothing. Each such client is beside one that came later and says nothing at all, on the
// same thread: whatever the machine is busy with, the earlier one ends first.

import assert from 'node:assert/strict';
import { setTimeout as after } from 'node:timers/promises';
import test from 'node:test';

import { atEnd } from './support/at_end.mjs';
import { OPCODE, frame, text } from './support/frames.mjs';
import { upgradeRequest } from './support/raw.mjs';
import { startServer } from './support/server.mjs';

const TIMEOUT = '2s';
const LATER_MS = 1000; // comes the silent one
const DRIP_MS = 20;

const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
const LONG = 'x'.repeat(4000); // over a minute of bytes
const pieces = (bytes) => Array.from(Buffer.from(bytes), (byte) => Buffer.from([byte]));

// Writes one after the other until the server ends the connection. At least some must have left
// before, else they have shown nothing.
function drip(t, raw, list, everyMs = DRIP_MS) {
  let at = 0;
  const timer = setInterval(() => {
    if (!raw.ended && at < list.length) raw.write(list[at++]);
  }, everyMs);
  atEnd(t, () => {
    clearInterval(timer);
    assert.ok(at > 10 && at < list.length, `${at} of ${list.length} pieces were sent`);
  });
}

// What is sent at once, and then piece by piece.
const REQUESTS = {
  'the request line': ['', pieces(`GET /${LONG} HTTP/1.1`)],
  'a header': ['GET /ws HTTP/1.1\r\n', pieces(`X: ${LONG}`)],
  'many headers': ['GET /ws HTTP/1.1\r\nHost: a\r\n', pieces('X: y\r\n'.repeat(99))],
  'a body': ['POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n', pieces(LONG)],
  'a body in chunks': [
    'POST /ws HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
    pieces('1\r\nx\r\n'.repeat(1000)),
  ],
  'trailers': [
    'POST /ws HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n',
    pieces(`X: ${LONG}`),
  ],
  'empty lines, then the request line': ['\r\n\r\n', pieces(`\r\nGET /${LONG} HTTP/1.1`)],
};

test('a request has to be whole by a deadline that no byte moves', async (t) => {
  const server = await startServer(t, ['--handshake-timeout', TIMEOUT, '--threads', '1']);
  const begun = Date.now();
  const dripping = await Promise.all(Object.entries(REQUESTS).map(async ([what, [start, list]]) => {
    const raw = await server.raw();
    raw.write(start);
    drip(t, raw, list);
    return { what, raw };
  }));
  const idle = await server.raw();
  await idle.write(HEALTH).response();
  const second = await server.raw(); // whose second request drips
  await second.write(HEALTH).response();
  drip(t, second, pieces(`GET /${LONG} HTTP/1.1`));
  dripping.push({ what: 'a second request', raw: second });

  await after(LATER_MS);
  const silent = await server.raw();
  for (const { what, raw } of dripping) {
    assert.equal((await raw.response()).status, 408, what);
    assert.ok(Date.now() - begun >= 1900, 'not before the deadline');
    await raw.expectEnd();
    assert.ok(!silent.ended, `${what} gained nothing`);
  }
  await idle.expectEnd(); // began nothing, and is answered nothing
  assert.equal((await silent.response()).status, 408);
});

test('the header of a proxy is part of that time', async (t) => {
  const server = await startServer(t, ['--handshake-timeout', TIMEOUT, '--threads', '1',
    '--proxy-protocol', '--trusted-proxy', '127.0.0.1']);
  const header = 'PROXY TCP4 203.0.113.9 192.0.2.1 51234 443\r\n';
  const none = await server.raw();
  drip(t, none, pieces(`PROXY UNKNOWN ${LONG}`).slice(0, 100), 100); // as long as one may be
  const late = await server.raw();
  await after(LATER_MS);
  const silent = await server.raw();
  late.write(`${header}GET /ws HTTP/1.1\r\n`);
  await none.expectEnd(); // without a word
  assert.equal((await late.response()).status, 408);
  await late.expectEnd();
  assert.ok(!silent.ended, 'the header did not buy time');
  await silent.expectEnd();
});

const AUTHENTICATE = `{"event":"authenticate","data":{"token":"${LONG}"}}`;

// What a client that doesn't authenticate sends, over and over, once it is a WebSocket.
const TALK = {
  'the frame of `authenticate`': pieces(text(AUTHENTICATE)),
  'fragments of `authenticate`': Array.from(AUTHENTICATE, (byte, i) =>
    frame(i === 0 ? OPCODE.text : OPCODE.continuation, byte, { fin: false })),
  'empty fragments': Array.from({ length: 4000 }, (_, i) =>
    frame(i === 0 ? OPCODE.text : OPCODE.continuation, '', { fin: false })),
  pings: Array(4000).fill(frame(OPCODE.ping, 'x')),
  pongs: Array(4000).fill(frame(OPCODE.pong, 'x')),
  heartbeats: Array(4000).fill(text('{"event":"heartbeat"}')),
  'what it may not say yet': Array(4000).fill(text('{"event":"join","data":{"rooms":["a"]}}')),
  'what nobody understands': Array(4000).fill(text('[]')),
};

test('a client has to authenticate by a deadline that nothing moves', async (t) => {
  const server = await startServer(t, ['--auth-timeout', TIMEOUT, '--threads', '1']);
  const begun = Date.now();
  const talking = await Promise.all(Object.entries(TALK).map(async ([what, list]) => {
    const raw = await server.raw();
    await raw.upgrade();
    drip(t, raw, list);
    return { what, raw };
  }));
  await after(LATER_MS);
  const silent = await server.raw();
  await silent.upgrade();
  let told = false;
  const end = silent.closeFrame().then((close) => { told = true; return close; });
  for (const { what, raw } of talking) {
    let last;
    do last = await raw.frame(); while (last.opcode !== OPCODE.close);
    assert.equal(last.payload.readUInt16BE(0), 4001, what);
    assert.ok(Date.now() - begun >= 1900, 'not before the deadline');
    assert.ok(!told, `${what} gained nothing`);
  }
  assert.deepEqual(await end, { code: 4001, reason: 'Authentication timeout' });
  for (const { raw } of talking) await raw.rest(); // though none of them has answered
});

test('the deadline of the request is gone when it has been answered', async (t) => {
  const server = await startServer(t,
    ['--handshake-timeout', TIMEOUT, '--auth-timeout', '1m', '--threads', '1']);
  const early = await server.raw();
  await early.upgrade();
  await after(LATER_MS);
  const silent = await server.raw();
  assert.equal((await silent.response()).status, 408);
  early.write(text('{"event":"authenticate","data":{"userId":"ada"}}'));
  assert.match(await early.text(), /connected/);
});

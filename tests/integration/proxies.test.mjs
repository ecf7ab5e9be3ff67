// Where a client is, when a proxy stands between: X-Forwarded-For, and the PROXY protocol.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';

import { text } from './support/frames.mjs';
import { upgradeRequest } from './support/raw.mjs';
import { run, startServer } from './support/server.mjs';
import { eventually } from './support/wait.mjs';

const DEBUG = ['--log-level', 'debug'];

// The address in the log of the client that connects by `connect`.
async function addressOf(server, connect) {
  const before = server.logged('client connected').length;
  await connect();
  const lines = await eventually(() => {
    const all = server.logged('client connected');
    return all.length > before && all;
  }, 'a line of the client');
  return lines[before].address;
}

const forwardedFor = (server, value, options = {}) => addressOf(server, () =>
  server.connect({ headers: { 'X-Forwarded-For': value }, ...options }));

test('believes nobody what it forwards, unless told', async (t) => {
  const server = await startServer(t, DEBUG);
  assert.equal(await forwardedFor(server, '203.0.113.9'), '127.0.0.1');
});

test('believes a trusted proxy where a client is', async (t) => {
  const server = await startServer(t, [...DEBUG, '--trusted-proxy', '127.0.0.1,10.0.0.0/8']);
  assert.equal(await forwardedFor(server, '203.0.113.9'), '203.0.113.9');
  assert.equal(await forwardedFor(server, '198.51.100.1, 203.0.113.9, 10.0.0.7'), '203.0.113.9');
  assert.equal(await forwardedFor(server, '[2001:DB8::9]:51234'), '2001:db8::9');
  assert.equal(await forwardedFor(server, '198.51.100.1, unknown'), '127.0.0.1');
  assert.equal(await forwardedFor(server, ['198.51.100.1', '203.0.113.9']), '203.0.113.9');
  // From another address of this machine, which is no proxy.
  const stranger = { localAddress: '127.0.0.2' };
  assert.equal(await forwardedFor(server, '203.0.113.9', stranger), '127.0.0.2');
});

test('names the address in each line about a client', async (t) => {
  const server = await startServer(t, [...DEBUG, '--trusted-proxy', 'loopback']);
  const client = await server.connect({ headers: { 'X-Forwarded-For': '203.0.113.9' } });
  await client.authenticate({ userId: 'ada' });
  await client.close(1000);
  await server.stop();
  for (const what of ['client connected', 'client authenticated', 'client disconnected']) {
    assert.equal(server.logged(what)[0].address, '203.0.113.9', what);
  }
});

// --- the PROXY protocol ---

const PROXIED = [...DEBUG, '--proxy-protocol', '--trusted-proxy', '127.0.0.1'];
const V1 = 'PROXY TCP4 203.0.113.9 192.0.2.1 51234 443\r\n';
const V2_SIGNATURE = '0d0a0d0a000d0a515549540a';
const v2 = (command, family, rest) => Buffer.concat([
  Buffer.from(V2_SIGNATURE, 'hex'),
  Buffer.from([command, family, rest.length >> 8, rest.length & 255]),
  rest,
]);
const OVER_V4 = Buffer.from('cb007109c0000201c82201bb', 'hex');
const OVER_V6 = Buffer.from(
  '20010db800000000000000000000000920010db8000000000000000000000001c82201bb', 'hex');
const V2 = v2(0x21, 0x11, OVER_V4);

const HEADERS = [
  ['version 1', V1, '203.0.113.9'],
  ['version 1 over IPv6', 'PROXY TCP6 2001:db8::9 2001:db8::1 51234 443\r\n', '2001:db8::9'],
  ['version 1 that does not know', 'PROXY UNKNOWN\r\n', '127.0.0.1'],
  ['version 2', V2, '203.0.113.9'],
  ['version 2 over IPv6', v2(0x21, 0x21, OVER_V6), '2001:db8::9'],
  ['version 2 with more in it', v2(0x21, 0x11, Buffer.concat([OVER_V4, Buffer.alloc(900, 10)])),
    '203.0.113.9'],
  ['version 2 of the proxy itself', v2(0x20, 0, Buffer.alloc(0)), '127.0.0.1'],
];

for (const [what, header, address] of HEADERS) {
  test(`reads a PROXY header of ${what}`, async (t) => {
    const server = await startServer(t, PROXIED);
    const upgrade = async (...pieces) => {
      const raw = await server.raw();
      for (const piece of pieces) {
        raw.write(piece);
        await new Promise(setImmediate);
      }
      assert.equal((await raw.response()).status, 101);
      raw.write(text('{"event":"authenticate","data":{"userId":"ada"}}'));
      assert.match(await raw.text(), /"connected"/);
    };
    const whole = Buffer.concat([Buffer.from(header), Buffer.from(upgradeRequest())]);
    assert.equal(await addressOf(server, () => upgrade(whole)), address);
    const bytes = [...whole].map((byte) => Buffer.from([byte]));
    assert.equal(await addressOf(server, () => upgrade(...bytes)), address);
    assert.equal(await addressOf(server, () => upgrade(header, upgradeRequest())), address);
  });
}

test('takes it from curl, for several requests', async (t) => {
  const server = await startServer(t, PROXIED);
  const { stdout } = await promisify(execFile)('curl', [
    '-s', '--haproxy-protocol', `${server.url}healthz`, `${server.url}healthz`,
  ]);
  assert.equal(stdout, '{"status":"ok"}\n'.repeat(2));
});

test('goes on with X-Forwarded-For where the header names a trusted proxy', async (t) => {
  const server = await startServer(t, [...PROXIED, '--trusted-proxy', '203.0.113.9']);
  const address = await addressOf(server, async () => {
    const raw = await server.raw();
    raw.write(V1);
    await raw.upgrade({ 'X-Forwarded-For': '198.51.100.1' });
  });
  assert.equal(address, '198.51.100.1');
});

const ENDINGS = [
  ['no header', upgradeRequest()],
  ['a TLS handshake', Buffer.from('16030102000100', 'hex')],
  ['a header of version 1 that is too long', `PROXY UNKNOWN ${'x'.repeat(200)}\r\n`],
  ['a bad address', V1.replace('203.0.113.9', '203.0.113.999')],
  ['a header of version 2 that is too short', v2(0x21, 0x11, OVER_V4.subarray(1))],
  ['a header in lower case', V1.toLowerCase()],
];
for (const [what, bytes] of ENDINGS) {
  test(`closes a connection with ${what}, without a word`, async (t) => {
    const server = await startServer(t, PROXIED);
    const raw = await server.raw();
    raw.write(bytes).write(upgradeRequest());
    await raw.expectEnd();
    await raw.terminate();
    await server.stop();
    assert.match(server.logged('connection refused')[0].why, /missing or malformed/);
    assert.equal(server.logged('stopped')[0].refused_proxies, 1);
    assert.equal(server.logged('client connected').length, 0);
  });
}

test('closes connections of strangers, whatever they say', async (t) => {
  const server = await startServer(t, PROXIED);
  for (const header of [V1, V2, '']) {
    const raw = await server.raw({ localAddress: '127.0.0.2' });
    raw.write(header).write(upgradeRequest());
    await raw.expectEnd();
    await raw.terminate();
  }
  await server.stop();
  const [refused] = server.logged('connection refused');
  assert.equal(refused.address, '127.0.0.2');
  assert.match(refused.why, /no trusted proxy/);
  assert.equal(server.logged('stopped')[0].refused_proxies, 3);
});

test('takes a PROXY header for bad HTTP unless told to expect one', async (t) => {
  const server = await startServer(t, ['--trusted-proxy', 'loopback']);
  const raw = await server.raw();
  assert.equal((await raw.write(V1).response()).status, 400);
  await raw.expectEnd();
  raw.socket.end();
});

test('ends at once with a header under way', async (t) => {
  const server = await startServer(t, [...PROXIED, '--threads', '1']);
  const raw = await server.raw();
  raw.write(V1.slice(0, 20));
  const later = await server.raw(); // once it is answered, the first is known too
  await later.write(`${V1}GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n`).response();
  await later.terminate();
  server.program.signal('SIGTERM');
  const began = Date.now();
  await raw.expectEnd();
  await server.ended();
  assert.ok(Date.now() - began < 4_000, 'it does not wait for the rest');
});

// The one test that has to wait.
test('gives a header no more time than a handshake has', async (t) => {
  const server = await startServer(t, [...PROXIED, '--handshake-timeout', '1s']);
  const began = Date.now();
  const slow = await server.raw();
  slow.write(V1.slice(0, 20));
  await slow.expectEnd();
  const took = Date.now() - began;
  assert.ok(took > 950 && took < 9_500, `it took ${took} ms`);
  await slow.terminate();
  assert.match(server.logged('connection refused')[0].why, /in time/);
});

for (const [what, flags, why] of [
  ['a name for a proxy', ['--trusted-proxy', 'proxy.example'],
    /--trusted-proxy: "proxy.example" must be an address/],
  ['too many bits', ['--trusted-proxy', '10.0.0.0/33'], /bits up to 32/],
  ['a host for a range', ['--trusted-proxy', '10.1.2.3/8'], /the range is 10\.0\.0\.0\/8/],
  ['the PROXY protocol from nobody', ['--proxy-protocol'], /--proxy-protocol needs --trusted-proxy/],
]) {
  test(`refuses to start with ${what}`, async () => {
    const { status, stderr } = await run('cresset', ['serve', '--port', '0', ...flags]);
    assert.equal(status, 2);
    assert.match(stderr, /^cresset: [^\n]+\n$/);
    assert.match(stderr, why);
  });
}

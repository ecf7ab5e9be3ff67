// The command line: what it prints, what it refuses, and how it ends.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import test from 'node:test';

import { atEnd } from './support/at_end.mjs';
import { run, startServer } from './support/server.mjs';

test('prints one line with the URL to open, and nothing else', async (t) => {
  const server = await startServer(t);
  assert.match(server.line, /^Cresset \S+ is ready: http:\/\/127\.0\.0\.1:\d+\/$/);
  await server.client();
  await server.stop();
  assert.equal(server.program.stdout, `${server.line}\n`);
});

const hasIpv6 = Object.values(networkInterfaces()).flat().some(({ address }) => address === '::1');

test('listens on IPv6 when it is told to', { skip: !hasIpv6 && 'no ::1 here' }, async (t) => {
  const server = await startServer(t, ['--host', '::1']);
  assert.match(server.line, /http:\/\/\[::1\]:\d+\/$/);
  await server.client();
});

test('says what it can do, and which version it is', async () => {
  const top = await run('cresset', ['--help']);
  assert.equal(top.status, 0);
  assert.match(top.stdout, /serve/);
  const serve = await run('cresset', ['serve', '--help']);
  assert.equal(serve.status, 0);
  const flags = ['host', 'port', 'path', 'threads', 'origin', 'require-origin',
    'trusted-proxy', 'proxy-protocol', 'auth', 'join', 'publish', 'default-rooms',
    'auth-timeout', 'max-message', 'queue-limit', 'log-level', 'log-format'];
  for (const flag of flags) assert.match(serve.stdout, new RegExp(`--${flag}\\b`));
  const version = await run('cresset', ['--version']);
  assert.equal(version.status, 0);
  assert.match(version.stdout, /^cresset \d+\.\d+\.\d+\n$/);
});

async function expectRefusal(args, why) {
  const { status, stdout, stderr } = await run('cresset', args);
  assert.match(stderr, /^cresset: [^\n]+\n$/, `one line on stderr: ${args.join(' ')}`);
  assert.match(stderr, why);
  assert.equal(stdout, '');
  assert.equal(status, 2);
}

const REFUSALS = [
  ['an unknown flag', ['serve', '--colour', 'red'], /--colour/],
  ['an unknown command', ['sing'], /unknown command sing/],
  ['no command', [], /a command is required/],
  ['--auth none on every address', ['serve', '--auth', 'none', '--host', '0.0.0.0'], /loopback/],
  ['--auth none on every IPv6 address', ['serve', '--auth', 'none', '--host', '::'], /loopback/],
  ['the default of --auth on every address', ['serve', '--host', '0.0.0.0'], /loopback/],
  ['an unknown --auth', ['serve', '--auth', 'magic'], /--auth/],
  ['a duration without a unit', ['serve', '--auth-timeout', '5'], /"5" is no duration/],
  ['a duration of nothing', ['serve', '--auth-timeout', '0s'], /over zero/],
  ['a policy without an event', ['serve', '--event-policy', '=close'], /EVENT=POLICY/],
  ['an unknown policy', ['serve', '--event-policy', 'price=often'], /must name drop-newest/],
  ['a key without keep-latest', ['serve', '--event-policy', 'price=close:key'],
    /--event-policy: must have a key only with keep_latest/],
  ['two policies for an event', ['serve', '--event-policy', 'a=close,a=drop-oldest'],
    /--event-policy: must not name an event twice/],
  ['no memory for queues', ['serve', '--queue-limit-total', '0'], /--queue-limit-total/],
  ['a size in an unknown unit', ['serve', '--max-message', '5 apples'], /"5 apples" is no size/],
  ['a negative size', ['serve', '--queue-limit', '-1'], /--queue-limit/],
  ['a path that does not begin with /', ['serve', '--path', 'ws'], /--path/],
  ['the path of the page', ['serve', '--path', '/'], /--path/],
  ['a path with a query string', ['serve', '--path', '/ws?x'], /query string/],
  ['the path of another page', ['serve', '--path', '/healthz'], /taken/],
  ['a port that is none', ['serve', '--port', '65536'], /--port/],
  ['too many threads', ['serve', '--threads', '1000'], /--threads/],
  ['an unknown log level', ['serve', '--log-level', 'loud'], /--log-level/],
  ['a host that has no address', ['serve', '--host', 'nowhere.invalid'], /nowhere\.invalid/],
  ['an address of another machine', ['serve', '--host', '192.0.2.1'], /192\.0\.2\.1/],
];
for (const [what, args, why] of REFUSALS) {
  test(`refuses ${what} with one line and status 2`, () => expectRefusal(args, why));
}

test('refuses a port in use with one line and status 2', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  atEnd(t, () => other.close());
  const { port } = other.address();
  await expectRefusal(['serve', '--port', `${port}`], new RegExp(`:${port}: .*in use`));
});

test('refuses a port that another cresset listens on', async (t) => {
  const server = await startServer(t);
  await expectRefusal(['serve', '--port', `${server.port}`], /in use/);
  await server.client(); // which is none the worse for it
});

test('logs JSON lines, or lines for people', async (t) => {
  const json = await startServer(t, ['--log-format', 'json', '--log-level', 'debug']);
  await json.client('line\nbreak "quoted"');
  await json.stop();
  const lines = json.log.trimEnd().split('\n').map((line) => JSON.parse(line));
  for (const line of lines) {
    assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(['debug', 'info', 'warn', 'error'].includes(line.level));
  }
  assert.equal(json.logged('client authenticated')[0].user, 'line\nbreak "quoted"');

  const text = await startServer(t, ['--log-format', 'text']);
  await text.stop();
  assert.match(text.log, /^\S+Z info +stopped messages_received=0 [^\n]*\n$/);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`${signal} closes every client with 1001, whatever its state, and exits 0`, async (t) => {
    const server = await startServer(t, ['--threads', '4']);
    const unauthorized = await server.connect();
    const authenticated = await server.client('ada');
    const asking = await server.raw();
    asking.write('GET / HTTP/1.1\r\nHo'); // and no more
    const idle = await server.raw();
    idle.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    await idle.response();
    await unauthorized.expectNothing();

    server.program.signal(signal);
    for (const client of [unauthorized, authenticated]) {
      assert.deepEqual(await client.closed(), { code: 1001, reason: 'Server shutting down' });
    }
    for (const raw of [asking, idle]) {
      await raw.expectEnd();
      raw.socket.end();
    }
    await server.ended();
  });
}

test('a client that never answers the close frame does not hold the end for long', async (t) => {
  const server = await startServer(t);
  const mute = await server.raw();
  await mute.upgrade();
  server.program.signal('SIGTERM');
  const began = Date.now();
  assert.equal((await mute.closeFrame()).code, 1001);
  await server.ended();
  assert.ok(Date.now() - began < 15_000, `it took ${Date.now() - began} ms`);
});

test('a second signal ends it at once', async (t) => {
  const server = await startServer(t);
  const mute = await server.raw();
  await mute.upgrade();
  server.program.signal('SIGTERM');
  assert.equal((await mute.closeFrame()).code, 1001);
  server.program.signal('SIGINT');
  // An end in good order would be a 0. It waits for no thread, and so leaves some unjoined, which
  // the thread sanitizer tells.
  assert.equal(await server.program.status(), 128 + 2);
  server.stop = async () => {}; // its status was the test
});

// `cresset bench` in each of its modes: small runs, whose books must balance.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import test from 'node:test';

import { RedisServer } from '../support/redis_server.mjs';
import { atEnd } from './support/at_end.mjs';
import { bench, checkHistogram, checkTraffic, goodBench } from './support/bench.mjs';
import { startImitation } from './support/imitation.mjs';
import { Program, run, startServer } from './support/server.mjs';
import { within } from './support/wait.mjs';

const OPEN = ['--join', '*', '--publish', '*'];

async function startOpen(t, ...flags) {
  const server = await startServer(t, [...OPEN, ...flags]);
  server.websocket = `ws://${server.address.host}/ws`;
  return server;
}

test('connect: times, and the cost of a client', async (t) => {
  const server = await startOpen(t);
  const report = await goodBench('connect', server.websocket, '--clients', '60', '--warm-up', '30',
    '--in-flight', '10', '--pid', `${server.program.pid}`);
  assert.equal(report.clients, 60);
  checkHistogram(report.connect_us, 60);
  assert.ok(report.server.rss_before > 1e6);
  assert.ok(report.server.rss_after >= report.server.rss_before);
  const grown = (report.server.rss_after - report.server.rss_before) / (60 - 30);
  assert.ok(Math.abs(report.server.rss_per_client - grown) < 1);
  assert.ok(report.server.cpu_us_per_client >= 0);
  assert.ok(report.generator.cpu_seconds > 0);
  assert.equal(report.sent, undefined);
});

test('connect at a rate takes the time that it takes', async (t) => {
  const server = await startOpen(t);
  const report = await goodBench('connect', server.websocket, '--clients', '40', '--warm-up', '0',
    '--rate', '200', '--workers', '2');
  checkHistogram(report.connect_us, 40);
  assert.ok(report.seconds >= 39 / 200, `${report.seconds} s`);
});

for (const workers of ['1', '3']) {
  test(`fanout in closed loop, ${workers} workers`, async (t) => {
    const server = await startOpen(t);
    const report = await goodBench('fanout', server.websocket, '--clients', '30', '--messages',
      '200', '--in-flight', '4', '--warm-up', '20', '--workers', workers, '--pid',
      `${server.program.pid}`);
    checkTraffic(report, 200, 30);
    assert.ok(report.server.cpu_us_per_delivery >= 0);
    assert.equal(report.workers, Number(workers));
  });
}

test('fanout for a duration', async (t) => {
  const server = await startOpen(t);
  const report = await goodBench('fanout', server.websocket, '--clients', '5', '--duration',
    '300ms');
  checkTraffic(report, report.sent, 5);
  assert.ok(report.sent > 0);
});

test('latency sends at its rate', async (t) => {
  const server = await startOpen(t);
  const report = await goodBench('latency', server.websocket, '--clients', '20', '--rate', '400',
    '--messages', '200', '--warm-up', '20', '--workers', '2');
  checkTraffic(report, 200, 20);
  assert.ok(report.seconds >= 199 / 400, `${report.seconds} s`);
});

test('rooms: each its own messages', async (t) => {
  const server = await startOpen(t);
  const report = await goodBench('rooms', server.websocket, '--rooms', '7', '--members', '3',
    '--publishers', '3', '--messages', '100', '--workers', '2');
  assert.equal(report.clients, 21);
  checkTraffic(report, 100, 3);
});

test('churn: those who stay get everything', async (t) => {
  const server = await startOpen(t);
  const report = await goodBench('churn', server.websocket, '--clients', '10', '--rate', '200',
    '--messages', '150', '--visit-rate', '100', '--stay', '100ms');
  checkTraffic(report, 150, 10);
  assert.ok(report.connect_us.count >= 10, `${report.connect_us.count} visits`);
  checkHistogram(report.connect_us, report.connect_us.count);
});

test('storm: all are back', async (t) => {
  const server = await startOpen(t);
  const report = await goodBench('storm', server.websocket, '--clients', '60', '--workers', '2');
  checkHistogram(report.connect_us, 61); // and the one that sends probes
  assert.ok(report.seconds * 1e6 >= report.connect_us.max);
});

test('slow: what slow clients lose is no failure, and the others lose nothing', async (t) => {
  // 16 MB for each, several times what the kernel and the server hold back.
  const server = await startOpen(t);
  const report = await goodBench('slow', server.websocket, '--clients', '10', '--slow-share', '0.2',
    '--rate', '500', '--messages', '500', '--size', '32KiB', '--warm-up', '5');
  checkTraffic(report, 500, 8);
  assert.equal(report.slow.clients, 2);
  assert.equal(report.slow.expected, 1000);
  assert.ok(report.slow.lost > 0);
  assert.equal(report.slow.received + report.slow.lost, 1000);
});

test('slow clients that read fast enough lose nothing', async (t) => {
  const server = await startOpen(t);
  const report = await goodBench('slow', server.websocket, '--clients', '4', '--slow-share', '0.5',
    '--rate', '200', '--messages', '100', '--size', '100', '--slow-rate', '1MiB');
  assert.deepEqual(report.slow,
    { clients: 2, expected: 200, received: 200, lost: 0, told: 0, gaps: 0, gone: 0 });
});

for (const how of [['--in-flight', '8'], ['--rate', '500']]) {
  test(`redis with ${how.join(' ')}`, async (t) => {
    const redis = await RedisServer.start();
    atEnd(t, () => redis.stop());
    const server = await startOpen(t, '--redis', redis.url);
    const report = await goodBench('redis', server.websocket, '--redis', `127.0.0.1:${redis.port}`,
      '--clients', '20', '--messages', '150', '--warm-up', '10', ...how);
    checkTraffic(report, 150, 20);
  });
}

test('encrypted: every session is, and everything is decrypted', async (t) => {
  const server = await startOpen(t, '--encryption', 'optional');
  const flags = ['--clients', '20', '--messages', '100', '--in-flight', '4', '--workers', '2'];
  const { status, stderr, report } = await bench('encrypted', server.websocket, ...flags);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  checkTraffic(report, 100, 20);
});

test('encrypted says so where the server does not encrypt', async (t) => {
  const server = await startOpen(t);
  const { status, stderr } = await bench('encrypted', server.websocket, '--clients', '2');
  assert.equal(status, 1);
  assert.match(stderr, /--encryption optional/);
});

test('echo of a server that sends to the sender too', async (t) => {
  const server = await startImitation(t, { toSelf: true });
  const closed = await goodBench('echo', server.url, '--clients', '15', '--messages', '200',
    '--in-flight', '2', '--workers', '2', '--warm-up', '30');
  checkTraffic(closed, 200, 1);
  const open = await goodBench('echo', server.url, '--clients', '15', '--messages', '100', '--rate',
    '500');
  checkTraffic(open, 100, 1);
});

test('echo says what the server needs', async (t) => {
  const server = await startImitation(t, { toSelf: false });
  const { status, stderr } = await bench('echo', server.url, '--clients', '3', '--timeout',
    '2s');
  assert.equal(status, 1);
  assert.match(stderr, /no echo came back to 3 of 3 clients.*--publish-to-self/);
});

const DEFLATE = ['--clients', '12', '--messages', '60', '--in-flight', '3', '--size', '2000'];

test('deflate: everything comes compressed, and is inflated', async (t) => {
  const server = await startImitation(t, { perMessageDeflate: { threshold: 0 } });
  const { status, stderr, report } = await bench('deflate', server.url, ...DEFLATE);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  checkTraffic(report, 60, 12);
});

test('deflate tells of messages that came uncompressed', async (t) => {
  const server = await startImitation(t, { perMessageDeflate: { threshold: 100_000 } });
  const { status, stderr } = await bench('deflate', server.url, ...DEFLATE);
  assert.equal(status, 0);
  assert.match(stderr, /only 0 came compressed/);
});

test('deflate says so where the server declines it', async (t) => {
  const server = await startOpen(t);
  const { status, stderr, report } = await bench('deflate', server.websocket, '--clients', '2');
  assert.equal(status, 1);
  assert.equal(report, null);
  assert.match(stderr, /declines permessage-deflate/);
});

test('a server of another make, with the publisher among its receivers', async (t) => {
  const server = await startImitation(t, { toSelf: true });
  checkTraffic(await goodBench('fanout', server.url, '--clients', '10', '--messages', '50'), 50, 10);
});

test('prints a table for people', async (t) => {
  const server = await startOpen(t);
  const { status, stdout, stderr } = await run('cresset', ['bench', 'fanout', server.websocket,
    '--clients', '5', '--messages', '20', '--pid', `${server.program.pid}`]);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /^deliveries +100 of 100 /m);
  assert.match(stdout, /^latency +p50 [\d.]+ (us|ms) /m);
  assert.match(stdout, /^server CPU +[\d.]+ s, [\d.]+ us a delivery$/m);
});

test('SIGINT ends it early, with what was measured', async (t) => {
  let reached;
  const midway = new Promise((resolve) => { reached = resolve; });
  const mangle = (member, number, text) => {
    if (number === 20) reached();
    return [text];
  };
  const server = await startImitation(t, { mangle });
  const program = new Program('cresset', ['bench', 'latency', server.url, '--json', '--clients',
    '5', '--rate', '200', '--duration', '10m']);
  atEnd(t, () => program.exit());
  await within(midway, 'message 20');
  program.signal('SIGINT');
  assert.equal(await program.exit(), 0);
  const report = JSON.parse(program.stdout);
  assert.equal(report.interrupted, true);
  assert.ok(report.sent > 20);
  checkTraffic(report, report.sent, 5);
});

test('SIGINT before anything was measured', async (t) => {
  // Nobody answers the upgrade.
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const program = new Program('cresset', ['bench', 'fanout', '--clients', '1',
    `ws://127.0.0.1:${server.address().port}/`]);
  const sockets = [];
  atEnd(t, () => sockets.forEach((socket) => socket.destroy()));
  atEnd(t, () => server.close());
  // The first one only looks whether somebody listens.
  while (sockets.length < 2) sockets.push((await once(server, 'connection'))[0].on('error', () => {}));
  program.signal('SIGINT');
  assert.equal(await program.exit(), 1);
  assert.match(program.stderr, /stopped before anything was measured/);
});

async function expectRefusal(args, why, wanted = 2) {
  const { status, stdout, stderr } = await run('cresset', ['bench', ...args]);
  assert.match(stderr, /^cresset: [^\n]+\n$/);
  assert.match(stderr, why);
  assert.equal(stdout, '');
  assert.equal(status, wanted);
}

const REFUSALS = [
  ['no mode', [], /required/],
  ['an unknown mode', ['dance'], /dance/],
  ['a URL of HTTP', ['connect', 'http://127.0.0.1/'], /ws:\/\/127\.0\.0\.1:3000\/ws/],
  ['flags of TLS without it', ['connect', 'ws://127.0.0.1/', '--insecure'], /wss:\/\//],
  ['a port that is none', ['connect', 'ws://127.0.0.1:99999/'], /port/],
  ['no messages', ['fanout', '--messages', '0'], /--messages: Value 0 not in range 1 to/],
  ['a rate that is none', ['latency', '--rate', 'fast'], /--rate: "fast" is no number over zero/],
  ['a rate beyond all', ['latency', '--rate', 'inf'], /at most ten million/],
  ['both loops', ['fanout', '--rate', '5', '--in-flight', '5'], /--rate|--in-flight/],
  ['both ends', ['fanout', '--messages', '5', '--duration', '5s'], /--messages|--duration/],
  ['messages too small for what they tell', ['fanout', '--size', '59'], /59 is too small.* 60 /],
  ['credentials that are no object', ['connect', '--credentials', '[1]'], /JSON object/],
  ['redis without Redis', ['redis'], /--redis/],
  ['more clients than files', ['connect', '--clients', '16000000'], /ulimit -n/],
  ['a share of nobody', ['slow', '--clients', '3', '--slow-share', '0.1'], /--slow-share/],
];
for (const [what, args, why] of REFUSALS) {
  test(`refuses ${what}`, () => expectRefusal(args, why));
}

test('says that nobody listens', async (t) => {
  const server = await startOpen(t);
  const { websocket } = server;
  await server.stop();
  await expectRefusal(['connect', websocket], /refused; is the server running\?/, 1);
});

test('says that the path is wrong', async (t) => {
  const server = await startOpen(t);
  await expectRefusal(['connect', `ws://${server.address.host}/nowhere`], /404/, 1);
});

test('says that clients may not publish', async (t) => {
  const server = await startServer(t, ['--join', '*']);
  await expectRefusal(['fanout', `ws://${server.address.host}/ws`, '--clients', '2', '--timeout',
    '2s'], /--join '\*' --publish '\*'/, 1);
});

test('a process that is not there', async (t) => {
  const server = await startOpen(t);
  const gone = new Program('cresset', ['--version']);
  await gone.exit();
  await expectRefusal(['connect', server.websocket, '--pid', `${gone.pid}`], /--pid/, 1);
});

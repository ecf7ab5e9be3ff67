// Redis says nothing, or nonsense, or the way to it carries nothing: the fleet notices, and
// delivers again by itself; what waits meanwhile is bounded.

import assert from 'node:assert/strict';
import test from 'node:test';

import { forCresset, lasts, startFleet } from './support/fleet.mjs';

// --- Redis says nothing ---

test('CLIENT PAUSE 2000', async (t) => {
  const { redis, traffic } = await startFleet(t);
  await redis.cli('client', 'pause', '2000', 'all');
  await traffic.deliversSince(performance.now() + 2000, 'the pause', 'back');
  assert.equal(await traffic.stop(), 0, 'nothing is lost');
});

test('SIGSTOP for 6 s', async (t) => {
  const { redis, traffic, readiness } = await startFleet(t);
  redis.freeze();
  const at = performance.now();
  await Promise.all([lasts(6000), readiness.expect(503, at, 'SIGSTOP', 'hung')]);
  redis.thaw();
  const backAt = performance.now();
  await traffic.deliversSince(backAt, 'SIGCONT', 'hung');
  await readiness.expect(200, backAt, 'SIGCONT', 'hung');
  await traffic.stop();
});

test('all connections stay open and carry nothing', forCresset, async (t) => {
  const { way, traffic } = await startFleet(t, { behindProxy: true });
  const hungAt = way.hang();
  await traffic.deliversSince(hungAt, 'the connections hang', 'hung');
  await traffic.stop();
});

test('the subscriptions alone carry nothing', forCresset, async (t) => {
  const { way, traffic } = await startFleet(t, { behindProxy: true });
  const hungAt = way.hang(({ subscribes }) => subscribes);
  await traffic.deliversSince(hungAt, 'the subscriptions hang', 'hung');
  await traffic.stop();
});

test('what is published alone is carried nowhere', forCresset, async (t) => {
  const { way, traffic } = await startFleet(t, { behindProxy: true });
  const hungAt = way.hang(({ subscribes }) => !subscribes);
  await traffic.deliversSince(hungAt, 'publishing hangs', 'hung');
  await traffic.stop();
});

// --- Redis talks nonsense ---

const NONSENSE = [
  'nonsense\r\n',
  '\r\n',
  '\u0000\u0001\u0002',
  '$-7\r\n',
  '*-7\r\n',
  ':9999999999999999999999\r\n',
  '*3\r\n$7\r\nmessage\r\n$12\r\nws:broadcast\r\n:5\r\n',
  '*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n',
];

test('replies that are none', forCresset, async (t) => {
  const { way, traffic } = await startFleet(t, { behindProxy: true });
  for (const bytes of NONSENSE) {
    traffic.disturb();
    await traffic.deliversSince(way.say(bytes), JSON.stringify(bytes), 'back');
  }
  await traffic.stop();
});

test('a reply of 512 MiB that never ends', forCresset, async (t) => {
  const { way, traffic, nodes } = await startFleet(t, { behindProxy: true });
  const before = nodes[0].peakBytes;
  await traffic.deliversSince(way.say('$536870912\r\nabc'), 'the reply', 'hung');
  const grown = nodes[0].peakBytes - before;
  t.diagnostic(`${Math.round(grown / 1024)} KiB more memory`);
  assert.ok(grown < 32 * 1024 * 1024, `${grown} bytes more memory`);
  await traffic.stop();
});

// --- what waits for Redis ---

const QUEUE_BYTES = 1024 * 1024;
const SENT_BYTES = 64 * 1024 * 1024;

for (const [what, away] of [
  ['frozen', 'freeze'],
  ['gone', 'kill9'],
]) {
  test(`what waits while Redis is ${what} is bounded`, forCresset, async (t) => {
    const { redis, nodes, traffic } = await startFleet(t, {
      flags: ['--redis-queue-limit', `${QUEUE_BYTES}`, '--bytes-per-second', '0'],
    });
    const [ada, bob] = await Promise.all(
      ['ada', 'bob'].map((name) => nodes[0].client(name, 'public-big')),
    );
    await redis[away]();
    const before = nodes[0].peakBytes;
    const data = 'x'.repeat(64 * 1024);
    for (let sent = 0; sent < SENT_BYTES; sent += data.length) {
      ada.publish('public-big', 'big', data);
      await bob.expect('big', data); // here it comes all the same
    }
    const grown = nodes[0].peakBytes - before;
    const kept = SENT_BYTES / 1024;
    t.diagnostic(
      `${Math.round(grown / 1024)} KiB more memory, of ${kept} KiB that could not go out`,
    );
    assert.ok(grown < QUEUE_BYTES + 16 * 1024 * 1024, `${grown} bytes more memory`);
    if (away === 'freeze') redis.thaw();
    else await redis.begin();
    const backAt = away === 'freeze' ? performance.now() : redis.readyAt;
    await traffic.deliversSince(backAt, 'Redis is back', away === 'freeze' ? 'hung' : 'back');
    await traffic.stop();
  });
}

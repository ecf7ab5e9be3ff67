// Redis goes away and comes back, or ends connections: the fleet delivers again by itself, nothing
// comes twice or out of order, what stays within a node never stops, and /readyz tells.

import assert from 'node:assert/strict';
import test from 'node:test';

import { atEnd } from '../integration/support/at_end.mjs';
import { Program } from '../support/program.mjs';
import { expectFewLost } from './support/bounds.mjs';
import { forCresset, lasts, startFleet } from './support/fleet.mjs';
import { connectionsOf } from './support/redis.mjs';

// --- Redis goes and comes back ---

test('kill -9, and a restart when all have noticed', async (t) => {
  const { redis, traffic, readiness } = await startFleet(t);
  await redis.kill9();
  const killedAt = performance.now();
  await Promise.all([lasts(1000), readiness.expect(503, killedAt, 'the kill', 'notReady')]);
  await redis.begin();
  await traffic.deliversSince(redis.readyAt, 'the restart', 'back');
  await readiness.expect(200, redis.readyAt, 'the restart', 'ready');
  expectFewLost(await traffic.stop());
});

test('kill -9, and 8 s without Redis', async (t) => {
  const { redis, traffic, readiness } = await startFleet(t);
  await redis.kill9();
  await lasts(8000);
  await redis.begin();
  await traffic.deliversSince(redis.readyAt, 'the restart', 'back');
  await readiness.expect(200, redis.readyAt, 'the restart', 'ready');
  expectFewLost(await traffic.stop());
});

test('a restart in good order', async (t) => {
  const { redis, traffic } = await startFleet(t);
  await redis.restart();
  await traffic.deliversSince(redis.readyAt, 'the restart', 'back');
  await traffic.stop();
});

test('five restarts in a row', async (t) => {
  const { redis, traffic } = await startFleet(t);
  for (let i = 0; i < 5; i += 1) {
    await redis.kill9();
    await lasts(300);
    await redis.begin();
    await lasts(300);
  }
  await traffic.deliversSince(redis.readyAt, 'the last restart', 'back');
  await traffic.stop();
});

// --- connections end ---

for (const type of ['pubsub', 'normal']) {
  test(`CLIENT KILL TYPE ${type}`, async (t) => {
    const { redis, traffic } = await startFleet(t);
    for (let i = 0; i < 3; i += 1) {
      traffic.disturb();
      assert.notEqual(await redis.cli('client', 'kill', 'type', type), '0');
      await traffic.deliversSince(performance.now(), `kill ${i + 1}`, 'back');
    }
    await traffic.stop();
  });
}

test('the limit of the output buffer ends the subscriptions', async (t) => {
  const { redis, traffic } = await startFleet(t);
  const before = await connectionsOf(redis, 'pubsub');
  assert.notEqual(before.length, 0);
  await redis.cli('config', 'set', 'client-output-buffer-limit', 'pubsub 65536 0 0');
  const big = { serverId: 'emitter', type: 'broadcast', event: 'big', data: 'x'.repeat(200_000) };
  await redis.cliWithLast(JSON.stringify(big), 'publish', 'ws:broadcast');
  await traffic.deliversSince(performance.now(), 'the limit', 'back');
  const after = await connectionsOf(redis, 'pubsub');
  assert.equal(after.filter((id) => before.includes(id)).length, 0, 'all had been ended');
  await traffic.stop();
});

// Holds a connection, for when no other is let in.
async function heldCli(t, redis) {
  const program = new Program('redis-cli', ['-p', `${redis.port}`]);
  atEnd(t, () => program.stop());
  return async (...commands) => {
    for (const command of commands) {
      program.child.stdin.write(`${command}\n`);
      await program.line(/^(OK|\d+)$/, `the answer to ${command}`);
    }
    return performance.now();
  };
}

test('Redis lets nobody in for a while', async (t) => {
  const { redis, traffic, readiness } = await startFleet(t);
  const cli = await heldCli(t, redis);
  const at = await cli(
    'config set maxclients 1',
    'client kill type pubsub',
    'client kill type normal',
  );
  await Promise.all([lasts(1000), readiness.expect(503, at, 'the last connection', 'notReady')]);
  const backAt = await cli('config set maxclients 1000');
  await traffic.deliversSince(backAt, 'letting in', 'back');
  await traffic.stop();
});

test('the password is changed for a while', forCresset, async (t) => {
  const { redis, traffic, readiness } = await startFleet(t);
  const cli = await heldCli(t, redis);
  const at = await cli(
    'config set requirepass other',
    'client kill type pubsub',
    'client kill type normal',
  );
  await Promise.all([lasts(1000), readiness.expect(503, at, 'the last connection', 'notReady')]);
  const backAt = await cli('config set requirepass ""');
  await traffic.deliversSince(backAt, 'the change back', 'back');
  await traffic.stop();
});

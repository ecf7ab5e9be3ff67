// A master, two replicas and three Sentinels: the fleet follows the master.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually } from '../integration/support/wait.mjs';
import { BOUNDS, expectWithin } from './support/bounds.mjs';
import { startEmitters } from './support/emitters.mjs';
import { ALL_REFERENCE, startNodes, twoClientsOf } from './support/nodes.mjs';
import { originsOf, sendAndExpect } from './support/origins.mjs';
import { Readiness } from './support/readiness.mjs';
import { SentinelRedis } from './support/sentinel_redis.mjs';
import { subscribed } from './support/subscribed.mjs';
import { Traffic } from './support/traffic.mjs';

const EVERYONE = 'public-all';
const forCresset = { skip: ALL_REFERENCE && 'the reference stays where it is' };

async function startFleet(t) {
  const redis = await SentinelRedis.start(t);
  const nodes = await startNodes(t, redis, ['cresset', 'cresset']);
  return { redis, nodes, traffic: await Traffic.start(t, nodes) };
}

test('the master is killed under load', async (t) => {
  const { redis, nodes, traffic } = await startFleet(t);
  const readiness = await Readiness.watch(t, nodes[0]);
  const old = await redis.master();
  await old.kill9();
  const killedAt = performance.now();
  await readiness.expect(503, killedAt, 'the kill', 'notReady');
  const newAt = await redis.masterOtherThan(old);
  t.diagnostic(`Sentinels took ${Math.round(newAt - killedAt)} ms`);
  await traffic.deliversSince(newAt, 'the failover', 'failover');
  await readiness.expect(200, newAt, 'the failover', 'failover');
  // It comes back as a replica, to which nobody should be drawn.
  await old.begin();
  await redis.isReplica(old);
  await traffic.flows();
  await traffic.stop();
});

// The old master goes on as one for some seconds, so whoever stays there talks to nobody else.
test('a failover in good order', forCresset, async (t) => {
  const { redis, traffic } = await startFleet(t);
  const { old, at } = await redis.failover();
  await eventually(async () => (await redis.guestsOf(old)) === 0, 'all have left the old master');
  expectWithin(t, 'all have left the old master', performance.now() - at, BOUNDS.failover);
  await traffic.deliversSince(performance.now(), 'the failover', 'failover');
  await traffic.stop();
});

test('a Sentinel, and then another, are killed', async (t) => {
  const { redis, traffic } = await startFleet(t);
  await redis.sentinels[0].kill9();
  await redis.sentinels[1].kill9();
  await traffic.flows();
  const master = await redis.sentinels[2].cli('sentinel', 'get-master-addr-by-name', 'fleet');
  assert.match(master, /^127\.0\.0\.1/);
  assert.equal(await traffic.stop(), 0, 'nothing is lost');
});

test('emitters and nodes find the master of today', async (t) => {
  const redis = await SentinelRedis.start(t);
  await redis.failover();
  await redis.sentinels[0].kill9(); // the first one in the URL
  const nodes = await startNodes(t, redis, ['cresset', 'cresset', 'reference']);
  const clients = await twoClientsOf(nodes, EVERYONE);
  await subscribed(redis, clients);
  const emitters = await startEmitters(t, redis);
  const message = { to: 'room', target: EVERYONE, event: 'e', data: 1 };
  for (const origin of originsOf(nodes, clients, emitters, EVERYONE)) {
    await sendAndExpect(origin, [message], clients);
  }
});

// --redis-sharded: each master of a Cluster carries the channels of its slots alone.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually } from '../integration/support/wait.mjs';
import { killMasters, startClusterFleet } from './support/cluster_fleet.mjs';
import { forCresset } from './support/fleet.mjs';
import { startNodes, twoClientsOf } from './support/nodes.mjs';
import { originsOf, sendAndExpect } from './support/origins.mjs';
import { ClusterRedis } from './support/cluster_redis.mjs';

const EVERYONE = 'public-all';
const SHARDED = ['--redis-sharded'];

// Until what is said in these rooms reaches all members. Of two origins on different nodes each
// warms up the node of the other.
async function warmUp(origin, rooms, clients) {
  for (const target of rooms) {
    const message = { to: 'room', target, event: 'warm' };
    const others = origin.recipients(message, clients);
    await eventually(async () => {
      await origin.send([message]);
      return others.every((client) => client.waiting > 0);
    }, `${target} is heard everywhere`);
    const fence = { to: 'room', target: EVERYONE, event: `warm ${target}` };
    await origin.send([fence]);
    for (const client of others) while ((await client.next()).event !== fence.event);
  }
}

test('masters are killed under load', forCresset, async (t) => {
  await killMasters(t, await startClusterFleet(t, SHARDED));
});

test('all sorts of messages between nodes', forCresset, async (t) => {
  const redis = await ClusterRedis.start(t);
  const nodes = await startNodes(t, redis, ['cresset', 'cresset', 'cresset'], SHARDED);
  const rooms = Array.from({ length: 20 }, (_, i) => `public-${i}`);
  const clients = await twoClientsOf(nodes, EVERYONE, ...rooms);
  const origins = originsOf(nodes, clients, [], EVERYONE);
  for (const origin of origins.slice(0, 2)) await warmUp(origin, [EVERYONE, ...rooms], clients);
  for (const origin of origins) {
    for (const target of [EVERYONE, ...rooms]) {
      await sendAndExpect(
        origin,
        [1, 2, 3].map((data) => ({ to: 'room', target, event: 'e', data })),
        clients,
        { inOrder: target === EVERYONE }, // the fence goes there, and may go by another master
      );
    }
  }
  const masters = await redis.masters();
  const channels = await redis.shardChannels();
  for (const master of masters) {
    assert.ok(
      channels.some(({ owner }) => owner === master),
      'every master has its share',
    );
  }
});

test('the slots in use move under load', forCresset, async (t) => {
  const { redis, traffic } = await startClusterFleet(t, SHARDED);
  const [first, second, third] = await redis.masters();
  const next = new Map([
    [first, second],
    [second, third],
    [third, first],
  ]);
  const used = await redis.shardChannels();
  assert.notEqual(used.length, 0);
  const slots = new Map(used.map(({ slot, owner }) => [slot, owner]));
  const moved = [...slots].slice(0, 20);
  for (const [slot, owner] of moved) {
    traffic.disturb();
    const at = await redis.moveSlot(slot, owner, next.get(owner));
    await traffic.deliversSince(at, `slot ${slot} has moved`, 'slot');
  }
  t.diagnostic(`${moved.length} slots moved`);
  await eventually(
    async () => (await redis.shardChannels()).length === used.length,
    'all are subscribed again',
  );
  await traffic.stop();
});

// Six servers as a Cluster: what is published at any of them reaches the subscribers of all.

import test from 'node:test';

import { killMasters, startClusterFleet } from './support/cluster_fleet.mjs';
import { startEmitters } from './support/emitters.mjs';
import { startNodes, twoClientsOf } from './support/nodes.mjs';
import { originsOf, sendAndExpect } from './support/origins.mjs';
import { ClusterRedis } from './support/cluster_redis.mjs';
import { subscribed } from './support/subscribed.mjs';

const EVERYONE = 'public-all';

test('nodes and emitters of both kinds', async (t) => {
  const redis = await ClusterRedis.start(t);
  const nodes = await startNodes(t, redis, ['cresset', 'cresset', 'reference']);
  const clients = await twoClientsOf(nodes, EVERYONE);
  await subscribed(redis, clients);
  const emitters = await startEmitters(t, redis);
  const messages = [
    { to: 'room', target: EVERYONE },
    { to: 'user', target: '2' },
    { to: 'client', target: clients[0].id },
    { to: 'broadcast' },
    { to: 'room', target: clients[3].id },
  ].map((sort, n) => ({ ...sort, event: 'count', data: n }));
  for (const origin of originsOf(nodes, clients, emitters, EVERYONE)) {
    // The reference publishes each channel to the owner of its slot.
    const inOrder = origin.client !== undefined;
    await sendAndExpect(
      origin,
      messages.filter((message) => origin.can(message)),
      clients,
      { inOrder },
    );
  }
  for (const client of clients) await client.expectNothing();
});

test('masters are killed under load', async (t) => {
  await killMasters(t, await startClusterFleet(t));
});

// Two nodes that talk all the time over a Cluster, of which masters are killed.

import { startNodes } from './nodes.mjs';
import { ClusterRedis } from './cluster_redis.mjs';
import { Traffic } from './traffic.mjs';

export async function startClusterFleet(t, flags) {
  const redis = await ClusterRedis.start(t);
  const nodes = await startNodes(t, redis, ['cresset', 'cresset'], flags);
  return { redis, nodes, traffic: await Traffic.start(t, nodes) };
}

// Every master in turn, because a node has its connections anywhere.
export async function killMasters(t, { redis, traffic }) {
  for (const dead of await redis.masters()) {
    traffic.disturb();
    await dead.kill9();
    const killedAt = performance.now();
    const takenOverAt = await redis.takenOverFrom(dead);
    t.diagnostic(`the Cluster took ${Math.round(takenOverAt - killedAt)} ms`);
    await traffic.deliversSince(takenOverAt, 'the failover', 'failover');
    await dead.begin();
    await redis.isSettled();
  }
  await traffic.flows();
  await traffic.stop();
}

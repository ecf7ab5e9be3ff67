// Two nodes that talk all the time over one Redis, for what is then done to it.

import { ALL_REFERENCE, startNodes } from './nodes.mjs';
import { Proxy } from './proxy.mjs';
import { Readiness } from './readiness.mjs';
import { startRedis } from './redis.mjs';
import { Traffic } from './traffic.mjs';

export const forCresset = { skip: ALL_REFERENCE && 'the reference does not do this' };

// How long a fault lasts is part of it.
export const lasts = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// `way` is where the nodes find Redis: there, or behind a proxy.
export async function startFleet(t, { behindProxy = false, flags = [] } = {}) {
  const redis = await startRedis(t);
  const way = behindProxy ? await Proxy.start(t, redis) : redis;
  const nodes = await startNodes(t, way, ['cresset', 'cresset'], flags);
  const traffic = await Traffic.start(t, nodes);
  const readiness = await Readiness.watch(t, nodes[0]);
  return { redis, way, nodes, traffic, readiness };
}

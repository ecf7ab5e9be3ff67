// Who is connected, or in a room, is reached from elsewhere at once, however long Redis takes to
// know of it: a client gives its id to a service, and that sends to it.

import test from 'node:test';

import { startNodes } from './support/nodes.mjs';
import { Proxy } from './support/proxy.mjs';
import { startRedis } from './support/redis.mjs';

const SLOW_MS = 200;

async function startSlowNode(t) {
  const redis = await startRedis(t);
  const way = await Proxy.start(t, redis);
  const [node] = await startNodes(t, way, ['cresset']);
  way.slow(SLOW_MS);
  return { redis, node };
}

function send(redis, type, target) {
  const message = { serverId: 'emitter', type, target, event: 'said', data: 1 };
  return redis.publish([`ws:${type}:${target}`, JSON.stringify(message)]);
}

for (const [what, type, targetOf] of [
  ['its id', 'client', ({ id }) => id],
  ['the room of its id', 'room', ({ id }) => id],
  ['its user', 'user', () => 'ada'],
]) {
  test(`a client is reached by ${what} when it has been told that it is connected`, async (t) => {
    const { redis, node } = await startSlowNode(t);
    const ada = await node.client('ada');
    await send(redis, type, targetOf(ada));
    await ada.expect('said', 1);
  });
}

test('a client is reached in a room when what it said after its join is answered', async (t) => {
  const { redis, node } = await startSlowNode(t);
  const ada = await node.client('ada', 'public-a');
  await send(redis, 'room', 'public-a');
  await ada.expect('said', 1);
});

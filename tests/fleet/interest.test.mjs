// A node asks Redis for what its clients are in, and for nothing else.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually } from '../integration/support/wait.mjs';
import { BOUNDS, expectWithin } from './support/bounds.mjs';
import { ALL_REFERENCE, startNodes } from './support/nodes.mjs';
import { callsOf, infoNumber, startRedis, subscribersOf } from './support/redis.mjs';

const ROOM = 'public-a';
const CHANNEL = `ws:room:${ROOM}`;
const forCresset = { skip: ALL_REFERENCE && 'the reference asks for everything' };

async function startFleet(t, flags) {
  const redis = await startRedis(t);
  return { redis, nodes: await startNodes(t, redis, ['cresset', 'cresset', 'cresset'], flags) };
}

function subscribed(redis, channel, count) {
  return eventually(
    async () => (await subscribersOf(redis, channel)) === count,
    `${count} nodes subscribe to ${channel}`,
  );
}

test('only nodes that have members subscribe to a room', forCresset, async (t) => {
  const { redis, nodes } = await startFleet(t);
  assert.equal(await subscribersOf(redis, CHANNEL), 0);
  assert.equal(await subscribersOf(redis, 'ws:broadcast'), 3);
  assert.equal(await redis.cli('pubsub', 'numpat'), '0');
  await nodes[0].client('ada', ROOM);
  await subscribed(redis, CHANNEL, 1);
  await Promise.all([
    nodes[0].client('bob', ROOM),
    nodes[1].client('eve', ROOM),
    nodes[2].client('ivy'),
  ]);
  await subscribed(redis, CHANNEL, 2);
  await subscribed(redis, 'ws:user:ada', 1);
  await subscribed(redis, 'ws:room:ws-default', 3);
});

test('clients and users are subscribed to where they are', forCresset, async (t) => {
  const { redis, nodes } = await startFleet(t);
  const [{ id }] = await Promise.all([
    nodes[0].client('ada'),
    nodes[1].client('ada'),
    nodes[2].client('bob'),
  ]);
  await subscribed(redis, 'ws:user:ada', 2);
  await subscribed(redis, 'ws:user:bob', 1);
  await subscribed(redis, `ws:client:${id}`, 1);
  await subscribed(redis, `ws:room:${id}`, 1);
});

test('what is said in a room goes only to nodes that have members', forCresset, async (t) => {
  const { redis, nodes } = await startFleet(t);
  const [ada, bob, eve] = await Promise.all([
    nodes[0].client('ada', ROOM, 'public-b'),
    nodes[1].client('bob', ROOM),
    nodes[2].client('eve', 'public-b'),
  ]);
  await Promise.all([subscribed(redis, CHANNEL, 2), subscribed(redis, 'ws:room:public-b', 2)]);
  const before = await infoNumber(redis, 'stats', 'total_net_output_bytes');
  const data = 'x'.repeat(10_000);
  for (let n = 0; n < 100; n += 1) ada.publish(ROOM, 'big', data);
  for (let n = 0; n < 100; n += 1) await bob.expect('big', data);
  const bytes = (await infoNumber(redis, 'stats', 'total_net_output_bytes')) - before;
  // Once to the node of bob, and once to that of ada, which has members too and drops its own.
  t.diagnostic(`Redis sent ${bytes} bytes for 1000000`);
  assert.ok(bytes > 1_000_000 && bytes < 2_300_000, `${bytes} bytes`);
  ada.publish('public-b', 'small', 1);
  assert.equal((await eve.next()).event, 'small', 'nothing came before it');
});

test('after the last leave the room is given up, some seconds later', forCresset, async (t) => {
  const { redis, nodes } = await startFleet(t);
  const [ada, bob] = await Promise.all([
    nodes[0].client('ada', ROOM),
    nodes[0].client('bob', ROOM),
  ]);
  await subscribed(redis, CHANNEL, 1);
  await ada.leave(ROOM);
  await bob.leave(ROOM);
  const leftAt = performance.now();
  await subscribed(redis, CHANNEL, 0);
  expectWithin(
    t,
    'unsubscribed after the last leave',
    performance.now() - leftAt,
    BOUNDS.unsubscribed,
  );
});

test('the last member closes: room, user and client are given up', forCresset, async (t) => {
  const { redis, nodes } = await startFleet(t);
  const ada = await nodes[0].client('ada', ROOM);
  const channels = [CHANNEL, 'ws:user:ada', `ws:client:${ada.id}`, `ws:room:${ada.id}`];
  await Promise.all(channels.map((channel) => subscribed(redis, channel, 1)));
  await ada.close();
  const leftAt = performance.now();
  await Promise.all(channels.map((channel) => subscribed(redis, channel, 0)));
  expectWithin(t, 'unsubscribed after the close', performance.now() - leftAt, BOUNDS.unsubscribed);
});

test('who leaves and comes back at once costs Redis nothing', forCresset, async (t) => {
  const { redis, nodes } = await startFleet(t);
  const [ada, bob] = await Promise.all([
    nodes[0].client('ada', ROOM),
    nodes[1].client('bob', ROOM),
  ]);
  await subscribed(redis, CHANNEL, 2);
  const calls = () => Promise.all(['subscribe', 'unsubscribe'].map((name) => callsOf(redis, name)));
  const before = await calls();
  for (let n = 0; n < 100; n += 1) {
    await ada.leave(ROOM);
    await ada.join(ROOM);
    bob.publish(ROOM, 'count', n);
    await ada.expect('count', n);
  }
  assert.deepEqual(await calls(), before);
});

test('a room is heard from the join on, whenever that is', forCresset, async (t) => {
  const { nodes } = await startFleet(t);
  const bob = await nodes[1].client('bob', ...Array.from({ length: 50 }, (_, n) => `public-${n}`));
  const ada = await nodes[0].client('ada');
  let slowest = 0;
  for (let n = 0; n < 50; n += 1) {
    const room = `public-${n}`;
    await ada.join(room);
    const joinedAt = performance.now();
    // The join is answered here; until Redis has answered too, what is said elsewhere may be
    // missed.
    const said = setInterval(() => bob.publish(room, 'said', n), 5);
    try {
      await ada.expect('said', n);
    } finally {
      clearInterval(said);
    }
    slowest = Math.max(slowest, performance.now() - joinedAt);
    bob.publish(room, 'last', n);
    while ((await ada.next()).event !== 'last');
    await ada.leave(room);
  }
  expectWithin(t, 'from a join to the first message from elsewhere', slowest, BOUNDS.back);
});

test('ten thousand rooms are subscribed to, also anew', forCresset, async (t) => {
  const redis = await startRedis(t);
  const nodes = await startNodes(t, redis, ['cresset', 'cresset']);
  let ada;
  for (let i = 0; i < 10_000; i += 1000) {
    ada = await nodes[0].client(
      'ada',
      ...Array.from({ length: 1000 }, (_, n) => `public-${i + n}`),
    );
  }
  await subscribed(redis, 'ws:room:public-9999', 1);
  const bob = await nodes[1].client('bob', 'public-9999', 'public-0');
  await subscribed(redis, 'ws:room:public-0', 2);
  await redis.restart();
  await subscribed(redis, 'ws:room:public-9999', 2);
  await subscribed(redis, 'ws:room:public-0', 2);
  expectWithin(
    t,
    'all subscribed again after the restart',
    performance.now() - redis.readyAt,
    BOUNDS.ready,
  );
  bob.publish('public-9999', 'e', 1);
  await ada.expect('e', 1);
});

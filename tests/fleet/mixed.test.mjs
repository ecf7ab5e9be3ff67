// Two nodes of Cresset, one of the reference, and emitters of both: whatever is sent by anybody
// reaches exactly whom it is for, once, in order, as it was.

import assert from 'node:assert/strict';
import test from 'node:test';

import { startEmitters } from './support/emitters.mjs';
import { ALL_REFERENCE, startNodes } from './support/nodes.mjs';
import { originsOf, sendAndExpect } from './support/origins.mjs';
import { startRedis } from './support/redis.mjs';
import { Spy } from './support/spy.mjs';
import { subscribed } from './support/subscribed.mjs';

const KINDS = ['cresset', 'cresset', 'reference'];
const NOBODY = '7e56b9ce-2d3c-4ac6-a1d7-0123456789ab';
const EVERYONE = 'public-all';

async function startClients(nodes) {
  const clients = [];
  for (const [i, node] of nodes.entries()) {
    clients.push(
      await node.client('ada', EVERYONE, 'public-a'),
      await node.client(`bob ${i}`, EVERYONE, 'public-a', 'public-b', 'public-[a]*'),
      await node.client(undefined, EVERYONE),
    );
  }
  clients.push(await nodes[0].client('tab\t"ü*', EVERYONE, 'public-solo'));
  return clients;
}

async function startFleet(t, flags) {
  const redis = await startRedis(t);
  const [nodes, emitters] = await Promise.all([
    startNodes(t, redis, KINDS, flags),
    startEmitters(t, redis),
  ]);
  const clients = await startClients(nodes);
  await subscribed(redis, clients);
  return { redis, nodes, clients, origins: originsOf(nodes, clients, emitters, EVERYONE) };
}

const DATA = [
  1,
  'ü "quoted"\\ \n \u00a0 😀',
  { z: [1.5, { a: null }], b: false },
  [],
  null,
  -7,
  '',
];

// Every sort of message, to everybody and nobody.
function allSorts(clients) {
  const ids = clients.map(({ id }) => id);
  const rooms = [
    EVERYONE,
    'public-a',
    'public-b',
    'public-[a]*',
    'public-solo',
    'ws-default',
    'public-none',
  ];
  const sorts = [
    ...[...ids, NOBODY].map((target) => ({ to: 'client', target })),
    ...['ada', 'bob 0', 'bob 2', 'tab\t"ü*', 'nobody'].map((target) => ({ to: 'user', target })),
    ...[...rooms, ...ids, NOBODY].map((target) => ({ to: 'room', target })),
    ...[[ids[0], ids[5]], [NOBODY], ids, []].map((exclude) => ({
      to: 'room',
      target: EVERYONE,
      exclude,
    })),
    { to: 'room', target: 'public-solo', exclude: ids.slice(0, 3) },
    { to: 'broadcast' },
  ];
  const told = sorts.map((sort, i) => ({
    ...sort,
    event: `event ${i}`,
    data: DATA[i % DATA.length],
  }));
  return [...told, { to: 'room', target: EVERYONE, event: 'without data' }];
}

test('every sort of message of everybody reaches exactly whom it is for', async (t) => {
  const { clients, nodes, origins } = await startFleet(t);
  const strangers = await Promise.all(nodes.map((node) => node.stranger()));
  const messages = allSorts(clients);
  for (const origin of origins) {
    const possible = messages.filter((message) => origin.can(message));
    await sendAndExpect(origin, possible, clients);
    t.diagnostic(`${origin.name}: ${possible.length} messages`);
  }
  for (const quiet of [...clients, ...strangers]) await quiet.expectNothing();
});

test('what one sends keeps its order across all sorts', async (t) => {
  const { clients, nodes, origins } = await startFleet(t);
  for (const origin of origins) {
    for (const node of nodes) {
      const receiver = clients.findLast(
        (client) => client.node === node && client !== origin.client,
      );
      const { id, userId, rooms } = receiver;
      const sorts = [
        { to: 'room', target: EVERYONE },
        { to: 'client', target: id },
        { to: 'room', target: rooms.at(-1) },
        { to: 'broadcast' },
        { to: 'room', target: id },
        { to: 'user', target: userId ?? 'nobody' },
      ].filter((sort) => origin.can({ ...sort, data: 0 }));
      // One by one, and then in rows, which cost an emitter that is a process less.
      const turn = (n) => (n < 30 ? n : Math.floor(n / 20));
      const messages = Array.from({ length: 200 }, (_, n) => ({
        ...sorts[turn(n) % sorts.length],
        event: 'count',
        data: n,
      }));
      await sendAndExpect(origin, messages, clients);
    }
  }
});

// Messages with the channel and the payload, for a client that is where they come from.
const wireOf = (id) => [
  [
    { to: 'client', target: id, event: 'e', data: { z: 1, a: 2 } },
    `ws:client:${id}`,
    `"type":"client","target":"${id}","event":"e","data":{"z":1,"a":2}`,
  ],
  [
    { to: 'user', target: 'ü "', event: 'e', data: 1 },
    'ws:user:ü "',
    '"type":"user","target":"ü \\"","event":"e","data":1',
  ],
  [
    { to: 'room', target: EVERYONE, event: 'e', data: [] },
    `ws:room:${EVERYONE}`,
    `"type":"room","target":"${EVERYONE}","event":"e","data":[]`,
  ],
  [
    { to: 'room', target: EVERYONE, event: 'e', data: 'x', exclude: [NOBODY] },
    `ws:room:${EVERYONE}`,
    `"type":"room","target":"${EVERYONE}","event":"e","data":"x","exclude":["${NOBODY}"]`,
  ],
  [
    { to: 'broadcast', event: 'e', data: null },
    'ws:broadcast',
    '"type":"broadcast","event":"e","data":null',
  ],
  [
    { to: 'room', target: EVERYONE, event: 'e' },
    `ws:room:${EVERYONE}`,
    `"type":"room","target":"${EVERYONE}","event":"e"`,
  ],
];
const UUID =
  /^\{"serverId":"([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})",/;

test('what is published has the form of the contract', async (t) => {
  const { redis, clients, origins } = await startFleet(t);
  const spy = await Spy.start(t, redis, 'ws:*');
  const ids = new Set();
  for (const origin of origins) {
    const { id } = clients.find(({ node }) => node === origin.node) ?? clients[0];
    for (const [message, channel, payload] of wireOf(id).filter(([wanted]) => origin.can(wanted))) {
      await origin.send([message]);
      const seen = await spy.next();
      const serverId = origin.node ? seen.payload.match(UUID)?.[1] : 'emitter';
      const sender = origin.client ? `,"exclude":["${origin.client.id}"]` : '';
      assert.deepEqual(
        seen,
        { channel, payload: `{"serverId":"${serverId}",${payload}${sender}}` },
        origin.name,
      );
      ids.add(serverId);
    }
  }
  assert.equal(ids.size, 1 + KINDS.length, 'each node has an id of its own');
});

test('a node does not hear itself', async (t) => {
  const { redis, clients, origins } = await startFleet(t);
  const spy = await Spy.start(t, redis, 'ws:*');
  const origin = origins.find(({ node }) => node);
  await sendAndExpect(origin, [{ to: 'room', target: EVERYONE, event: 'e', data: 1 }], clients);
  const { channel, payload } = await spy.next();
  await redis.cli('publish', channel, payload.replace(/,"exclude":[^}]*/, ''));
  const others = clients.filter(({ node }) => node !== origin.node);
  for (const client of others) assert.equal(await client.nextText(), '{"event":"e","data":1}');
  await sendAndExpect(origins[0], [], clients);
});

const forCresset = { skip: ALL_REFERENCE && 'the reference has no such option' };

test('a node with --redis-subscribe pattern hears the same', forCresset, async (t) => {
  const { clients, origins, redis } = await startFleet(t, ['--redis-subscribe', 'pattern']);
  const messages = allSorts(clients);
  for (const origin of origins) {
    await sendAndExpect(
      origin,
      messages.filter((message) => origin.can(message)),
      clients,
    );
  }
  assert.equal(await redis.cli('pubsub', 'numpat'), '3', 'of patterns: rooms, clients, users');
});

test('fleets of different prefixes do not hear each other', forCresset, async (t) => {
  const redis = await startRedis(t);
  const [ours, alsoOurs] = await startNodes(
    t,
    redis,
    ['cresset', 'cresset'],
    ['--redis-prefix', 'our:'],
  );
  const [theirs] = await startNodes(t, redis, ['cresset']);
  const spy = await Spy.start(t, redis);
  const [ada, bob, eve, ivy] = await Promise.all([
    ours.client('ada', EVERYONE),
    alsoOurs.client('bob', EVERYONE),
    theirs.client('eve', EVERYONE),
    theirs.client('ivy', EVERYONE),
  ]);
  await Promise.all([subscribed(redis, [ada, bob], 'our:'), subscribed(redis, [eve, ivy])]);
  ada.publish(EVERYONE, 'ours', 1);
  eve.publish(EVERYONE, 'theirs', 2);
  await bob.expect('ours', 1);
  await ivy.expect('theirs', 2);
  const channels = [(await spy.next()).channel, (await spy.next()).channel];
  assert.deepEqual(channels.sort(), [`our:room:${EVERYONE}`, `ws:room:${EVERYONE}`]);
  for (const client of [ada, bob, eve, ivy]) await client.expectNothing();
});

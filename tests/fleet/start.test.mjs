// Nodes that start when Redis is not there, or does not let them in, or not everywhere.

import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually, within } from '../integration/support/wait.mjs';
import { BOUNDS, expectWithin } from './support/bounds.mjs';
import { forCresset, lasts } from './support/fleet.mjs';
import { CressetNode, cressetServe, startNodes } from './support/nodes.mjs';
import { absentRedis, connectionsOf, startRedis } from './support/redis.mjs';
import { Traffic } from './support/traffic.mjs';

// Ends by itself, with this on stderr.
async function expectEnd(program, why) {
  const status = await within(program.ended, 'the end of cresset serve');
  assert.match(program.stderr, why);
  assert.notEqual(status, 0);
  assert.equal(program.stdout, '');
}

test('Redis is away at the start', forCresset, async (t) => {
  const redis = await absentRedis(t);
  const began = performance.now();
  const program = cressetServe(t, ['--redis', redis.url, '--redis-ready-timeout', '1500ms']);
  await expectEnd(program, /Redis client did not become ready within 1500ms/);
  const ms = performance.now() - began;
  assert.ok(ms >= 1500, `it waited ${ms} ms`);
  expectWithin(t, 'the end, after its 1500 ms', ms - 1500, BOUNDS.ready);
});

test('Redis is away at the start, and comes 2 s later', forCresset, async (t) => {
  const redis = await absentRedis(t);
  const programs = [1, 2].map(() => cressetServe(t, ['--redis', redis.url]));
  await lasts(2000);
  await redis.begin();
  const nodes = await Promise.all(
    programs.map((program, i) => CressetNode.of(t, `node ${i}`, program)),
  );
  expectWithin(t, 'ready, after Redis', performance.now() - redis.readyAt, BOUNDS.back);
  const traffic = await Traffic.start(t, nodes);
  await traffic.stop();
});

test('a wrong password at the start', forCresset, async (t) => {
  const redis = await startRedis(t, ['requirepass right'], { cliOptions: ['-a', 'right'] });
  for (const user of [':wrong-one@', 'nobody:wrong-one@', '']) {
    const program = cressetServe(t, [
      '--redis',
      redis.urlFor(user),
      '--redis-ready-timeout',
      '1500ms',
    ]);
    await expectEnd(program, /WRONGPASS|NOAUTH/);
    assert.doesNotMatch(program.stderr, /wrong-one/, 'passwords are not written');
  }
});

// --- who may do what ---

const PASSWORD = 'p@ss:w/rd%?#';

test('a user with a password of odd letters', forCresset, async (t) => {
  const redis = await startRedis(t, [`user fleet on ">${PASSWORD}" allchannels +@all`]);
  const url = redis.urlFor(`fleet:${encodeURIComponent(PASSWORD)}@`);
  const traffic = await Traffic.start(t, await startNodes(t, { url }, ['cresset', 'cresset']));
  await traffic.stop();
});

const ID = '????????-????-4???-????-????????????';
const ALLOWED = [
  'ws:broadcast',
  'ws:client:*',
  'ws:user:*',
  `ws:room:${ID}`,
  'ws:room:ws-*',
  'ws:room:public-[a-t]*',
];

test('a channel that the user may not use harms no other', forCresset, async (t) => {
  const channels = ALLOWED.map((pattern) => `&${pattern}`).join(' ');
  const redis = await startRedis(t, [`user fleet on >secret resetchannels ${channels} +@all`]);
  const way = { url: redis.urlFor('fleet:secret@') };
  const nodes = await startNodes(t, way, ['cresset', 'cresset']);
  const traffic = await Traffic.start(t, nodes);
  const [ada, bob, far] = await Promise.all([
    nodes[0].client('ada', 'public-x'),
    nodes[0].client('bob', 'public-x'),
    nodes[1].client('far', 'public-x'),
  ]);
  ada.publish('public-x', 'here', 1);
  await bob.expect('here', 1);
  await eventually(() => nodes[0].log.includes('NOPERM'), 'the log says why');
  await traffic.flows();
  await far.expectNothing();
  await redis.cli('acl', 'setuser', 'fleet', 'allchannels');
  const before = await connectionsOf(redis, 'pubsub');
  assert.equal(await traffic.stop(), 0, 'nothing is lost in other rooms');
  assert.deepEqual(await connectionsOf(redis, 'pubsub'), before, 'nobody had to connect again');
});

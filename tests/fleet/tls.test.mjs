// rediss://: only the right server is spoken to, and only the right client is let in.

import assert from 'node:assert/strict';
import test, { before } from 'node:test';

import { within } from '../integration/support/wait.mjs';
import { Authority } from '../support/certificates.mjs';
import { runEmit, startEmitters } from './support/emitters.mjs';
import {
  ALL_REFERENCE,
  cressetRedisFlags,
  cressetServe,
  startNodes,
  twoClientsOf,
} from './support/nodes.mjs';
import { originsOf, sendAndExpect } from './support/origins.mjs';
import { startTlsRedis } from './support/redis.mjs';
import { subscribed } from './support/subscribed.mjs';

const EVERYONE = 'public-all';
const forCresset = { skip: ALL_REFERENCE && 'the reference trusts what it is told' };

let right; // signs the server's certificate
let wrong;
let ofClients;
before(() => {
  right = new Authority('right');
  wrong = new Authority('wrong');
  ofClients = new Authority('of clients');
});

// What nodes of both kinds need to know.
function trusting(redis, ca, client) {
  const flags = ['--redis-ca', ca];
  if (client) flags.push('--redis-cert', client.cert, '--redis-key', client.key);
  return { url: redis.url, flags, tls: { ca, ...client } };
}

// It wants to see a certificate of a client.
function startAskingRedis(t) {
  const server = right.issue('server');
  return startTlsRedis(t, ofClients, { server, clientAuthority: ofClients });
}

async function expectFleet(t, redis, way) {
  const nodes = await startNodes(t, way, ['cresset', 'cresset', 'reference']);
  const clients = await twoClientsOf(nodes, EVERYONE);
  await subscribed(redis, clients);
  const emitters = await startEmitters(t, way);
  const message = { to: 'room', target: EVERYONE, event: 'e', data: 'x'.repeat(50_000) };
  for (const origin of originsOf(nodes, clients, emitters, EVERYONE)) {
    await sendAndExpect(origin, [message], clients);
  }
}

async function expectRefusal(t, way, why) {
  const soon = ['--redis-ready-timeout', '1500ms'];
  const program = cressetServe(t, [...cressetRedisFlags(way), ...soon]);
  const status = await within(program.ended, 'the end of cresset serve');
  assert.match(program.stderr, why);
  assert.notEqual(status, 0);
  const emit = await runEmit(way, [...soon, '--room', EVERYONE, 'e', '1']);
  assert.match(emit.stderr, why);
  assert.notEqual(emit.status, 0);
}

test('with the authority that signed the server', async (t) => {
  const redis = await startTlsRedis(t, right, { server: right.issue('server') });
  await expectFleet(t, redis, trusting(redis, right.cert));
});

test('with a certificate that Redis asks for', async (t) => {
  const redis = await startAskingRedis(t);
  await expectFleet(t, redis, trusting(redis, right.cert, ofClients.issue('node')));
});

test('a server that another authority signed is refused', forCresset, async (t) => {
  const redis = await startTlsRedis(t, right, { server: wrong.issue('server') });
  await expectRefusal(t, trusting(redis, right.cert), /certificate/i);
});

test(
  'a server is refused when nobody is trusted but the usual authorities',
  forCresset,
  async (t) => {
    const redis = await startTlsRedis(t, right, { server: right.issue('server') });
    await expectRefusal(t, { url: redis.url }, /certificate/i);
  },
);

test('a certificate of another host is refused', forCresset, async (t) => {
  const server = right.issue('elsewhere', 'IP:127.0.0.2,DNS:redis.example');
  const redis = await startTlsRedis(t, right, { server });
  await expectRefusal(t, trusting(redis, right.cert), /certificate|host|IP address/i);
});

// Redis sends an alert, or just closes: it depends on who is faster.
test('without a certificate where Redis asks for one', forCresset, async (t) => {
  const redis = await startAskingRedis(t);
  await expectRefusal(t, trusting(redis, right.cert), /certificate|closed/i);
});

test('with a certificate that Redis does not trust', forCresset, async (t) => {
  const redis = await startAskingRedis(t);
  await expectRefusal(t, trusting(redis, right.cert, wrong.issue('node')), /./);
});

test('plain connections to a port of TLS', forCresset, async (t) => {
  const redis = await startTlsRedis(t, right, { server: right.issue('server') });
  await expectRefusal(t, { url: redis.url.replace('rediss', 'redis') }, /./);
});

const FILES = [
  ['no authority', ['--redis-ca', '/nowhere/ca.crt'], /\/nowhere\/ca\.crt/],
  [
    'no certificate',
    ['--redis-cert', '/nowhere/c.crt', '--redis-key', '/nowhere/c.key'],
    /\/nowhere\/c\.(crt|key)/,
  ],
];
for (const [what, flags, why] of FILES) {
  test(`a file that holds ${what} is refused at once`, forCresset, async (t) => {
    const program = cressetServe(t, ['--redis', 'rediss://127.0.0.1:1', ...flags]);
    assert.notEqual(await within(program.ended, 'the end of cresset serve'), 0);
    assert.match(program.stderr, why);
  });
}

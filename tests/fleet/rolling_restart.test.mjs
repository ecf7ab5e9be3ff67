// Two nodes restart one after the other, while clients talk and come back when they are closed.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Faithful } from '../integration/support/faithful.mjs';
import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { eventually } from '../integration/support/wait.mjs';
import { freePort } from '../support/free_port.mjs';
import { forCresset } from './support/fleet.mjs';
import { startRedis } from './support/redis.mjs';

const ROOM = 'public-a';
const DRAIN_MS = 3000;

test('nobody is away for longer than the drain', forCresset, async (t) => {
  const redis = await startRedis(t);
  const start = (port) => startServer(t, ['--port', `${port}`, '--redis', redis.url, ...OPEN_ROOMS,
    '--stop-delay', '200ms', '--drain', `${DRAIN_MS}ms`]);
  const nodes = [await start(await freePort()), await start(await freePort())];
  const urls = nodes.map((node) => node.urlOf('/ws'));

  let heard = 0;
  const clients = Array.from({ length: 40 }, (_, i) => {
    const order = i % 2 === 0 ? urls : [...urls].reverse();
    return new Faithful(order, nodes[0].tls, (client) => {
      client.send('join', { rooms: [ROOM] });
      client.socket.on('message', () => { ++heard; });
    });
  });
  const running = Promise.all(clients.map((client) => client.run()));
  const allTalk = () => clients.every(({ connections }) => connections > 0);
  await eventually(allTalk, 'all are connected');
  const talking = setInterval(() => {
    for (const { client } of clients.slice(0, 10)) {
      if (client.socket.readyState === client.socket.OPEN) client.publish(ROOM, 'chat', 'x');
    }
  }, 10);
  t.after(() => clearInterval(talking));

  for (const i of [0, 1]) {
    const port = nodes[i].port;
    const before = heard;
    nodes[i].program.signal('SIGTERM');
    await nodes[i].ended(); // with 0
    nodes[i] = await start(port);
    assert.ok(heard > before, 'the others talked meanwhile');
    // The next may go when this one has taken somebody: a client finds one of the two.
    await eventually(async () => (await fetchReady(nodes[i])) === 200, 'the new node is ready');
  }
  clearInterval(talking);
  await Promise.all(clients.map((client) => client.end()));
  await running;
  const gaps = clients.flatMap((client) => client.gaps);
  assert.ok(gaps.length >= 40, `${gaps.length} came back`);
  assert.ok(Math.max(...gaps) < DRAIN_MS, `the longest was away for ${Math.max(...gaps)} ms`);
  t.diagnostic(`${gaps.length} came back, the last after ${Math.max(...gaps).toFixed()} ms`);
});

async function fetchReady(node) {
  return (await fetch(new URL('/readyz', node.url))).status;
}

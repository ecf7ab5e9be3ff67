// The server is killed while it works, and started again where it was.

import assert from 'node:assert/strict';
import test from 'node:test';

import { startRedis, subscribersOf } from '../fleet/support/redis.mjs';
import { Faithful } from '../integration/support/faithful.mjs';
import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { eventually } from '../integration/support/wait.mjs';
import { freePort } from '../support/free_port.mjs';
import { servesNewcomers, totals } from './support/endures.mjs';

const CLIENTS = 50;
const ROUNDS = 3;
const ROOM = 'public-a';

// Ends it as the kernel does when memory is short.
async function kill(server) {
  server.program.signal('SIGKILL');
  assert.equal(await server.program.status(), 'SIGKILL');
  server.stop = async () => {}; // it has nothing more to say
}

test('a server is killed under load, and all come back to the next one', async (t) => {
  const redis = await startRedis(t);
  const port = await freePort();
  const flags = [...OPEN_ROOMS, '--port', `${port}`, '--redis', redis.url];
  let server = await startServer(t, flags);
  const heard = new Set();
  const clients = Array.from({ length: CLIENTS }, (_, i) => {
    const listen = async (client) => {
      client.send('join', { rooms: [ROOM] });
      for (;;) if ((await client.next()).event === 'number') heard.add(i);
    };
    return new Faithful([server.urlOf('/ws')], server.tls, (client) => {
      listen(client).catch(() => {}); // closed
    });
  });
  const running = clients.map((client) => client.run());
  const speaking = setInterval(() => {
    const { socket } = clients[0].client;
    if (socket.readyState === socket.OPEN) clients[0].client.publish(ROOM, 'number', 1);
  }, 5);
  const allHear = async () => {
    heard.clear();
    await eventually(() => heard.size === CLIENTS - 1, 'all but the speaker hear it');
  };
  try {
    await allHear();
    for (let round = 0; round < ROUNDS; round += 1) {
      await kill(server);
      await eventually(
        async () => (await subscribersOf(redis, `ws:room:${ROOM}`)) === 0,
        'Redis has forgotten it',
      );
      server = await startServer(t, flags);
      await allHear();
      assert.equal(await subscribersOf(redis, `ws:room:${ROOM}`), 1);
    }
  } finally {
    clearInterval(speaking);
    await Promise.all(clients.map((client) => client.end()));
    await Promise.all(running);
  }
  for (const { connections } of clients) assert.ok(connections > ROUNDS, `${connections}`);
  await servesNewcomers(server);
  await totals(server);
});

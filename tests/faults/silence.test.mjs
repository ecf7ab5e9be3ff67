// A thousand connections that say nothing.

import assert from 'node:assert/strict';
import test from 'node:test';

import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { endures } from './support/endures.mjs';
import { allEnded, strangers, upgraded } from './support/strangers.mjs';

const COUNT = 1000;

const SILENCES = {
  'before the request': {
    prepare: async () => {},
    end: async (raw) => assert.equal((await raw.response()).status, 408),
  },
  'behind the upgrade': {
    prepare: upgraded,
    end: async (raw) => assert.equal((await raw.closeFrame()).code, 4001),
  },
};

for (const [where, { prepare, end }] of Object.entries(SILENCES)) {
  test(`a thousand connections are silent ${where}`, async (t) => {
    const server = await startServer(t,
      [...OPEN_ROOMS, '--handshake-timeout', '3s', '--auth-timeout', '3s']);
    const counted = await endures(t, server, async (talk) => {
      const raws = await strangers(server, COUNT, prepare);
      await talk.flows();
      await Promise.all(raws.map(end));
      await allEnded(raws);
      for (const { socket } of raws) socket.destroy();
    });
    assert.equal(counted.refused_connections, 0, 'as many may come in');
  });
}

test('of a thousand silent connections those over a limit are turned away, and counted', async (t) => {
  const server = await startServer(t,
    [...OPEN_ROOMS, '--handshake-timeout', '3s', '--max-unauthenticated', '100']);
  const counted = await endures(t, server, async () => {
    const raws = await strangers(server, COUNT);
    await allEnded(raws);
    for (const { socket } of raws) socket.destroy();
  });
  assert.ok(counted.refused_connections >= COUNT - 200, `${counted.refused_connections} refused`);
});

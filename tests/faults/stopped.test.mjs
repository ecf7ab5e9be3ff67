// The server stands still for a while, as a machine that is moved or swaps does.

import test from 'node:test';

import { lasts } from '../fleet/support/fleet.mjs';
import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { endures } from './support/endures.mjs';

const STILL_MS = 4_000;

test('a server stands still, and nothing that was sent meanwhile is lost', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  await endures(t, server, async () => {
    server.program.signal('SIGSTOP');
    await lasts(STILL_MS);
    server.program.signal('SIGCONT');
  });
});

test('nobody is taken for silent because the server stood still', async (t) => {
  // All that it waits for is over by the time that it looks again.
  const server = await startServer(t, [...OPEN_ROOMS, '--heartbeat-timeout', '2s',
    '--heartbeat-interval', '1s', '--idle-timeout', '2s', '--unacknowledged-timeout', '2s']);
  await endures(t, server, async () => {
    server.program.signal('SIGSTOP');
    await lasts(STILL_MS);
    server.program.signal('SIGCONT');
  });
});

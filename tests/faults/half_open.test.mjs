// Clients that vanish without a word, as when a cable is pulled: half of them while they are sent
// something, half while nobody speaks to them.

import assert from 'node:assert/strict';
import test from 'node:test';

import { lasts } from '../fleet/support/fleet.mjs';
import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { within } from '../integration/support/wait.mjs';
import { endures } from './support/endures.mjs';
import { FarSide, inOwnNamespace, unavailable } from './support/far_side.mjs';

const COUNT = 20;
const ROOM = 'public-far';
const GONE_MS = 35_000; // docs/limits.md

const unavailableHere = unavailable();

const CASES = [
  { what: 'sent to', speaks: true },
  // Without the pings of the idle timeout.
  { what: 'sent to, and not pinged', speaks: true, flags: ['--idle-timeout', '0s'] },
  { what: 'idle, and not pinged', flags: ['--idle-timeout', '0s'] },
  { what: 'idle' },
];

if (unavailableHere || inOwnNamespace(import.meta.url)) {
  for (const { what, speaks = false, flags = [] } of CASES) {
    test(`clients that vanish while they are ${what} are gone within 35 s`, { skip: unavailableHere }, async (t) => {
      const server = await startServer(t, [...OPEN_ROOMS, '--log-level', 'debug', ...flags]);
      const counted = await endures(t, server, async () => {
        const far = await FarSide.start(t, server.port, COUNT, ROOM);
        const speaker = await server.client('speaker', ROOM);
        const gone = () =>
          server.logged('client disconnected').filter(({ user }) => user === 'far').length;
        far.pullTheCable();
        const begun = performance.now();
        const all = async () => {
          while (gone() < COUNT) {
            if (speaks) speaker.publish(ROOM, 'anybody there?', 'x'.repeat(1000));
            await lasts(100);
          }
        };
        await within(all(), 'all are gone', GONE_MS);
        t.diagnostic(`gone after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
        await speaker.terminate();
      });
      // Of those who are idle the kernel may be the first to give up, by its keepalive.
      if (speaks) assert.equal(counted.vanished, COUNT);
      else assert.ok(counted.vanished <= COUNT);
    });
  }
}

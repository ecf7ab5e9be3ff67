// Clients that don't read, whether or not they are sent much.

import assert from 'node:assert/strict';
import test from 'node:test';

import { lasts } from '../fleet/support/fleet.mjs';
import { OPCODE, frame } from '../integration/support/frames.mjs';
import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { eventually } from '../integration/support/wait.mjs';
import { endures } from './support/endures.mjs';
import { FENCE, authenticated, memberOf, strangers } from './support/strangers.mjs';

const ROOM = 'public-windows';
const SIZE = 10_000;
const CLOSED_MS = 4_000;
// Answers to so many of both are more than the kernel holds for a client.
const PING = frame(OPCODE.ping, 'x'.repeat(125));

test('clients close their windows for a while, and hear the rest when they open them', async (t) => {
  const count = 20;
  const server = await startServer(t, OPEN_ROOMS);
  const counted = await endures(t, server, async () => {
    const raws = await strangers(server, count, memberOf(ROOM));
    for (const { socket } of raws) socket.pause();
    const speaker = await server.client('speaker', ROOM);
    const say = async (event) => {
      speaker.publish(ROOM, event, 'x'.repeat(SIZE));
      await speaker.expectNothing();
    };
    const full = () => server.logged('client reads too slowly, messages to it are dropped').length;
    while (full() < count) await say('number');
    await lasts(CLOSED_MS);
    for (const { socket } of raws) socket.resume();
    await eventually(() => server.logged('client reads again').length === count, 'all read again');
    await say('end');
    await Promise.all(raws.map(async (raw) => {
      while (!(await raw.text()).includes('"event":"end"'));
    }));
    await Promise.all([speaker, ...raws].map((each) => each.terminate()));
  }, { keptMaxBytes: 2 * 1024 * 1024 * count });
  assert.ok(counted.dropped_slow_client > 0);
});

for (const [what, flags] of [
  ['as much as they may', []],
  ['without end', ['--messages-per-second', '0', '--bytes-per-second', '0']],
]) {
  test(`clients send ${what}, are answered, and don't read`, async (t) => {
    const count = 10;
    const server = await startServer(t, [...OPEN_ROOMS, ...flags]);
    const counted = await endures(t, server, async () => {
      const raws = await strangers(server, count, authenticated);
      for (const raw of raws) {
        raw.socket.pause();
        raw.write(Buffer.concat(Array(100_000).fill(Buffer.concat([FENCE, PING]))));
      }
      await lasts(CLOSED_MS);
      for (const { socket } of raws) socket.resetAndDestroy();
    }, { keptMaxBytes: 2 * 1024 * 1024 * count });
    if (flags.length === 0) assert.equal(counted.closed_over_rate, count);
    else assert.ok(counted.dropped_slow_client > 0, 'answers are lost, and not kept');
  });
}

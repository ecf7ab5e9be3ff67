// Connections that are reset, in every state that they can be in.

import assert from 'node:assert/strict';
import test from 'node:test';

import { OPCODE, closeFrame, frame, text } from '../integration/support/frames.mjs';
import { upgradeRequest } from '../integration/support/raw.mjs';
import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { endures } from './support/endures.mjs';
import {
  AUTHENTICATE, authenticated, memberOf, strangers, upgraded,
} from './support/strangers.mjs';

const COUNT = 300;
const ROOM = 'public-resets';
const MESSAGE = text(`{"event":"publish","data":{"room":"${ROOM}","event":"e","data":"${'x'.repeat(200)}"}}`);

const STATES = {
  'before the request': async () => {},
  'in the middle of the request': async (raw) => raw.write(upgradeRequest().slice(0, 60)),
  'before it reads the answer': async (raw) => raw.write(upgradeRequest()),
  'behind the answer': upgraded,
  'in the middle of authenticate': async (raw) => {
    await upgraded(raw);
    raw.write(AUTHENTICATE.subarray(0, 20));
  },
  'before it reads that it is connected': async (raw) => {
    await upgraded(raw);
    raw.write(AUTHENTICATE);
  },
  authenticated,
  'as a member of a room': memberOf(ROOM),
  'in the middle of a header': async (raw) => {
    await authenticated(raw);
    raw.write(MESSAGE.subarray(0, 3));
  },
  'in the middle of a frame': async (raw) => {
    await authenticated(raw);
    raw.write(MESSAGE.subarray(0, 100));
  },
  'in the middle of a fragmented message': async (raw) => {
    await authenticated(raw);
    raw.write(Buffer.concat([
      text('{"event":', { fin: false }),
      frame(OPCODE.continuation, 'x'.repeat(1000), { fin: false }),
    ]));
  },
  'behind its close frame': async (raw) => {
    await authenticated(raw);
    raw.write(closeFrame(1000));
  },
  'before it answers a close frame': async (raw) => {
    await authenticated(raw);
    raw.write(text('x', { rsv: 2 }));
    await raw.closeFrame();
  },
};

for (const [state, prepare] of Object.entries(STATES)) {
  test(`connections are reset: ${state}`, async (t) => {
    const server = await startServer(t, OPEN_ROOMS);
    await endures(t, server, async () => {
      for (const raw of await strangers(server, COUNT, prepare)) raw.socket.resetAndDestroy();
    });
  });
}

test('connections are reset: with full queues', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--queue-limit', '256KiB']);
  const counted = await endures(t, server, async () => {
    const raws = await strangers(server, 10, memberOf(ROOM));
    for (const { socket } of raws) socket.pause();
    const speaker = await server.client('speaker', ROOM);
    const full = () => server.logged('client reads too slowly, messages to it are dropped').length;
    const large = 'x'.repeat(100_000);
    while (full() < raws.length) {
      speaker.publish(ROOM, 'large', large);
      await speaker.expectNothing();
    }
    for (const { socket } of raws) socket.resetAndDestroy();
    await speaker.terminate();
  });
  assert.ok(counted.dropped_slow_client >= 10, 'what was not queued');
  assert.ok(counted.dropped_gone > 0, 'what was queued for those that went');
});

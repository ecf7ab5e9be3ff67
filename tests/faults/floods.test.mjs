// Much of what may be sent, and of what may not.

import assert from 'node:assert/strict';
import test from 'node:test';

import { certificates } from '../integration/support/certificates.mjs';
import { OPCODE, frame, text } from '../integration/support/frames.mjs';
import { Raw } from '../integration/support/raw.mjs';
import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { DRIPS } from './support/drips.mjs';
import { endures } from './support/endures.mjs';
import { FENCE, authenticated, memberOf, strangers } from './support/strangers.mjs';

const ROOM = 'public-floods';
const COUNT = 5;
const KIB = 1024;

const publish = (data) => text(JSON.stringify({ event: 'publish', data: { room: ROOM, event: 'e', data } }));
const joins = (names) => text(JSON.stringify({ event: 'join', data: { rooms: names } }));
const numbered = (from, count) => Array.from({ length: count }, (_, i) => `public-${from + i}`);

// So that a machine that is busy sends more than that, too.
const LOW = ['--messages-per-second', '100', '--bytes-per-second', '256KiB'];

// More of each than a client may send.
const FLOODS = {
  joins: { messages: (i) => joins([`public-${i}`]), count: 12_000 },
  'bad JSON': { messages: () => FENCE, count: 12_000 },
  pings: { messages: () => frame(OPCODE.ping, 'x'.repeat(125)), count: 12_000 },
  'large messages': {
    messages: () => publish('x'.repeat(127 * KIB)),
    count: 100,
  },
};

for (const [what, { messages, count }] of Object.entries(FLOODS)) {
  test(`a flood of ${what} is cut off`, async (t) => {
    const server = await startServer(t, [...OPEN_ROOMS, ...LOW]);
    const counted = await endures(t, server, async () => {
      const raws = await strangers(server, COUNT, memberOf(ROOM));
      await Promise.all(raws.map(async (raw) => {
        for (let i = 0; i < count; i += 1) raw.write(messages(i));
        await raw.rest(); // with a close frame, unless what is still on its way resets it
        await raw.terminate();
      }));
    }, { keptMaxBytes: 32 * KIB * KIB });
    assert.equal(counted.closed_over_rate, COUNT);
    t.diagnostic(`longest turn: ${counted.longest_turn_us} us`);
  });
}

test('a flood of joins with as many rooms as a message holds', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  const counted = await endures(t, server, async () => {
    const [raw] = await strangers(server, 1, authenticated);
    for (let i = 0; i < 40; i += 1) raw.write(joins(numbered(1000 + i * 8000, 8000)));
    assert.match(await raw.text(), /Too many messages/); // 500 and one of them, each
    await raw.rest();
    await raw.terminate();
  });
  assert.equal(counted.closed_over_rate, 1);
  assert.ok(counted.refused_joins >= 18 * 8000, `${counted.refused_joins} refused joins`);
  t.diagnostic(`longest turn: ${counted.longest_turn_us} us`);
});

test('a message of 65,537 fragments passes, and takes a tenth more than its size', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  await endures(t, server, async () => {
    const [raw] = await strangers(server, 1, memberOf(ROOM));
    const listener = await server.client('listener', ROOM);
    const said = 'x'.repeat(120 * KIB);
    const bytes = JSON.stringify({ event: 'publish', data: { room: ROOM, event: 'e', data: said } });
    const parts = [text(bytes.slice(0, 2), { fin: false })];
    for (let i = 2; i < 65_537 + 1; i += 1) {
      parts.push(frame(OPCODE.continuation, bytes.slice(i, i + 1), { fin: false }));
    }
    parts.push(frame(OPCODE.continuation, bytes.slice(65_538)));
    const before = server.peakBytes;
    raw.write(Buffer.concat(parts));
    assert.equal((await listener.expect('e')), said);
    // Read into, and sent from, besides; the message is but an eighth of a MiB.
    assert.ok(server.peakBytes - before <= KIB * KIB, `${server.peakBytes - before} bytes more`);
    await Promise.all([raw, listener].map((each) => each.terminate()));
  });
});

test('empty fragments without end are cut off by their bytes, and take no memory', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, ...LOW]);
  const counted = await endures(t, server, async () => {
    const [raw] = await strangers(server, 1, authenticated);
    const before = server.peakBytes;
    const some = Buffer.concat(Array(10_000).fill(frame(OPCODE.continuation, '', { fin: false })));
    raw.write(text('{', { fin: false }));
    for (let i = 0; i < 300; i += 1) raw.write(some);
    await raw.rest();
    assert.ok(server.peakBytes - before <= KIB * KIB, `${server.peakBytes - before} bytes more`);
    await raw.terminate();
  });
  assert.equal(counted.closed_over_rate, 1);
});

test('TLS handshakes are begun and abandoned', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, ...certificates().flags]);
  const plain = { raw: async () => { const raw = new Raw(server.port, '127.0.0.1'); await raw.opened(); return raw; } };
  await endures(t, server, async () => {
    for (let round = 0; round < 20; round += 1) {
      const raws = await strangers(plain, 200, async (raw) => {
        raw.write(DRIPS['a ClientHello'].bytes.subarray(0, 200));
      });
      for (const { socket } of raws) socket.resetAndDestroy();
    }
  }, { keptMaxBytes: 32 * KIB * KIB }); // malloc's; a tenth of what all took
});

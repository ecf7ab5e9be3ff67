// What no client should send, and how connections should not end. The server answers where it can,
// closes, goes on serving, and keeps nothing of it.

import assert from 'node:assert/strict';
import test from 'node:test';

import { OPCODE, closeFrame, frame, text } from './support/frames.mjs';
import { Random } from './support/random.mjs';
import { upgradeRequest } from './support/raw.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';
import { eventually } from './support/wait.mjs';

const AUTHENTICATE = text('{"event":"authenticate","data":{"userId":"x"}}');
const JOIN = text('{"event":"join","data":{"rooms":["public-a"]}}');
const REQUEST = 'GET /demo.css HTTP/1.1\r\nHost: a\r\n\r\n';

// Runs `attack`, and sees that the server serves afterwards as before and holds no descriptor more.
async function survives(server, attack) {
  const witness = await server.client('witness', 'public-a');
  const before = server.descriptors;
  await attack();
  await eventually(() => server.descriptors === before, 'all connections are closed');
  const late = await server.client('late', 'public-a');
  late.publish('public-a', 'after', 'all');
  for (;;) { // the attackers may have said something to the room before
    const { event } = await witness.next();
    if (event === 'after') break;
  }
}

const GARBAGE = [
  ['an unmasked frame', 1002, frame(OPCODE.text, 'x', { masked: false })],
  ['the first reserved bit', 1002, text('x', { rsv: 4 })],
  ['the second reserved bit', 1002, text('x', { rsv: 2 })],
  ['the third reserved bit', 1002, text('x', { rsv: 1 })],
  ['a reserved bit of a control frame', 1002, frame(OPCODE.ping, '', { rsv: 4 })],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((op) => [`opcode ${op}`, 1002, frame(op, 'x')]),
  ['a length of two bytes that fits in one', 1002, text('x', { lengthBytes: 2 })],
  ['a length of eight bytes that fits in two', 1002, text('x', { lengthBytes: 8 })],
  ['a negative length', 1002, text('', { size: 2n ** 63n, lengthBytes: 8 })],
  ['a length of nearly everything', 1009, text('', { size: 2n ** 62n, lengthBytes: 8 })],
  ['a ping of 126 bytes', 1002, frame(OPCODE.ping, 'x'.repeat(126))],
  ['a fragmented ping', 1002, frame(OPCODE.ping, 'x', { fin: false })],
  ['a continuation of nothing', 1002, frame(OPCODE.continuation, 'x')],
  ['a message inside a message', 1002, Buffer.concat([text('x', { fin: false }), text('y')])],
  ['half a close code', 1002, frame(OPCODE.close, 'x')],
  ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535].map(
    (code) => [`close code ${code}`, 1002, closeFrame(code)],
  ),
  ['a close reason that is no UTF-8', 1007, closeFrame(1000, Buffer.from([0xff]))],
  ['a text that is no UTF-8', 1007, text(Buffer.from([0xed, 0xa0, 0x80]))],
  ['a text that ends inside a character', 1007, text(Buffer.from([0xc3]))],
];

test('garbage frames get their close code, and the connection ends', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  await survives(server, async () => {
    for (const [what, code, bytes] of GARBAGE) {
      const raw = await server.raw();
      await raw.upgrade();
      raw.write(Buffer.concat([AUTHENTICATE, bytes, AUTHENTICATE]));
      assert.match(await raw.text(), /connected/);
      assert.equal((await raw.closeFrame()).code, code, what);
      await raw.expectEnd(); // and the descriptor is closed though we never close our end
    }
  });
});

// Each takes a fresh connection to the moment at which it is reset.
const MOMENTS = {
  'before a word': async () => {},
  'inside a request': async (raw) => raw.write('GET / HT'),
  'before reading the answer': async (raw) => raw.write(REQUEST.repeat(50)),
  'inside the handshake': async (raw) => raw.write(upgradeRequest().slice(0, 60)),
  'before reading the answer to the handshake': async (raw) => raw.write(upgradeRequest()),
  'after the handshake': async (raw) => raw.upgrade(),
  'inside a frame': async (raw) => {
    await raw.upgrade();
    raw.write(AUTHENTICATE.subarray(0, 20));
  },
  'as a member of a room': async (raw) => {
    await raw.upgrade();
    raw.write(Buffer.concat([AUTHENTICATE, JOIN]));
    await raw.text();
  },
  'with much that it has not read': async (raw) => {
    await raw.upgrade();
    raw.socket.pause();
    const ping = frame(OPCODE.ping, 'x'.repeat(125));
    raw.write(Buffer.concat([AUTHENTICATE, ...Array(2000).fill(ping)]));
  },
  'behind its close frame': async (raw) => {
    await raw.upgrade();
    raw.write(closeFrame(1000));
  },
};
for (const [moment, prepare] of Object.entries(MOMENTS)) {
  test(`a connection is reset ${moment}`, async (t) => {
    const server = await startServer(t, OPEN_ROOMS);
    await survives(server, () => Promise.all(Array.from({ length: 25 }, async () => {
      const raw = await server.raw();
      await prepare(raw);
      raw.socket.resetAndDestroy();
    })));
  });
}

test('a half-closed connection gets what it asked for, and ends', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  await survives(server, async () => {
    const silent = await server.raw();
    silent.socket.end();
    await silent.expectEnd();

    const asking = await server.raw();
    asking.socket.end(REQUEST.repeat(3));
    for (let i = 0; i < 3; i += 1) assert.equal((await asking.response()).status, 200);
    await asking.expectEnd();

    const cutShort = await server.raw();
    cutShort.socket.end(REQUEST.slice(0, -2));
    await cutShort.rest();

    const speaking = await server.raw();
    await speaking.upgrade();
    speaking.socket.end(Buffer.concat([AUTHENTICATE, AUTHENTICATE.subarray(0, 9)]));
    assert.match(await speaking.text(), /connected/);
    await speaking.rest();
  });
});

test('a client that does not answer a close frame is cut off', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--auth-timeout', '2s']);
  await survives(server, async () => {
    const mute = await server.raw();
    await mute.upgrade();
    assert.equal((await mute.closeFrame()).code, 4001);
    mute.write(AUTHENTICATE); // no answer, and none to it
    await mute.expectEnd();
  });
});

// What is sent behind a handshake, or instead of one.
const random = new Random(20_240_607);
const ENVELOPE =
  '{"event":"publish","data":{"room":"public-a","event":"e","data":[1,{"a":"\\u00e9"}]}}';
const ANYTHING = [
  () => random.bytes(random.below(600)),
  () => random.damage(REQUEST),
  () => random.damage(upgradeRequest()),
];
const FRAMES = [
  () => random.bytes(random.below(300)),
  () => frame(random.below(16), random.bytes(random.below(200)), { fin: random.below(4) > 0 }),
  () => random.damage(text(ENVELOPE)),
  () => text(random.damage(ENVELOPE).toString()),
  () => frame(OPCODE.binary, random.damage(ENVELOPE)),
];

function blob(kind) {
  if (kind === 0) return random.pick(ANYTHING)();
  const frames = Array.from({ length: 1 + random.below(5) }, () => random.pick(FRAMES)());
  const greeting = kind === 1 ? [] : [AUTHENTICATE, JOIN];
  return Buffer.concat([Buffer.from(upgradeRequest()), ...greeting, ...frames]);
}

test('thousands of random blobs', async (t) => {
  const server = await startServer(t, OPEN_ROOMS);
  await survives(server, async () => {
    for (let round = 0; round < 60; round += 1) {
      const blobs = Array.from({ length: 60 }, (_, i) => blob(i % 3));
      await Promise.all(blobs.map(async (bytes) => {
        const raw = await server.raw();
        raw.socket.end(bytes);
        await raw.rest(); // whatever it answers, it ends
        raw.socket.destroy();
      }));
    }
  });
});

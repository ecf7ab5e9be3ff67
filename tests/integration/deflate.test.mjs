// permessage-deflate (RFC 7692), with npm ws and byte by byte.

import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

import { OPCODE, frame, text } from './support/frames.mjs';
import { OPEN_ROOMS, run, startEcho, startServer } from './support/server.mjs';

const MIB = 1024 * 1024;
const ROOM = 'public-a';
const RSV1 = 4;
const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

// What a message is on the wire: a flush, without its end.
const deflated = (message) => {
  const flushed = deflateRawSync(message, { finishFlush: 2 });
  return flushed.subarray(0, flushed.length - TAIL.length);
};
const inflated = (payload) => inflateRawSync(Buffer.concat([payload, TAIL]), { finishFlush: 2 });

// Lines that resemble each other, as messages do.
const lines = (size) => Array.from({ length: Math.ceil(size / 30) }, (_, i) => (
  `{"symbol":"S${i % 50}","price":${i * 7919 % 10007}}`)).join('\n').slice(0, size);

const SIZES = [0, 1, 255, 256, 257, 1000, 5000, 70_000, MIB];

// Offers of ws, and what is left of them where the server keeps no context, and where it does.
const NONE = { server_no_context_takeover: true, client_no_context_takeover: true };
const OFFERS = [
  [true, NONE, {}],
  [{ serverNoContextTakeover: true }, NONE, { server_no_context_takeover: true }],
  [{ clientNoContextTakeover: true }, NONE, { client_no_context_takeover: true }],
  [{ serverMaxWindowBits: 15, clientMaxWindowBits: 15 },
    { ...NONE, server_max_window_bits: 15, client_max_window_bits: 15 }, // the latter is ws's own
    { server_max_window_bits: 15, client_max_window_bits: 15 }],
  ...[9, 10, 11, 12, 13, 14].map((bits) => [
    { serverMaxWindowBits: bits, clientMaxWindowBits: bits },
    { ...NONE, server_max_window_bits: bits, client_max_window_bits: bits },
    { server_max_window_bits: bits, client_max_window_bits: bits },
  ]),
  [{ serverMaxWindowBits: 8, clientMaxWindowBits: 8 },
    { ...NONE, server_max_window_bits: 8, client_max_window_bits: 8 },
    { server_no_context_takeover: true, server_max_window_bits: 8, client_max_window_bits: 8 }],
];

for (const takeover of [false, true]) {
  test(`ws and the echo server agree, context takeover ${takeover}`, async (t) => {
    const flags = ['--deflate', ...(takeover ? ['--deflate-context-takeover'] : [])];
    const server = await startEcho(t, flags);
    for (const [offer, without, within] of OFFERS) {
      const options = offer === true ? {} : offer;
      const client = await server.connect({ perMessageDeflate: { threshold: 0, ...options } });
      const { params } = client.socket._extensions['permessage-deflate'];
      assert.deepEqual({ ...params }, takeover ? within : without, JSON.stringify(offer));
      for (const size of SIZES) {
        for (const message of [lines(size), Buffer.from(lines(size))]) {
          client.socket.send(message);
          const back = await client.nextFrame();
          assert.ok(back.bytes.equals(Buffer.from(message)), `${JSON.stringify(offer)} ${size}`);
          assert.equal(back.binary, typeof message !== 'string');
        }
      }
      const fragments = lines(100_000);
      client.socket.send(fragments.slice(0, 40_000), { fin: false });
      client.socket.send(fragments.slice(40_000), { fin: true });
      assert.equal(await client.nextText(), fragments);
    }
  });
}

test('a handshake with malformed extensions is refused', async (t) => {
  const server = await startEcho(t, ['--deflate']);
  const raw = await server.raw();
  raw.write('GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
    + 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
    + 'Sec-WebSocket-Extensions: permessage-deflate; =\r\n\r\n');
  assert.equal((await raw.response()).status, 400);
});

// A connection that has agreed on it, by the header that it names.
async function upgraded(server, headers = OFFER) {
  const raw = await server.raw();
  const answer = await raw.upgrade(headers);
  return { raw, agreed: answer.headers['sec-websocket-extensions'] };
}

test('a bomb is closed with 1009, and takes no memory', async (t) => {
  for (const [start, flags] of [[startServer, []], [startEcho, ['--max-message', '128KiB']]]) {
    const server = await start(t, ['--deflate', ...flags]);
    const bombs = [deflated(Buffer.alloc(100 * MIB)), deflated('x'.repeat(128 * 1024 + 1))];
    assert.ok(bombs.every((bomb) => bomb.length < 128 * 1024));
    const before = server.peakBytes;
    for (const bomb of bombs) {
      const { raw } = await upgraded(server);
      raw.write(text(bomb, { rsv: RSV1 }));
      assert.deepEqual(await raw.closeFrame(), { code: 1009, reason: 'Received too big message' });
      await raw.terminate();
    }
    const growth = server.peakBytes - before;
    assert.ok(growth < 12 * MIB, `memory grew by ${growth} bytes`);
  }
});

test('what is out of all proportion is a bomb under the limit too', async (t) => {
  const server = await startEcho(t, ['--deflate']);
  const { raw } = await upgraded(server);
  raw.write(text(deflated(Buffer.alloc(MIB)), { rsv: RSV1 }));
  assert.equal(inflated((await raw.frame()).payload).length, MIB); // small ones are not
  raw.write(text(deflated(Buffer.alloc(8 * MIB)), { rsv: RSV1 }));
  assert.equal((await raw.closeFrame()).code, 1009);
});

test('broken frames are closed with 1002, broken data with 1007', async (t) => {
  const server = await startEcho(t, ['--deflate']);
  const hello = deflated('hello');
  const cases = [
    [1002, {}, text(hello, { rsv: RSV1 })], // not agreed on
    [1002, OFFER, frame(OPCODE.ping, '', { rsv: RSV1 })],
    [1002, OFFER, frame(OPCODE.continuation, hello, { rsv: RSV1 })],
    [1002, OFFER, Buffer.concat([
      text(hello, { rsv: RSV1, fin: false }), frame(OPCODE.continuation, '', { rsv: RSV1 })])],
    ...[1, 2, 5, 6, 7].map((rsv) => [1002, OFFER, text(hello, { rsv })]),
    [1007, OFFER, text(hello.subarray(1), { rsv: RSV1 })],
    [1007, OFFER, text(deflated(Buffer.from([0xff])), { rsv: RSV1 })],
  ];
  for (const [code, headers, bytes] of cases) {
    const { raw } = await upgraded(server, headers);
    raw.write(bytes);
    assert.equal((await raw.closeFrame()).code, code, bytes.toString('hex'));
    await raw.terminate();
  }
});

test('a message goes compressed to those who agreed, and plain to others', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--deflate', '--threads', '1']);
  const sender = await server.client('sender', ROOM);
  const members = [];
  for (let i = 0; i < 60; i += 1) {
    const member = await server.connect({ perMessageDeflate: i % 3 !== 0 });
    assert.equal(member.socket.extensions, i % 3 !== 0 ? 'permessage-deflate' : '');
    await member.authenticate({ userId: `${i}` });
    await member.join(ROOM);
    members.push(member);
  }
  const { raw } = await upgraded(server);
  raw.write(text('{"event":"authenticate"}'));
  raw.write(text(`{"event":"join","data":{"rooms":["${ROOM}"]}}`));
  raw.write(text('a fence'));
  assert.match(await raw.text(), /connected/);
  assert.match(await raw.text(), /Invalid message format/);

  const COUNT = 50;
  for (let i = 0; i < COUNT; i += 1) sender.publish(ROOM, 'chat', { i, text: lines(2000) });
  for (let i = 0; i < COUNT; i += 1) {
    for (const member of members) await member.expect('chat', { i, text: lines(2000) });
    const { rsv, payload } = await raw.frame();
    assert.equal(rsv, RSV1);
    assert.ok(payload.length < 1000);
    assert.deepEqual(JSON.parse(inflated(payload)), {
      event: 'chat', data: { i, text: lines(2000) },
    });
  }
  await server.stop();
  const [{ messages_deflated: count }] = server.logged('stopped');
  assert.equal(count, COUNT, 'each once for all');
});

test('messages under the threshold go as they are', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--deflate', '--deflate-threshold', '1KiB']);
  const sender = await server.client('sender');
  const { raw } = await upgraded(server);
  raw.write(text('{"event":"authenticate"}'));
  const { data: { id } } = JSON.parse(await raw.text());
  raw.write(text(`{"event":"join","data":{"rooms":["${ROOM}"]}}`));
  raw.write(text('a fence'));
  await raw.text();
  const around = JSON.stringify({ event: 'e', data: '' }).length;
  await sender.join(ROOM);
  sender.publish(ROOM, 'e', 'x'.repeat(1023 - around));
  sender.publish(ROOM, 'e', 'x'.repeat(1024 - around));
  const under = await raw.frame();
  assert.equal(under.rsv, 0, id);
  assert.equal(under.payload.length, 1023);
  const over = await raw.frame();
  assert.equal(over.rsv, RSV1);
  assert.equal(inflated(over.payload).length, 1024);
});

test('with context takeover what repeats itself is smaller each time', async (t) => {
  const flags = [...OPEN_ROOMS, '--deflate', '--deflate-context-takeover'];
  const server = await startServer(t, flags);
  const sender = await server.client('sender', ROOM);
  const { raw, agreed } = await upgraded(server);
  assert.equal(agreed, 'permessage-deflate');
  const member = await server.connect({ perMessageDeflate: true });
  await member.authenticate({});
  await member.join(ROOM);
  raw.write(text('{"event":"authenticate"}'));
  raw.write(text(`{"event":"join","data":{"rooms":["${ROOM}"]}}`));
  raw.write(text('a fence'));
  await raw.text();
  await raw.text();
  const sizes = [];
  for (let i = 0; i < 5; i += 1) {
    sender.publish(ROOM, 'chat', { i, text: lines(2000) });
    await member.expect('chat', { i, text: lines(2000) });
    sizes.push((await raw.frame()).payload.length);
  }
  assert.ok(sizes.slice(1).every((size) => size < sizes[0] / 5), `${sizes}`);
});

// A window and what zlib has around it are 256 KiB and more.
test('an idle client that has agreed on it takes what a plain one does', async (t) => {
  const COUNT = 2_000;
  const growth = {};
  for (const perMessageDeflate of [false, true]) {
    const server = await startServer(t, [...OPEN_ROOMS, '--deflate', '--threads', '1']);
    const sender = await server.client('sender', ROOM);
    const enter = async () => {
      const client = await server.connect({ perMessageDeflate });
      await client.authenticate({});
      await client.join(ROOM);
      return client;
    };
    const hear = async (members) => {
      sender.publish(ROOM, 'chat', lines(2000));
      for (const member of members) await member.expect('chat', lines(2000));
    };
    const first = await enter();
    await hear([first]); // what all share is there
    const before = server.residentBytes;
    const members = [first];
    while (members.length < COUNT) {
      members.push(...await Promise.all(Array.from({ length: 50 }, enter)));
    }
    await hear(members);
    growth[perMessageDeflate] = server.residentBytes - before;
    await server.stop();
  }
  const more = (growth.true - growth.false) / COUNT;
  t.diagnostic(`${growth.false / COUNT} bytes a plain client, ${more} more with deflate`);
  assert.ok(more < 1000, `${more} bytes more a client`);
});

test('bench deflate measures it', async (t) => {
  const server = await startServer(t, ['--join', '*', '--publish', '*', '--deflate']);
  const { status, stderr, stdout } = await run('cresset', ['bench', 'deflate',
    `ws://${server.address.host}/ws`, '--clients', '20', '--messages', '50']);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  assert.match(stdout, /^deliveries +1,?000 of 1,?000 /m);
});

test('flags that mean nothing together are refused', async () => {
  const { status, stderr } = await run('cresset', ['serve', '--deflate-context-takeover']);
  assert.notEqual(status, 0);
  assert.match(stderr, /--deflate-context-takeover is for --deflate, which is off/);
});

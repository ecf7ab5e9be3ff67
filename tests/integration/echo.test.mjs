// cresset-echo: the listener, handshake, codec and queue without the event protocol.

import assert from 'node:assert/strict';
import test from 'node:test';

import { startEcho } from './support/server.mjs';

const MIB = 1024 * 1024;
const SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, MIB, 16 * MIB];

// Bytes that differ from each other, so that none can be lost or swapped unseen.
function pattern(size) {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i += 1) bytes[i] = i * 31 + (i >> 8);
  return bytes;
}

async function expectEcho(client, message) {
  const binary = typeof message !== 'string';
  client.socket.send(message);
  const back = await client.nextFrame();
  assert.equal(back.binary, binary);
  assert.ok(back.bytes.equals(Buffer.from(message)), `${message.length} came back as they were`);
}

for (const size of SIZES) {
  test(`sends ${size} bytes back, as text and as binary`, async (t) => {
    const server = await startEcho(t);
    const client = await server.connect();
    await expectEcho(client, pattern(size));
    await expectEcho(client, 'é'.repeat(size >> 1) + 'x'.repeat(size & 1));
  });
}

test('closes a message over 16 MiB with 1009', async (t) => {
  const server = await startEcho(t);
  const whole = await server.connect();
  whole.socket.send(Buffer.alloc(16 * MIB + 1));
  assert.equal((await whole.closed()).code, 1009);
  const pieces = await server.connect();
  pieces.socket.send(Buffer.alloc(16 * MIB), { fin: false });
  pieces.socket.send(Buffer.alloc(1), { fin: true });
  assert.equal((await pieces.closed()).code, 1009);
});

test('holds --max-message', async (t) => {
  const server = await startEcho(t, ['--max-message', '1KiB']);
  const client = await server.connect();
  await expectEcho(client, pattern(1024));
  client.socket.send(pattern(1025));
  assert.equal((await client.closed()).code, 1009);
});

test('puts a message of 70,000 fragments together', async (t) => {
  const server = await startEcho(t);
  const client = await server.connect();
  const bytes = pattern(70_000);
  for (let i = 0; i < bytes.length; i += 1) {
    client.socket.send(bytes.subarray(i, i + 1), { fin: i === bytes.length - 1 });
  }
  assert.ok((await client.nextFrame()).bytes.equals(bytes));
});

test('loses nothing to a client that reads late, and holds only some of it', async (t) => {
  const server = await startEcho(t);
  const late = await server.connect();
  const other = await server.connect();
  await expectEcho(other, pattern(100_000));
  const peakBefore = server.peakBytes;

  late.socket.pause();
  const messages = Array.from({ length: 20_000 }, (_, i) => `${i} ${'x'.repeat(i % 10_000)}`);
  for (const message of messages) late.socket.send(message); // 100 MB
  for (let i = 0; i < 300; i += 1) await expectEcho(other, 'served meanwhile');
  assert.equal(late.waiting, 0);
  late.socket.resume();
  for (const message of messages) assert.equal(await late.nextText(), message);

  const growth = server.peakBytes - peakBefore;
  assert.ok(growth < 40 * MIB, `memory grew by ${growth} bytes`);
});

test('answers close frames of ws with their own codes', async (t) => {
  const server = await startEcho(t);
  for (const code of [1000, 1003, 1007, 1014, 3999, 4000]) {
    assert.equal((await (await server.connect()).close(code, 'bye')).code, code);
  }
  assert.equal((await (await server.connect()).close()).code, 1005);
});

test('declines permessage-deflate unless told otherwise, and speaks without', async (t) => {
  const server = await startEcho(t);
  const client = await server.connect({ perMessageDeflate: true });
  assert.equal(client.socket.extensions, '');
  await expectEcho(client, 'x'.repeat(100_000));
});

test('accepts any path, and closes everybody with 1001 at its end', async (t) => {
  const server = await startEcho(t);
  const client = await server.connect({ path: '/any/path?query' });
  await expectEcho(client, 'hello');
  server.program.signal('SIGINT');
  assert.deepEqual(await client.closed(), { code: 1001, reason: 'Server shutting down' });
  await server.ended();
});

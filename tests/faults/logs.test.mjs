// Where the log goes takes nothing more: a full disk, and pipes that nobody reads.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { atEnd } from '../integration/support/at_end.mjs';
import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { newFolder } from '../support/program.mjs';
import { servesNewcomers } from './support/endures.mjs';
import { Talk } from './support/talk.mjs';

// Each client that comes and goes writes lines: in all some times what a pipe holds, 64 KiB.
const VISITS = 1000;
const AT_ONCE = 20;
const TALKATIVE = [...OPEN_ROOMS, '--log-level', 'debug'];

async function visits(server) {
  for (let i = 0; i < VISITS; i += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, async () => (await server.client()).terminate());
    await Promise.all(some);
  }
}

async function goesOnWithout(t, stderr) {
  const server = await startServer(t, TALKATIVE, { stderr });
  const talk = await Talk.start(t, server);
  await visits(server);
  await talk.stop();
  await servesNewcomers(server);
  return server;
}

function open(t, path, flags) {
  const descriptor = openSync(path, flags);
  atEnd(t, () => closeSync(descriptor));
  return descriptor;
}

test('goes on while the disk of the log is full', async (t) => {
  const server = await goesOnWithout(t, open(t, '/dev/full', 'w'));
  await server.stop();
});

test('goes on while nobody reads the pipe of the log', async (t) => {
  const path = join(newFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  // Open both ways, so that neither side waits for the other.
  const pipe = open(t, path, constants.O_RDWR | constants.O_NONBLOCK);
  const server = await goesOnWithout(t, open(t, path, constants.O_WRONLY));
  assert.ok(readSync(pipe, Buffer.alloc(1 << 20)) > 60_000, 'the pipe was full');
  await server.stop();
});

test('goes on while nobody reads the socket of the log', async (t) => {
  const server = await startServer(t, TALKATIVE);
  const { stderr } = server.program.child; // Node.js has sockets for pipes, as systemd has
  const talk = await Talk.start(t, server);
  stderr.pause();
  await visits(server);
  await talk.stop();
  await servesNewcomers(server);
  stderr.resume();
  await server.stop();
  assert.equal(server.logged('stopped').length, 1);
});

// What every fault has in common: others talk on, and nothing of it stays behind.

import assert from 'node:assert/strict';

import { eventually } from '../../integration/support/wait.mjs';
import { Talk } from './talk.mjs';

// What malloc keeps of memory that is free again, for two threads, and their buffers for reading and
// encoding, which grow once. What leaks at each connection or message is many times that.
const KEPT_MAX_BYTES = 4 * 1024 * 1024;

// Does `fault` to a server of test `t` while others talk. Returns what the server has counted, when
// it has stopped. Options: `keptMaxBytes`.
export async function endures(t, server, fault, { keptMaxBytes = KEPT_MAX_BYTES } = {}) {
  const talk = await Talk.start(t, server);
  const before = { descriptors: server.descriptors, bytes: server.residentBytes };
  await fault(talk);
  await talk.flows();
  await eventually(() => server.descriptors === before.descriptors, 'all is closed that was opened');
  const peak = server.peakBytes;
  await eventually(
    () => server.residentBytes <= before.bytes + keptMaxBytes,
    `memory is back near ${before.bytes} bytes`,
  );
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  t.diagnostic(`memory: ${mib(before.bytes)} before, at most ${mib(peak)}, `
    + `${mib(server.residentBytes)} after`);
  await talk.stop();
  await servesNewcomers(server);
  return totals(server);
}

export async function servesNewcomers(server) {
  const [ada, bob] = await Promise.all(
    ['ada', 'bob'].map((name) => server.client(name, 'public-new')),
  );
  ada.publish('public-new', 'chat', 'still there?');
  await bob.expect('chat', 'still there?');
  await Promise.all([ada, bob].map((client) => client.close(1000)));
}

// The last line of the log.
export async function totals(server) {
  await server.stop();
  const [counted] = server.logged('stopped');
  assert.ok(counted, server.log);
  return counted;
}

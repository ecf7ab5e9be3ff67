// How long things may take, in milliseconds, each measured from an event. CRESSET_TEST_SLACK
// multiplies them on a machine that has other things to do; the figures that a test prints are what
// they are.

import assert from 'node:assert/strict';

import { ALL_REFERENCE } from './nodes.mjs';

const SLACK = Number(process.env.CRESSET_TEST_SLACK ?? 1);

export const BOUNDS = {
  back: 500, // from Redis being usable again to the first message that was sent after that
  hung: 6000, // the same, from when Redis began to answer nothing, or answers again
  notReady: 2000, // from Redis being away to 503
  ready: 1000, // from Redis being usable again to 200
  local: 1000, // from node to client, whatever Redis does
  failover: 2000, // from +switch-master, or a replica being a master, to the first message
  slot: 1000, // from a slot being elsewhere to the first message
  unsubscribed: 10_000, // from the last member's leave to Redis knowing
};

// The reference waits 2, 4 and then 5 s between its attempts to connect.
export const REFERENCE_BOUNDS = {
  ...BOUNDS,
  back: 6000,
  hung: 12_000,
  failover: 12_000,
  slot: 12_000,
};

// What may be on its way when Redis is killed, of 100 messages a second: the rest waits for it.
const LOST_AT_A_KILL = 5;

export function expectFewLost(count) {
  if (ALL_REFERENCE) return; // it keeps all, and loses what it sends before others are back
  assert.ok(count <= LOST_AT_A_KILL * SLACK, `${count} messages are lost`);
}

export function expectWithin(t, what, ms, bound) {
  const factor = SLACK === 1 ? '' : ` x ${SLACK}`;
  t.diagnostic(`${what}: ${Math.round(ms)} ms (bound ${bound} ms${factor})`);
  assert.ok(ms <= bound * SLACK, `${what}: ${Math.round(ms)} ms, over ${bound} ms${factor}`);
}

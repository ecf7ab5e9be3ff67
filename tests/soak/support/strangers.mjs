// Connections that are up to no good. What they are sent is nobody's to account for; they must be
// closed, and by the code that docs/limits.md names, or go by themselves.

import { once } from 'node:events';

import { lasts } from '../../fleet/support/fleet.mjs';
import { Client } from '../../integration/support/client.mjs';
import { text, frame, OPCODE } from '../../integration/support/frames.mjs';
import { Raw, upgradeRequest } from '../../integration/support/raw.mjs';

const FLOOD_MAX = 40_000; // far more than anybody may send at once
const A_TURN = 500;

// The end may be a reset; and who is slow is closed for want of `authenticate`, or of a heartbeat.
const LATE_ENDS = [1006, 4001, 4002];

class Stranger extends Client {
  isClosed = false;

  constructor(node) {
    super(node.webSocketUrl);
    this.node = node;
    this.closing = once(this.socket, 'close').then(([code]) => {
      this.isClosed = true;
      return code;
    });
    this.#drain();
  }

  async #drain() {
    try {
      for (;;) await this.nextFrame();
    } catch {
      // closed, or nobody says anything
    }
  }

  // Until the server has read what was said, or closed it.
  async isAnswered() {
    const pong = new Promise((resolve) => this.socket.on('pong', (data) => {
      if (data.toString() === 'the last') resolve();
    }));
    this.socket.ping('the last');
    await Promise.race([pong, this.closing]);
  }

  count(messages) {
    this.node.seen.sent += messages;
  }
}

// Where a slot is open, and so will be while somebody comes: who meets another process than he
// thinks would be counted with the wrong one.
async function coming(slot, opened) {
  slot.comers += 1;
  try {
    await opened;
  } finally {
    slot.comers -= 1;
  }
}

// An authenticated one.
async function stranger(slot) {
  const client = new Stranger(slot.node);
  await coming(slot, client.opened());
  client.count(1);
  client.send('authenticate', { userId: 'stranger' });
  return client;
}

// Until the server closes it. It may be reset before it has read why; and if we are slow, that many
// are no flood.
async function flood(slot, say) {
  const client = await stranger(slot);
  for (let sent = 0; sent < FLOOD_MAX && !client.isClosed; sent += A_TURN) {
    client.count(A_TURN);
    for (let i = 0; i < A_TURN; i += 1) say(client);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!client.isClosed) await client.isAnswered();
  if (!client.isClosed) client.socket.terminate();
  const code = await client.closing;
  if (code === 1008) client.node.seen.closedOverRate += 1;
  return [...LATE_ENDS, 1008].includes(code) ? null : `a flood was closed with ${code}`;
}

// A byte a second until the server has had enough.
async function drip(raw, bytes) {
  for (let i = 0; i < bytes.length && !raw.ended; i += 1) {
    raw.write(bytes.subarray(i, i + 1));
    await lasts(1000);
  }
  const wasInTime = raw.ended;
  await raw.terminate();
  return wasInTime ? null : 'who sends a byte a second was let in';
}

async function rawTo(slot) {
  const raw = new Raw(slot.port, '127.0.0.1');
  await coming(slot, raw.opened());
  return raw;
}

const authenticate = text('{"event":"authenticate","data":{"userId":"stranger"}}');

// By name; each gets a slot, and resolves to null or to what is wrong.
export const STRANGERS = {
  'flood of bad JSON': (slot) => flood(slot, (client) => client.sendText('{"event":')),
  'flood of pings': (slot) => flood(slot, (client) => {
    if (!client.isClosed) client.socket.ping();
  }),

  'a request by a byte a second': async (slot) =>
    drip(await rawTo(slot), Buffer.from(upgradeRequest())),

  'a frame by a byte a second': async (slot) => {
    const raw = await rawTo(slot);
    await raw.upgrade();
    return drip(raw, authenticate);
  },

  'a message that is too large': async (slot) => {
    const client = await stranger(slot);
    client.count(1);
    client.sendText('x'.repeat(200_000));
    const code = await client.closing;
    return [...LATE_ENDS, 1009].includes(code) ? null : `it was closed with ${code}`;
  },

  'nonsense after the upgrade': async (slot) => {
    const { node } = slot;
    const raw = await rawTo(slot);
    await raw.upgrade();
    raw.write(authenticate).write(frame(OPCODE.continuation, 'of nothing'));
    node.seen.sent += 1;
    await raw.rest();
    await raw.terminate();
    return null;
  },

  'a crowd that comes and vanishes': async (slot) => {
    const all = await Promise.all(Array.from({ length: 40 }, () => rawTo(slot)));
    all.forEach((raw, i) => {
      if (i % 2 === 0) raw.write(upgradeRequest());
      if (i % 3 === 0) raw.socket.resetAndDestroy();
    });
    await Promise.all(all.map((raw) => raw.terminate()));
    return null;
  },
};

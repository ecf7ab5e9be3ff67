// Connections that are up to no good. What they are sent is nobody's to account for; they must be
// closed, and by the code that docs/limits.md names, or go by themselves.

import { once } from 'node:events';

import { lasts } from '../../fleet/support/fleet.mjs';
import { Client } from '../../integration/support/client.mjs';
import { text, frame, OPCODE } from '../../integration/support/frames.mjs';
import { Raw, upgradeRequest } from '../../integration/support/raw.mjs';

const FLOOD_MAX = 40_000; // far more than anybody may send at once
const A_TURN = 500;

// Pings are no messages: who takes a minute and a half for them is closed for want of a heartbeat.
const FLOOD_ENDS = [1006, 1008, 4002];

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

// An authenticated one.
async function stranger(node) {
  const client = new Stranger(node);
  await client.opened();
  client.count(1);
  client.send('authenticate', { userId: 'stranger' });
  return client;
}

// Until the server closes it. It may be reset before it has read why; and if we are slow, that many
// are no flood.
async function flood(node, say) {
  const client = await stranger(node);
  for (let sent = 0; sent < FLOOD_MAX && !client.isClosed; sent += A_TURN) {
    client.count(A_TURN);
    for (let i = 0; i < A_TURN; i += 1) say(client);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!client.isClosed) await client.isAnswered();
  if (!client.isClosed) client.socket.terminate();
  const code = await client.closing;
  if (code === 1008) node.seen.closedOverRate += 1;
  return FLOOD_ENDS.includes(code) ? null : `a flood was closed with ${code}`;
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

async function rawTo(node) {
  const raw = new Raw(node.port, '127.0.0.1');
  raw.socket.on('error', () => {});
  await raw.opened();
  return raw;
}

const authenticate = text('{"event":"authenticate","data":{"userId":"stranger"}}');

// By name; each gets a node, and resolves to null or to what is wrong.
export const STRANGERS = {
  'flood of bad JSON': (node) => flood(node, (client) => client.sendText('{"event":')),
  'flood of pings': (node) => flood(node, (client) => {
    if (!client.isClosed) client.socket.ping();
  }),

  'a request by a byte a second': async (node) =>
    drip(await rawTo(node), Buffer.from(upgradeRequest())),

  'a frame by a byte a second': async (node) => {
    const raw = await rawTo(node);
    await raw.upgrade();
    return drip(raw, authenticate);
  },

  'a message that is too large': async (node) => {
    const client = await stranger(node);
    client.count(1);
    client.sendText('x'.repeat(200_000));
    const code = await client.closing;
    return code === 1009 || code === 1006 ? null : `it was closed with ${code}`;
  },

  'nonsense after the upgrade': async (node) => {
    const raw = await rawTo(node);
    await raw.upgrade();
    raw.write(authenticate).write(frame(OPCODE.continuation, 'of nothing'));
    node.seen.sent += 1;
    await raw.rest();
    await raw.terminate();
    return null;
  },

  'a crowd that comes and vanishes': async (node) => {
    const all = await Promise.all(Array.from({ length: 40 }, () => rawTo(node)));
    all.forEach((raw, i) => {
      if (i % 2 === 0) raw.write(upgradeRequest());
      if (i % 3 === 0) raw.socket.resetAndDestroy();
    });
    await Promise.all(all.map((raw) => raw.terminate()));
    return null;
  },
};

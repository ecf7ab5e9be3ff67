// Connections that mean no good, in any number.

import { text } from '../../integration/support/frames.mjs';

export const AUTHENTICATE = text('{"event":"authenticate","data":{"userId":"stranger"}}');
export const FENCE = text('a fence'); // is answered, and behind all that was said before it

const AT_ONCE = 100; // to come one after the other would take long, and all at once the backlog

// Connections of `server`, each of which `prepare` has taken to where it should be.
export async function strangers(server, count, prepare = async () => {}) {
  const all = [];
  while (all.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - all.length) }, async () => {
      const raw = await server.raw();
      await prepare(raw);
      return raw;
    });
    all.push(...(await Promise.all(some)));
  }
  return all;
}

// --- where they can be ---

export async function upgraded(raw) {
  await raw.upgrade();
}

export async function authenticated(raw) {
  await raw.upgrade();
  raw.write(AUTHENTICATE);
  await raw.text();
}

export const memberOf = (room) => async (raw) => {
  await authenticated(raw);
  raw.write(text(JSON.stringify({ event: 'join', data: { rooms: [room] } })));
  raw.write(FENCE);
  await raw.text();
};

// --- how they go ---

export function allEnded(raws) {
  return Promise.all(raws.map((raw) => raw.rest()));
}

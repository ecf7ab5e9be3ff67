// A byte a second: whoever sends so has as much time as who sends nothing.

import assert from 'node:assert/strict';
import test from 'node:test';

import { atEnd } from '../integration/support/at_end.mjs';
import { certificates } from '../integration/support/certificates.mjs';
import { Raw } from '../integration/support/raw.mjs';
import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { DRIPS, drip } from './support/drips.mjs';
import { endures } from './support/endures.mjs';
import { allEnded, strangers } from './support/strangers.mjs';

const SHORT = ['--handshake-timeout', '3s', '--auth-timeout', '3s',
  '--heartbeat-timeout', '3s', '--heartbeat-interval', '1s'];

const ENDS = {
  'a request': (raw) => raw.response().then(({ status }) => assert.equal(status, 408)),
  'the header of a frame': (raw) => raw.closeFrame().then(({ code }) => assert.equal(code, 4001)),
  'the body of a frame': (raw) => raw.closeFrame().then(({ code }) => assert.equal(code, 4002)),
  'a ClientHello': async () => {}, // there is nobody yet to tell it to
};

async function endureDrips(t, what, count, flags = [], options = {}) {
  const server = await startServer(t, [...OPEN_ROOMS, ...SHORT, ...flags]);
  // Of TLS there is only what the bytes say.
  const plain = {
    raw: async () => {
      const raw = new Raw(server.port, '127.0.0.1');
      atEnd(t, () => raw.terminate());
      await raw.opened();
      return raw;
    },
  };
  await endures(t, server, async (talk) => {
    const raws = await strangers(plain, count, DRIPS[what].prepare);
    const stop = drip(t, raws, DRIPS[what].bytes);
    await talk.flows();
    await Promise.all(raws.map(ENDS[what]));
    await allEnded(raws);
    stop();
    for (const { socket } of raws) socket.destroy();
  }, options);
}

for (const [what, count] of [
  ['a request', 2000], ['the header of a frame', 500], ['the body of a frame', 500],
]) {
  test(`${count} clients send ${what} byte by byte`, (t) => endureDrips(t, what, count));
}

// Each takes some 46 KiB in small pieces, of which malloc gives none back before it is told to; that
// they are used again is shown in floods.test.mjs.
test('500 clients send a ClientHello byte by byte', (t) =>
  endureDrips(t, 'a ClientHello', 500, certificates().flags, { keptMaxBytes: 64 * 1024 * 1024 }));

// Faults that clients make for as long as they are let, at a bounded rate: what they cost others is
// measured, and not which process has more of the machine.

import { OPCODE, frame, text } from '../../integration/support/frames.mjs';
import { Random } from '../../integration/support/random.mjs';
import { upgradeRequest } from '../../integration/support/raw.mjs';
import { DRIPS, drip } from './drips.mjs';
import { KINDS } from './malformed.mjs';
import { FENCE, authenticated, memberOf, strangers, upgraded } from './strangers.mjs';

const TURN_MS = 20;
const ROOM = 'public-attack';

const publish = (data) =>
  text(JSON.stringify({ event: 'publish', data: { room: ROOM, event: 'e', data } }));

// Calls `run` so often that it is `rate` times a second. Nothing ends it but the process.
function atRate(rate, run) {
  let owed = 0;
  setInterval(() => {
    for (owed += (rate * TURN_MS) / 1000; owed >= 1; owed -= 1) run();
  }, TURN_MS);
}

// Come, say something, and are reset, so many a second.
function come(server, rate, say) {
  atRate(rate, async () => {
    const raw = await server.raw().catch(() => null);
    if (!raw) return;
    await say(raw);
    setTimeout(() => raw.socket.resetAndDestroy(), 10 * TURN_MS);
  });
}

// Of so many who stay, each says so much a second, and reads.
async function flood(server, count, rate, make) {
  const raws = await strangers(server, count, memberOf(ROOM));
  for (const { socket } of raws) socket.removeAllListeners('data').resume();
  let n = 0;
  atRate(rate, () => raws.forEach((raw) => raw.ended || raw.write(make((n += 1)))));
}

const dripping = (what, count) => async (server) => {
  const raws = await strangers(server, count, DRIPS[what].prepare);
  drip(null, raws, DRIPS[what].bytes);
};

// What each takes: a server that strangers come to, of which `raw` gives a connection.
export const ATTACKS = {
  '2,000 send a request, a byte a second': dripping('a request', 2000),
  '1,000 send the header of a frame so': dripping('the header of a frame', 1000),
  '1,000 send the body of a frame so': dripping('the body of a frame', 1000),
  '1,000 silent before the request': (server) => strangers(server, 1000),
  '1,000 silent behind the upgrade': (server) => strangers(server, 1000, upgraded),
  '20 closed windows in a busy room': async (server) => {
    const raws = await strangers(server, 20, memberOf(ROOM));
    for (const { socket } of raws) socket.pause();
    await flood(server, 1, 100, () => publish('x'.repeat(10_000)));
  },
  '5 send and do not read': async (server) => {
    const raws = await strangers(server, 5, authenticated);
    for (const { socket } of raws) socket.pause();
    const ping = frame(OPCODE.ping, 'x'.repeat(125));
    atRate(400, () => raws.forEach((raw) => raw.write(Buffer.concat([FENCE, ping]))));
  },
  '2,000 joins a second': (server) =>
    flood(server, 5, 400, (n) => text(`{"event":"join","data":{"rooms":["public-${n}"]}}`)),
  '10 joins a second of 8,000 rooms': (server) =>
    flood(server, 1, 10, (n) => text(JSON.stringify({
      event: 'join',
      data: { rooms: Array.from({ length: 8000 }, (_, i) => `public-${n * 8000 + i}`) },
    }))),
  '2,000 bad JSON a second': (server) => flood(server, 5, 400, () => FENCE),
  '2,000 pings a second': (server) =>
    flood(server, 5, 400, () => frame(OPCODE.ping, 'x'.repeat(125))),
  '30 messages of 127 KiB a second': (server) =>
    flood(server, 1, 30, () => publish('x'.repeat(127 * 1024))),
  '20,000 empty fragments a second': async (server) => {
    const [raw] = await strangers(server, 1, authenticated);
    raw.write(text('{', { fin: false }));
    const some = Buffer.concat(Array(400).fill(frame(OPCODE.continuation, '', { fin: false })));
    atRate(50, () => raw.write(some));
  },
  '200 resets a second': (server) => come(server, 200, (raw) => raw.write(upgradeRequest())),
  '200 malformed requests a second': (server) => {
    const random = new Random(1);
    const { makers } = KINDS['HTTP requests'];
    come(server, 200, (raw) => raw.write(random.pick(makers)(random)));
  },
};

// For a server that speaks TLS.
export const TLS_ATTACKS = {
  '500 send a ClientHello, a byte a second': dripping('a ClientHello', 500),
  '100 TLS handshakes a second, abandoned': (server) =>
    come(server, 100, (raw) => raw.write(DRIPS['a ClientHello'].bytes.subarray(0, 200))),
};

// Clients that send a byte a second, each at its own moment.

import { atEnd } from '../../integration/support/at_end.mjs';
import { text } from '../../integration/support/frames.mjs';
import { authenticated, upgraded } from './strangers.mjs';

const TURNS_A_SECOND = 50;
const LONG = 'x'.repeat(10_000);

// A ClientHello that is announced as 512 bytes (RFC 8446, sections 4.1.2 and 5.1).
const CLIENT_HELLO = Buffer.concat([
  Buffer.from('1603010200010001fc0303', 'hex'), Buffer.alloc(501, 1),
]);

// What comes before, and what then drips.
export const DRIPS = {
  'a request': { prepare: async () => {}, bytes: Buffer.from(`GET /ws?${LONG} HTTP/1.1\r\n`) },
  'the header of a frame': {
    prepare: upgraded,
    // Of eight bytes, so that it lasts; the mask follows.
    bytes: text('', { size: 60_000, lengthBytes: 8 }).subarray(0, 13),
  },
  'the body of a frame': { prepare: authenticated, bytes: text(LONG) },
  'a ClientHello': { prepare: async () => {}, bytes: CLIENT_HELLO },
};

// Each of `raws` gets the next of `bytes` once a second, until it has ended; or test `t` has, if there
// is one.
export function drip(t, raws, bytes) {
  let turn = 0;
  const timer = setInterval(() => {
    const at = Math.floor(turn / TURNS_A_SECOND);
    if (at < bytes.length) {
      for (let i = turn % TURNS_A_SECOND; i < raws.length; i += TURNS_A_SECOND) {
        if (!raws[i].ended) raws[i].write(bytes.subarray(at, at + 1));
      }
    }
    turn += 1;
  }, 1000 / TURNS_A_SECOND);
  const stop = () => clearInterval(timer);
  if (t) atEnd(t, stop);
  return stop;
}

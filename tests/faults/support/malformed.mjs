// Inputs that are not what they should be, of each kind that the server reads. Most are good ones
// that are damaged, since those come furthest.

import { OPCODE, closeFrame, frame, text } from '../../integration/support/frames.mjs';
import { upgradeRequest } from '../../integration/support/raw.mjs';
import { AUTHENTICATE } from './strangers.mjs';

const UPGRADE = Buffer.from(upgradeRequest());
const ENVELOPE =
  '{"event":"publish","data":{"room":"public-a","event":"e","data":[1,{"a":"\\u00e9"}]}}';
const CLIENT_HELLO = Buffer.concat([
  Buffer.from('1603010084010000800303', 'hex'), Buffer.alloc(32, 7),
  Buffer.from('0000021301010000550000', 'hex'), Buffer.alloc(78, 0),
]);
export const PROXY_V1 = 'PROXY TCP4 203.0.113.9 192.0.2.1 51234 443\r\n';
const PROXY_V2 = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb007109c0000201c82201bb', 'hex');

const REQUESTS = [
  (r) => r.damage(UPGRADE),
  (r) => r.bytes(1 + r.below(300)),
  (r) => upgradeRequest({ 'Sec-WebSocket-Key': r.bytes(r.below(30)).toString('base64') }),
  (r) => upgradeRequest({ 'Content-Length': `${r.below(1000)}`, 'Transfer-Encoding': 'chunked' }),
  (r) => upgradeRequest({ method: r.pick(['get', 'G T', '', 'GET GET', 'TRACE\0']) }),
  (r) => upgradeRequest({ path: r.damage(`/ws?${'x'.repeat(r.below(9000))}`).toString('latin1') }),
  (r) => upgradeRequest().replaceAll('\r\n', r.pick(['\n', '\r', '\r\r\n', '\r\n '])),
];
const FRAMES = [
  (r) => frame(r.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), r.bytes(r.below(50))),
  (r) => text(r.bytes(r.below(50)), { rsv: 1 + r.below(7) }),
  (r) => text(r.bytes(r.below(50)), { masked: false }),
  (r) => text('', { size: 2n ** BigInt(r.below(64)) - 1n, lengthBytes: 8 }),
  (r) => frame(r.pick([OPCODE.ping, OPCODE.close]), r.bytes(126 + r.below(100))),
  (r) => frame(OPCODE.continuation, r.bytes(r.below(50))),
  (r) => closeFrame(r.below(65_536), r.bytes(r.below(100))),
  (r) => r.damage(text(ENVELOPE)),
  (r) => r.bytes(r.below(300)),
];
// Of UTF-8, since other text ends the connection, and is among the frames.
const EVENTS = [
  (r) => r.damage(ENVELOPE).toString(),
  (r) => r.bytes(r.below(100)).toString(),
  (r) => '['.repeat(r.below(3000)),
  (r) => `{"event":${r.pick(['1', 'null', '""', '{}', '"a', '"\\ud800"'])},"data":${r.below(10)}}`,
  (r) => `{"event":"${r.pick(['join', 'leave', 'publish', 'authenticate', 'encrypted'])}",`
    + `"data":${r.pick(['[]', 'null', '{"rooms":{}}', '{"rooms":[1,[],""]}', '{"room":7}', '1e999'])}}`,
];
const PROXY_HEADERS = [
  (r) => r.damage(PROXY_V1),
  (r) => r.damage(PROXY_V2),
  (r) => `PROXY ${r.pick(['TCP4', 'TCP6', 'UDP', 'UNKNOWN'])} ${'9'.repeat(r.below(200))}`,
  (r) => Buffer.concat([PROXY_V2.subarray(0, 14), r.bytes(2), r.bytes(r.below(300))]),
];
const RECORDS = [
  (r) => r.damage(CLIENT_HELLO),
  (r) => Buffer.concat([Buffer.from([r.below(256), 3, r.below(5)]), r.bytes(2 + r.below(300))]),
  (r) => Buffer.concat([CLIENT_HELLO.subarray(0, 5 + r.below(100)), r.bytes(r.below(100))]),
  (r) => r.bytes(1 + r.below(300)),
];

const PROXY_FLAGS = ['--proxy-protocol', '--trusted-proxy', '127.0.0.1'];

// What one connection sends: `greeting`, and `each` inputs, where one doesn't end it.
export const KINDS = {
  'HTTP requests': { makers: REQUESTS, greeting: [] },
  frames: { makers: FRAMES, greeting: [UPGRADE, AUTHENTICATE] },
  events: {
    makers: EVENTS.map((make) => (r) => frame(r.pick([OPCODE.text, OPCODE.binary]), make(r))),
    greeting: [UPGRADE, AUTHENTICATE],
    each: 100, // each is answered, and the connection stays
  },
  'PROXY headers': { makers: PROXY_HEADERS, greeting: [], flags: PROXY_FLAGS, proxied: true },
  'TLS records': { makers: RECORDS, greeting: [], tls: true },
};

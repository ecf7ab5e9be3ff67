// RFC 6455, section 5.2, for a client that may say what no library would.
//
//   byte 0: FIN(1) RSV(3) opcode(4)    byte 1: MASK(1) length(7), then 0, 2 or 8 bytes of length,
//   then 4 bytes of mask, then the payload

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
const NAMES = Object.fromEntries(Object.entries(OPCODES).map(([name, code]) => [code, name]));

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

export function makeHead(opcode, length, { fin = true, rsv = 0, masked = true } = {}) {
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const flag = masked ? 0x80 : 0;
  if (length < 126) return Buffer.from([first, flag | length]);
  if (length < 65536) return Buffer.from([first, flag | 126, length >> 8, length & 0xff]);
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = flag | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

export function makeFrame(opcode, payload, options = {}) {
  const body = Buffer.from(payload);
  const head = makeHead(opcode, body.length, options);
  if (options.masked === false) return Buffer.concat([head, body]);
  return Buffer.concat([head, MASK, body.map((byte, i) => byte ^ MASK[i % 4])]);
}

export function closePayload(code, reason = '') {
  const payload = Buffer.from(`??${reason}`);
  payload.writeUInt16BE(code, 0);
  return payload;
}

// {kind, fin, payload, size} of the first frame of a server's bytes, or null for "more".
export function parseFrame(bytes) {
  if (bytes.length < 2) return null;
  let length = bytes[1] & 0x7f;
  let at = 2;
  if (length === 126) {
    if (bytes.length < 4) return null;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return null;
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  if (bytes.length < at + length) return null;
  const kind = NAMES[bytes[0] & 0x0f] ?? `opcode ${bytes[0] & 0x0f}`;
  return { kind, fin: bytes[0] >= 0x80, payload: bytes.subarray(at, at + length), size: at + length };
}

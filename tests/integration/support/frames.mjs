// Frames byte by byte (RFC 6455, section 5.2), for what a good client can't be made to send.

const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

// A client's frame. `size` claims another length than the payload's, `lengthBytes` writes the
// length longer than it has to be.
export function frame(opcode, payload = '', options = {}) {
  const { fin = true, rsv = 0, masked = true, size, lengthBytes } = options;
  const body = Buffer.from(payload);
  const length = size ?? body.length;
  const wide = lengthBytes ?? (length < 126 ? 0 : length < 65536 ? 2 : 8);
  const head = Buffer.alloc(2 + wide);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (wide === 0 ? length : wide === 2 ? 126 : 127);
  if (wide === 2) head.writeUInt16BE(length, 2);
  if (wide === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, body]);
  return Buffer.concat([head, MASK, body.map((byte, i) => byte ^ MASK[i % 4])]);
}

export const text = (payload, options) => frame(OPCODE.text, payload, options);

export function closeFrame(code, reason = '') {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return frame(OPCODE.close, Buffer.concat([payload, Buffer.from(reason)]));
}

// The first frame of what a server sent, or null if it is not all there.
export function parseFrame(bytes) {
  if (bytes.length < 2) return null;
  let length = bytes[1] & 0x7f;
  const wide = length === 126 ? 2 : length === 127 ? 8 : 0;
  if (bytes.length < 2 + wide) return null;
  if (wide === 2) length = bytes.readUInt16BE(2);
  if (wide === 8) length = Number(bytes.readBigUInt64BE(2));
  const size = 2 + wide + length;
  if (bytes.length < size) return null;
  const value = {
    fin: (bytes[0] & 0x80) !== 0,
    rsv: (bytes[0] >> 4) & 7,
    opcode: bytes[0] & 0x0f,
    payload: bytes.subarray(2 + wide, size),
  };
  return { value, size };
}

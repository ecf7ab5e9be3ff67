// A TCP connection, or one of TLS over it, that says any bytes and reads when it is told to.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { parseFrame } from './frames.mjs';
import { within } from './wait.mjs';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='; // RFC 6455, section 1.3, and so is the answer to it
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

// The head of an upgrade; a header that is given as null is left out.
export function upgradeRequest({ method = 'GET', path = '/ws', ...headers } = {}) {
  const all = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': KEY,
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== null);
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`;
}

export class Raw {
  #pieces = [];
  #bytes = Buffer.alloc(0);
  #wake = () => {};

  #tls;

  // allowHalfOpen: the server's end of sending does not end ours. Options are those of node:net;
  // `tls` as node:tls has them, or null.
  constructor(port, host, tls = null, options = {}) {
    this.#tls = tls;
    const to = { port, host, allowHalfOpen: true, ...options };
    this.socket = tls ? connectTls({ ...to, ...tls }) : connect(to);
    this.ended = false; // the server has said FIN, or reset
    this.reset = false;
    this.socket.on('data', (bytes) => { this.#pieces.push(bytes); this.#wake(); });
    this.socket.on('end', () => { this.ended = true; this.#wake(); });
    this.socket.on('error', () => { this.reset = true; });
    this.socket.on('close', () => { this.ended = true; this.#wake(); });
  }

  async opened() {
    const connected = once(this.socket, this.#tls ? 'secureConnect' : 'connect');
    await within(connected, 'a connection');
  }

  write(bytes) {
    this.socket.write(bytes);
    return this;
  }

  async upgrade(request) {
    this.write(upgradeRequest(request));
    const answer = await this.response();
    assert.equal(answer.status, 101);
    return answer;
  }

  // Waits until `take` finds something in what has come: {value, size}, or null for "more".
  async #read(take, what) {
    const found = async () => {
      for (;;) {
        if (this.#pieces.length > 0) {
          this.#bytes = Buffer.concat([this.#bytes, ...this.#pieces.splice(0)]);
        }
        const { value, size } = take(this.#bytes) ?? {};
        if (size !== undefined) {
          this.#bytes = this.#bytes.subarray(size);
          return value;
        }
        if (this.ended) throw new Error(`the connection ended before ${what}`);
        await new Promise((resolve) => { this.#wake = resolve; });
      }
    };
    return within(found(), what);
  }

  // {status, headers, body}; `method` because the answer to HEAD has no body.
  response(method = 'GET') {
    return this.#read((bytes) => {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return null;
      const [line, ...fields] = bytes.toString('latin1', 0, end).split('\r\n');
      const headers = {};
      for (const field of fields) {
        const [, name, value] = field.match(/^([^:]+):\s*(.*)$/);
        const key = name.toLowerCase();
        headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
      }
      const length = method === 'HEAD' ? 0 : Number(headers['content-length'] ?? 0);
      const size = end + 4 + length;
      if (bytes.length < size) return null;
      const body = bytes.toString('utf8', end + 4, size);
      return { value: { status: Number(line.split(' ')[1]), headers, body }, size };
    }, 'an HTTP response');
  }

  // {opcode, fin, rsv, payload}
  frame() {
    return this.#read(parseFrame, 'a frame');
  }

  async text() {
    const { opcode, payload } = await this.frame();
    assert.equal(opcode, 1);
    return payload.toString();
  }

  // The code of the close frame that must be next.
  async closeFrame() {
    const { opcode, payload } = await this.frame();
    assert.equal(opcode, 8, 'a close frame');
    return { code: payload.readUInt16BE(0), reason: payload.toString('utf8', 2) };
  }

  // What comes until the server ends the connection.
  rest() {
    return this.#read(
      (bytes) => (this.ended ? { value: bytes, size: bytes.length } : null),
      'the end of the connection',
    );
  }

  async expectEnd() {
    assert.equal((await this.rest()).toString('latin1'), '', 'nothing before the end');
  }

  async terminate() {
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }
}

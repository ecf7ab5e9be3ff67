// One client of a scenario, by a TCP connection: it says what no library would.

import { once } from 'node:events';
import { connect } from 'node:net';

import { Actor } from './actor.mjs';
import { OPCODES, closePayload, makeFrame, makeHead, parseFrame } from './frames.mjs';
import { within } from './wait.mjs';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='; // RFC 6455, section 1.3
const SHOWN_HEADERS = ['upgrade', 'sec-websocket-accept', 'sec-websocket-extensions', 'sec-websocket-protocol'];

export class RawPeer extends Actor {
  #bytes = Buffer.alloc(0);
  upgraded = false;

  constructor(stage, name, port) {
    super(stage, name);
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.on('data', (bytes) => this.#read(bytes));
    this.socket.on('error', () => {}); // its close tells
    this.socket.on('close', () => this.arrive({ line: 'the end', end: true }));
  }

  async opened() {
    await within(once(this.socket, 'connect'), `the connection of ${this.name}`);
    return this;
  }

  #read(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (!this.upgraded && !this.#readResponse()) return;
    for (let frame; (frame = parseFrame(this.#bytes)) !== null;) {
      this.#bytes = this.#bytes.subarray(frame.size);
      this.arrive({ kind: frame.kind, line: frameLine(frame) });
    }
  }

  #readResponse() {
    const end = this.#bytes.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const [status, ...fields] = this.#bytes.toString('latin1', 0, end).split('\r\n');
    this.#bytes = this.#bytes.subarray(end + 4);
    this.upgraded = status.split(' ')[1] === '101';
    const shown = fields.map((field) => field.split(/:\s*/, 2))
      .map(([name, value]) => [name.toLowerCase(), value])
      .filter(([name]) => this.upgraded && SHOWN_HEADERS.includes(name))
      .map(([name, value]) => `, ${name}: ${value}`);
    this.arrive({ line: `${status.split(' ')[1]}${shown.sort().join('')}` });
    return this.upgraded;
  }

  // --- saying ---

  async upgrade(path = '/ws', extraHeaders = {}) {
    const headers = {
      Host: '127.0.0.1', Connection: 'Upgrade', Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': KEY, ...extraHeaders,
    };
    const extra = Object.entries(extraHeaders).map(([name, value]) => ` ${name}: ${value}`);
    this.wrote(`GET ${path}${extra.join('')}`);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    await this.hears();
    return this;
  }

  // Options: fin, rsv, masked.
  sayFrame(kind, payload, options = {}) {
    const how = Object.entries(options).map(([name, value]) => ` ${name}=${value}`).join('');
    const bytes = Buffer.from(payload);
    this.wrote(`frame ${kind}${how} ${bytes.toString('latin1')}`);
    this.socket.write(makeFrame(OPCODES[kind] ?? kind, bytes, options));
    return this;
  }

  // The head of a frame and no more than the beginning of its payload.
  sayHead(kind, length) {
    this.wrote(`head of a frame ${kind} of ${length} bytes`);
    const maskAndAFewBytes = Buffer.alloc(12);
    this.socket.write(Buffer.concat([makeHead(OPCODES[kind], length), maskAndAFewBytes]));
    return this;
  }

  sayClose(code, reason) {
    this.wrote(`close ${code} ${reason ?? ''}`.trimEnd());
    this.socket.write(makeFrame(OPCODES.close, closePayload(code, reason)));
    return this;
  }

  say(text) {
    return this.sayFrame('text', text);
  }

  async hearsKind(kind) {
    await this.hearUntil((item) => item.kind === kind, `a ${kind} frame`);
  }

  // --- ending ---

  async finish() {
    this.writeWhatIsLeft();
  }

  async hangUp() {
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }
}

function frameLine({ kind, fin, payload }) {
  const piece = fin ? '' : ' fin=false';
  if (kind === 'close' && payload.length >= 2) {
    return `close ${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`.trimEnd();
  }
  return `${kind}${piece} ${payload}`.trimEnd();
}

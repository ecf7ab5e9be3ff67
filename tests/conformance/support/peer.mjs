// One client of a scenario, by npm ws.

import { once } from 'node:events';
import WebSocket from 'ws';

import { Actor } from './actor.mjs';
import { unwrapped } from './transcript.mjs';
import { within } from './wait.mjs';

export class Peer extends Actor {
  #pings = 0;

  constructor(stage, name, url) {
    super(stage, name);
    this.id = null;
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    this.socket.on('message', (bytes, binary) => {
      this.inOrder(() => this.received(bytes.toString(), binary));
    });
    this.socket.on('pong', (bytes) => this.inOrder(() => this.arrive({ pong: bytes.toString() })));
    this.socket.on('error', () => {}); // its close tells
    this.closed = once(this.socket, 'close').catch(() => {});
    this.socket.on('close', (code, reason) => {
      this.inOrder(() => this.arrive({ line: `close ${code} ${reason}`.trimEnd(), end: true }));
    });
  }

  async opened() {
    await within(once(this.socket, 'open'), `the handshake of ${this.name}`);
    return this;
  }

  inOrder(action) {
    action();
  }

  // A message, and what is in it if that is wrapped.
  received(text, binary, plain = unwrapped(text)) {
    const fence = plain.match(/"event":"fence","data":\{"number":(\d+)\}/)?.[1];
    if (fence !== undefined) {
      this.arrive({ fence: Number(fence) });
      return;
    }
    // `connected` says who we are, encrypted or not.
    const id = plain.match(/\{"event":"connected","data":\{"id":"([^"]+)"/)?.[1];
    if (id) this.learn(id);
    this.arrive({ line: binary ? `binary ${text}` : text, plain });
  }

  learn(id) {
    this.id ??= id;
    this.stage.transcript.name(id, this.name);
  }

  // --- saying ---

  // An object is said as JSON, a string as it is, a Buffer in a binary frame.
  say(message) {
    const binary = Buffer.isBuffer(message);
    const raw = binary || typeof message === 'string' ? message : JSON.stringify(message);
    this.wrote(`${binary ? 'binary ' : ''}${raw}`);
    this.socket.send(raw);
    return this;
  }

  // Fragments of one text message.
  sayInPieces(...pieces) {
    this.wrote(`in ${pieces.length} pieces ${pieces.join('')}`);
    pieces.forEach((piece, i) => this.socket.send(piece, { fin: i === pieces.length - 1 }));
    return this;
  }

  // Authenticates, and waits for the answer. Data: see "The handlers" in README.md.
  async authenticate(data = {}) {
    this.say({ event: 'authenticate', data });
    await this.hears();
    return this;
  }

  // A refused join is silent, and an accepted one too.
  async join(...rooms) {
    this.say({ event: 'join', data: { rooms } });
    await this.hearsNothingMore();
  }

  async leave(...rooms) {
    this.say({ event: 'leave', data: { rooms } });
    await this.hearsNothingMore();
  }

  // --- hearing ---

  // What the server says to what this client has said so far: all that comes before the pong to a
  // ping, which every server answers at once and in order.
  async hearsNothingMore() {
    if (await this.hearUntilPong() === 0) this.heardNothing();
  }

  async hearUntilPong() {
    this.#pings += 1;
    const payload = `fence ${this.#pings}`;
    this.socket.ping(payload);
    const { count } = await this.hearUntil(({ pong }) => pong === payload, 'the pong to a fence');
    return count;
  }

  // What came before a fence, which a call of the server sent to this client: how many lines.
  async hearUntilFence(number) {
    const { count } = await this.hearUntil(({ fence }) => fence === number, 'a fence');
    return count;
  }

  // --- ending ---

  close(...codeAndReason) {
    this.wrote(`close ${codeAndReason.join(' ')}`.trimEnd());
    this.socket.close(...codeAndReason);
    return this.closes();
  }

  // Without a close frame, as when the network fails.
  vanish() {
    this.wrote('vanishes');
    this.giveUp('vanishing');
    this.socket.terminate();
  }

  async finish() {
    this.writeWhatIsLeft();
    if (!this.isGone) await this.hearUntilPong();
  }

  async hangUp() {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close(1000);
    await within(this.closed, `${this.name} has hung up`, 2000).catch(() => this.socket.terminate());
  }
}

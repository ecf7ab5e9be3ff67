// A session of one client: it talks, hears, and keeps the books of both.

import { once } from 'node:events';

import { Client } from '../../integration/support/client.mjs';
import { EncryptedClient } from '../../integration/support/encrypted_client.mjs';
import { within } from '../../integration/support/wait.mjs';
import { counter } from '../../support/wait.mjs';
import { Sender } from './ledger.mjs';
import { Listener } from './listener.mjs';

export const BEACON_ROOM = 'public-beacon';

// Much longer than any fault lasts, also on a machine that has a lot else to do: the end of a run
// that hangs, no measure.
const PATIENCE_MS = 600_000;

const newNumber = counter();

export function padding(size) {
  return 'x'.repeat(size);
}

export class Session {
  isMovedOn = false; // its node said that it had better go
  #fences = []; // {n, resolve}
  #isEndedByUs = false;
  received = 0;
  said = 0;
  rooms = new Set(); // that it has joined by its own wish

  // traits: {userId, isEncrypted, deflates, capabilities}
  static async open(ledger, node, traits) {
    const session = new Session(ledger, node, traits);
    try {
      await session.#begin();
    } catch (error) {
      session.client.socket.terminate();
      session.listener.end();
      session.sender.end();
      throw error;
    }
    return session;
  }

  constructor(ledger, node, traits) {
    this.ledger = ledger;
    this.node = node;
    this.traits = traits;
    this.name = `session ${newNumber()}`;
    this.listener = new Listener(ledger, node, this.name);
    this.sender = new Sender(ledger, node, this.name, this.listener);
    const Kind = traits.isEncrypted ? EncryptedClient : Client;
    this.client = new Kind(node.webSocketUrl, { perMessageDeflate: traits.deflates });
  }

  async #begin() {
    const { userId, capabilities } = this.traits;
    await this.client.opened();
    this.said += 1;
    const { id } = this.traits.isEncrypted
      ? await this.client.authenticate({ userId }, capabilities)
      : await this.client.authenticate({ userId, capabilities });
    this.id = id;
    Object.assign(this.listener, { id, tellsGaps: capabilities.includes('gap') });
    for (const place of ['everyone', `client:${id}`, `user:${userId}`]) this.listener.arrive(place);
    while (this.client.waiting > 0) this.#hear(await this.client.next());
    this.node.sessions.add(this);
    this.ended = this.#listen();
    await this.#enter(BEACON_ROOM);
  }

  get isOpen() {
    return !this.listener.hasEnded;
  }

  // --- saying ---

  publish(room, more) {
    this.said += 1;
    this.client.publish(room, 'note', this.sender.next(`room:${room}`, more));
  }

  // Resolves when the server has handled all that was said before, and what it had to say before
  // that has been heard. The reply to one may be dropped for a slow client, and then another's is
  // taken for it: later than need be, which is on the safe side, and all resolve as long as there
  // are more of them.
  fence() {
    if (!this.isOpen) return Promise.resolve();
    this.said += 1;
    if (this.traits.isEncrypted) this.client.sendSealed('a fence');
    else this.client.sendText('a fence');
    return new Promise((resolve) => this.#fences.push({ n: this.sender.sent, resolve }));
  }

  async join(room) {
    await this.#enter(room);
    this.rooms.add(room);
  }

  async #enter(room) {
    this.listener.come(`room:${room}`);
    this.said += 1;
    this.client.send('join', { rooms: [room] });
    if (!(await this.#patiently(this.fence(), `the join of ${room}`))) return;
    this.listener.arrive(`room:${room}`);
  }

  async leave(room) {
    this.rooms.delete(room);
    const isClear = this.listener.go(`room:${room}`);
    if (!(await this.#patiently(isClear, `what was sent to ${room}`))) return;
    this.said += 1;
    this.client.send('leave', { rooms: [room] });
    if (!(await this.#patiently(this.fence(), `the leave of ${room}`))) return;
    this.listener.leave(`room:${room}`);
  }

  // In good order: nothing is missing behind it.
  async close() {
    if (!(await this.#patiently(this.listener.go(), 'what was sent before it closes'))) return;
    if (!(await this.#patiently(this.fence(), 'the last fence'))) return;
    this.#isEndedByUs = true;
    this.listener.hasClosed = true;
    this.client.socket.close(1000);
    await this.#patiently(this.ended, 'its close');
  }

  // Without a word.
  reset() {
    this.#isEndedByUs = true;
    this.client.socket._socket?.resetAndDestroy();
    return this.ended;
  }

  pause() {
    this.client.socket.pause();
  }

  resume() {
    if (this.client.socket.readyState !== this.client.socket.CLOSED) this.client.socket.resume();
  }

  // True if that has happened, and the session goes on.
  async #patiently(promise, what) {
    try {
      await within(promise, `${what} of ${this.name} on ${this.node.name}`, PATIENCE_MS);
    } catch (error) {
      this.ledger.fault(error.message);
      this.reset();
      return false;
    }
    return this.isOpen;
  }

  // --- hearing ---

  // Until the socket closes. The client's own inbox has a limit for how long nothing may come, and
  // that would be a measure of how busy the machine is.
  async #listen() {
    const { socket } = this.client;
    const closed = socket.readyState === socket.CLOSED ? [1006, ''] : once(socket, 'close');
    socket.removeAllListeners('message');
    let all = Promise.resolve(); // what is encrypted is opened later; all stays in order
    socket.on('message', (bytes) => {
      if (this.traits.isEncrypted) all = all.then(() => this.#open(bytes));
      else this.#try(() => this.#hear(JSON.parse(bytes)));
    });
    const [code, reason] = await closed;
    await all;
    this.#end(code, reason);
  }

  #open(bytes) {
    return this.#try(async () => {
      const { event, data } = JSON.parse(bytes);
      if (event !== 'encrypted') throw new Error(`${event} in the clear`);
      const message = await this.client.session.open(data);
      if (message.event !== 'room-key') this.#hear(message);
    });
  }

  async #try(read) {
    try {
      await read();
    } catch (error) {
      this.ledger.fault(`${this.name} on ${this.node.name} can't read: ${error.message}`);
    }
  }

  #hear({ event, data }) {
    this.received += 1;
    if (event === 'note') this.listener.hear(data);
    else if (event === 'gap') this.listener.gap(data);
    else if (event === 'reconnect') this.isMovedOn = true;
    else if (event === 'error' && data.message === 'Invalid message format') this.#pass();
    else this.ledger.fault(`${this.name} hears ${event} ${JSON.stringify(data)}`);
  }

  #pass() {
    const fence = this.#fences.shift();
    if (!fence) {
      this.ledger.fault(`${this.name} is answered what it has not said`);
      return;
    }
    this.sender.settle(fence.n);
    fence.resolve();
  }

  #end(code, reason) {
    if (!this.#isEndedByUs && !this.node.isEnding) {
      this.ledger.fault(`${this.name} was closed by ${this.node.name}: ${code} ${reason}`);
    }
    this.node.sessions.delete(this);
    this.node.account(this);
    this.sender.end();
    this.listener.end();
    for (const { resolve } of this.#fences.splice(0)) resolve();
  }
}

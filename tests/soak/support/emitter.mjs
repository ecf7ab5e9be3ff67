// What sends through Redis and serves nobody: a connection of our own, which knows of each message
// whether Redis has taken it, and now and then a process of `cresset emit`.

import { connect } from 'node:net';

import { runEmit } from '../../fleet/support/emitters.mjs';
import { counter } from '../../support/wait.mjs';
import { REDIS, Sender } from './ledger.mjs';

const RETRY_MS = 50;

const newNumber = counter();

// A place is as a Listener has it: "room:NAME", "user:ID", "client:ID" or "everyone".
function targetOf(place) {
  if (place === 'everyone') return { channel: 'ws:broadcast', type: 'broadcast' };
  const at = place.indexOf(':');
  const [type, target] = [place.slice(0, at), place.slice(at + 1)];
  return { channel: `ws:${place}`, type, target };
}

function command(...words) {
  const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${bulks.join('')}`;
}

export class Emitter {
  #socket = null;
  #sender = null;
  #answer = ''; // of which the end has not come
  #asked = []; // what waits for an answer: the number, or a function
  #isOver = false;

  constructor(ledger, redis) {
    this.ledger = ledger;
    this.redis = redis;
    this.#connect();
  }

  get isUp() {
    return this.#sender !== null;
  }

  send(place, more) {
    const { channel, type, target } = targetOf(place);
    const data = this.#sender.next(place, more);
    const message = { serverId: 'emitter', type, target, event: 'note', data };
    this.#asked.push(data.n);
    this.#socket.write(command('PUBLISH', channel, JSON.stringify(message)));
  }

  // Any payloads, which are nobody's messages. Resolves when Redis has taken them, or is gone.
  publish(pairs) {
    if (!this.isUp) return Promise.resolve();
    const taken = pairs.map(
      ([channel, payload]) =>
        new Promise((resolve) => {
          this.#asked.push(resolve);
          this.#socket.write(command('PUBLISH', channel, payload));
        }),
    );
    return Promise.all(taken);
  }

  // Resolves when Redis has taken all that was sent, or is gone.
  taken() {
    return this.publish([['nobody', '']]);
  }

  stop() {
    this.#isOver = true;
    this.#socket.destroy();
  }

  #connect() {
    this.#socket = connect(this.redis.port, '127.0.0.1');
    this.#socket.setEncoding('latin1');
    this.#socket.on('connect', () => {
      this.#sender = new Sender(this.ledger, REDIS, `emitter ${newNumber()}`);
    });
    this.#socket.on('data', (text) => this.#read(text));
    this.#socket.on('error', () => {}); // its close tells
    this.#socket.on('close', () => this.#lose());
  }

  #read(text) {
    const lines = (this.#answer + text).split('\r\n');
    this.#answer = lines.pop();
    for (const line of lines) {
      if (!line.startsWith(':')) this.ledger.fault(`Redis answers the emitter ${line}`);
      const asked = this.#asked.shift();
      if (typeof asked === 'number') this.#sender.settle(asked);
      else asked();
    }
  }

  #lose() {
    this.#sender?.end();
    this.#sender = null;
    this.#answer = '';
    for (const asked of this.#asked.splice(0)) if (typeof asked !== 'number') asked();
    if (!this.#isOver) setTimeout(() => this.#connect(), RETRY_MS);
  }
}

// One process that sends so many messages to a place.
export async function emitMany(ledger, redis, place, count) {
  const sender = new Sender(ledger, REDIS, `cresset emit ${newNumber()}`);
  const { type, target } = targetOf(place);
  const where = type === 'broadcast' ? ['--broadcast'] : [`--${type}`, target];
  const lines = Array.from({ length: count }, () => `${JSON.stringify(sender.next(place))}\n`);
  const { status, stderr } = await runEmit(redis, [...where, 'note', '-'], lines.join(''));
  if (status === 0) sender.settle();
  else if (status !== 1) ledger.fault(`cresset emit ended with ${status}: ${stderr}`);
  sender.end();
}

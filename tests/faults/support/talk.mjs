// Honest clients that talk to each other while something is done to their server. Each says numbers
// to one room, and hears those of all others: every one, once, and in order.

import assert from 'node:assert/strict';

import { atEnd } from '../../integration/support/at_end.mjs';
import { eventually } from '../../integration/support/wait.mjs';

const ROOM = 'public-talk';
const COUNT = 4;
const EVERY_MS = 20;

class Talker {
  said = 0;
  heard = new Map(); // the next number of each other one
  wrong = [];

  constructor(name, client) {
    this.name = name;
    this.client = client;
  }

  say() {
    this.client.publish(ROOM, 'number', { from: this.name, n: this.said });
    this.said += 1;
  }

  async listen() {
    try {
      for (;;) this.#hear(await this.client.next());
    } catch (error) {
      this.wrong.push(`${this.name}: ${error.message}`);
    }
  }

  #hear({ event, data }) {
    const next = this.heard.get(data.from) ?? 0;
    if (event === 'number' && data.n === next) this.heard.set(data.from, next + 1);
    else this.wrong.push(`${this.name}: ${event} ${JSON.stringify(data)}, not ${next}`);
  }
}

export class Talk {
  #talkers;
  #timer = null;

  // Returns when everybody hears everybody.
  static async start(t, server) {
    const names = Array.from({ length: COUNT }, (_, i) => `talker ${i}`);
    const talkers = await Promise.all(
      names.map(async (name) => new Talker(name, await server.client(name, ROOM))),
    );
    const talk = new Talk(talkers);
    atEnd(t, () => talk.hush());
    await talk.flows();
    return talk;
  }

  constructor(talkers) {
    this.#talkers = talkers;
    for (const talker of talkers) talker.listen();
    this.#timer = setInterval(() => talkers.forEach((talker) => talker.say()), EVERY_MS);
  }

  hush() {
    clearInterval(this.#timer);
  }

  // Until everybody has heard of all others what they say from now on.
  async flows() {
    const marks = new Map(this.#talkers.map(({ name, said }) => [name, said]));
    const hears = (talker) =>
      [...marks].every(([name, n]) => name === talker.name || talker.heard.get(name) > n);
    await eventually(
      () => this.wrong.length > 0 || this.#talkers.every(hears),
      'everybody hears everybody',
    );
    this.expectWell();
  }

  get wrong() {
    return this.#talkers.flatMap(({ wrong }) => wrong);
  }

  expectWell() {
    assert.deepEqual(this.wrong.slice(0, 5), [], 'each number comes once and in order');
  }

  // Ends it, when all that was said has been heard.
  async stop() {
    await this.flows();
    this.hush();
    const all = (talker) => this.#talkers.every(
      ({ name, said }) => name === talker.name || talker.heard.get(name) === said,
    );
    await eventually(() => this.#talkers.every(all), 'the last number is heard by all');
    this.expectWell();
  }
}

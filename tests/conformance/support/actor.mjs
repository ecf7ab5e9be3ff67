// Whoever says and hears in a scenario. What is heard goes into the transcript when the script asks
// for it; what the script does not ask for, at the scenario's end.

import { Inbox, PATIENCE_MS } from './wait.mjs';

// Ends a scenario: the script expected something of the connection that can't come any more.
export class Broken extends Error {}

export class Actor {
  #inbox = new Inbox();
  #gone = null;

  constructor(stage, name) {
    this.stage = stage;
    this.name = name;
    this.patienceMs = PATIENCE_MS;
  }

  // An item has a line if it belongs into the transcript, and `end` if it is the last.
  arrive(item) {
    this.#inbox.push(item);
  }

  wrote(text) {
    this.stage.transcript.add(`${this.name} > ${text}`);
  }

  heardNothing() {
    this.stage.transcript.add(`${this.name} < nothing`);
  }

  // From now on nothing is waited for.
  giveUp(why) {
    this.#gone = why;
  }

  get isGone() {
    return this.#gone !== null;
  }

  #write(items) {
    const lines = items.filter(({ line }) => line !== undefined);
    for (const { line } of lines) this.stage.transcript.add(`${this.name} < ${line}`);
    this.#gone ??= items.find(({ end }) => end)?.line ?? null;
    return lines.length;
  }

  // Writes all up to what `find` picks, or to the end: {count of lines, last item}.
  async hearUntil(find, what) {
    const items = await this.#take((item) => item.end || find(item), what);
    return { count: this.#write(items), last: items.at(-1) };
  }

  async #take(find, what) {
    if (this.#gone) throw new Broken(`${this.name} waits for ${what}, after ${this.#gone}`);
    return this.#inbox.takeUntil(find, `${what} at ${this.name}`, this.patienceMs);
  }

  // The next messages; the end of the connection instead of one is trouble.
  async hears(count = 1) {
    for (let i = 0; i < count; i += 1) {
      const { last } = await this.hearUntil(({ line }) => line !== undefined, 'a message');
      if (last.end) throw new Broken(`${this.name} was closed instead`);
    }
  }

  // The next encrypted messages, in the order in which they were sent: `rank` gives the place of an
  // envelope. A server that doesn't keep the order has it put right. Returns whether it was.
  async hearsAsSent(count, rank) {
    const items = [];
    const isMessage = ({ line }) => line !== undefined;
    while (items.length < count) items.push(...await this.#take(isMessage, 'a message'));
    const rankOf = ({ plain, end }) => (end ? Infinity : rank(JSON.parse(plain)));
    const sorted = [...items].sort((a, b) => rankOf(a) - rankOf(b));
    this.#write(this.stage.keepsOrder ? items : sorted);
    return items.every((item, i) => item === sorted[i]);
  }

  // The end of the connection, with all that comes before.
  async closes() {
    await this.hearUntil(() => false, 'the close');
  }

  // The same, without the lines that come as often as it happens to take.
  async closesAfter(isNoise) {
    const items = await this.#take(({ end }) => end, 'the close');
    this.#write(items.filter(({ line = '', end }) => end || !isNoise(line)));
  }

  writeWhatIsLeft({ andTheEnd = true } = {}) {
    this.#write(this.#inbox.takeAll().filter(({ end }) => andTheEnd || !end));
  }
}

// What one session has to hear, and what it hears: once, in order, and nothing that is for others.

import { REDIS } from './ledger.mjs';

export class Listener {
  lastRound = 0; // that any beacon has told
  lost = []; // {message, at}: due, and will never come
  gaps = new Map(); // what `gap` told, by kind of place
  hasEnded = false;
  hasClosed = false; // in good order
  #places = new Map(); // by name: when it arrived, or Infinity
  #owed = new Map(); // by the name of the sender: messages, in order
  #last = new Map(); // by the name of the sender: the last number
  #rounds = new Map(); // by origin: the last round of its beacon
  #waiting = [];

  constructor(ledger, node, name) {
    this.ledger = ledger;
    this.node = node;
    this.name = name;
    ledger.listeners.add(this);
  }

  // --- where it is ---

  // It has asked to be in a place: it may hear from there.
  come(place) {
    this.#places.set(place, Infinity);
  }

  // It has been told that it is: it must hear all that is sent from now on.
  arrive(place) {
    if (this.hasEnded) return;
    this.#places.set(place, performance.now());
    this.ledger.membersOf(place).add(this);
  }

  arrivedAt(place) {
    return this.#places.get(place) ?? Infinity;
  }

  // It is about to leave. Returns when all that it had to hear has come or is lost for good.
  go(...places) {
    const from = places.length > 0 ? places : [...this.#places.keys()];
    for (const place of from) this.ledger.forget(place, this);
    const isClear = () => !this.#owes(from);
    return new Promise((resolve) => {
      this.#waiting.push({ isClear, resolve });
      this.#tell();
    });
  }

  // It has been told that it has left.
  leave(place) {
    this.#places.delete(place);
  }

  end() {
    this.hasEnded = true;
    this.endedAt = performance.now();
    for (const place of this.#places.keys()) this.ledger.forget(place, this);
    for (const messages of this.#owed.values()) {
      for (const message of messages) {
        this.ledger.explain(message.isDoubtful ? 'the sender went' : 'the receiver went');
      }
    }
    this.#owed.clear();
    this.#tell();
  }

  // --- what it hears ---

  owe(message) {
    const { name } = message.sender;
    if (!this.#owed.has(name)) this.#owed.set(name, []);
    this.#owed.get(name).push(message);
  }

  hear({ from, n, to, round }) {
    if (!this.#places.has(to)) {
      this.ledger.fault(`${this.name} hears what is for ${to}: ${n} of ${from}`);
    }
    const last = this.#last.get(from) ?? 0;
    if (n <= last) this.ledger.fault(`${this.name} hears ${n} of ${from} behind ${last}`);
    this.#last.set(from, Math.max(n, last));
    this.#strike(from, n);
    if (round) this.#hearBeacon(this.ledger.senders.get(from).origin, round);
  }

  gap({ rooms = {}, user = 0, client = 0, everyone = 0 }) {
    const add = (place, count) => this.gaps.set(place, (this.gaps.get(place) ?? 0) + count);
    for (const [room, count] of Object.entries(rooms)) add(`room:${room}`, count);
    for (const [kind, count] of Object.entries({ user, client, everyone })) add(kind, count);
  }

  get toldByGaps() {
    return [...this.gaps.values()].reduce((sum, count) => sum + count, 0);
  }

  // What its node told of it as a slow client: {isOpen, told}.
  get burst() {
    return this.node.bursts?.get(this.id);
  }

  // From this one's origin, the last round that has come.
  roundOf(origin) {
    return this.#rounds.get(origin) ?? 0;
  }

  // One of the sender's has come, so all in front of it that have not are lost.
  #strike(from, n) {
    const messages = this.#owed.get(from);
    while (messages?.[0]?.n < n) this.#lose(messages.shift());
    if (messages?.[0]?.n === n) {
      messages.shift();
      this.ledger.counts.heard += 1;
    } else {
      this.ledger.counts.more += 1;
    }
    if (messages?.length === 0) this.#owed.delete(from);
  }

  // What was settled before the beacon said so would have come in front of it.
  #hearBeacon(origin, round) {
    this.#rounds.set(origin, round);
    this.lastRound = Math.max(round, this.lastRound);
    for (const [from, messages] of this.#owed) {
      while (messages.length > 0 && this.#hasPassed(messages[0])) this.#lose(messages.shift());
      if (messages.length === 0) this.#owed.delete(from);
    }
    this.#tell();
  }

  #hasPassed({ sender: { origin }, round }) {
    if (this.roundOf(origin) > round) return true;
    // A node that has ended has no beacon, and what it said is in front of what others say later.
    // Redis reads its connections in any order, so one round may be too early.
    return origin.endedRound !== undefined &&
      this.roundOf(REDIS) > Math.max(round, origin.endedRound) + 1;
  }

  #lose(message) {
    this.lost.push({ message, at: performance.now() });
  }

  #owes(places) {
    const from = new Set(places);
    return [...this.#owed.values()].flat().some(({ place }) => from.has(place));
  }

  #tell() {
    this.#waiting = this.#waiting.filter(({ isClear, resolve }) => {
      if (!this.hasEnded && !isClear()) return true;
      resolve();
      return false;
    });
  }
}

// What everybody sends, and who has to hear it. README.md tells how a loss is found and explained.

import { excuse } from './excuses.mjs';

// How long a loss waits for its explanation: lines of a log are read some turns of our own event
// loop behind the message that tells of the loss, and no more than that.
const JUDGED_AFTER_MS = 5000;

const TOLD_AT_ONCE = 20;

// The origin of what emitters send, as a node is of what its clients send.
export const REDIS = { name: 'redis' };

// Who numbers messages: a session, a connection of the emitter, a process of `cresset emit`.
export class Sender {
  #unsettled = [];
  sent = 0;
  settled = 0; // up to this number the server has handled all

  constructor(ledger, origin, name, listener = null) {
    this.ledger = ledger;
    this.origin = origin;
    this.name = name;
    this.listener = listener; // who sends does not hear itself
    ledger.senders.set(name, this);
  }

  // The data of the next message to a place, which is noted as sent now.
  next(place, more = {}) {
    this.sent += 1;
    const message = {
      sender: this,
      n: this.sent,
      place,
      sentAt: performance.now(),
      round: Infinity, // in which it was settled
      isDoubtful: false, // it may never have been handled
    };
    this.#unsettled.push(message);
    this.ledger.post(message);
    return { from: this.name, n: this.sent, to: place, ...more };
  }

  settle(n = this.sent) {
    this.settled = Math.max(n, this.settled);
    while (this.#unsettled.length > 0 && this.#unsettled[0].n <= n) {
      this.#unsettled.shift().round = this.ledger.round;
    }
  }

  // Nothing more comes of it.
  end() {
    for (const message of this.#unsettled.splice(0)) {
      message.isDoubtful = true;
      message.round = this.ledger.round;
    }
  }
}

export class Ledger {
  round = 0; // of the beacons
  senders = new Map(); // by name
  listeners = new Set(); // that hear, or have lost something that is not explained yet
  faults = []; // what is wrong; the run has failed if there is anything
  counts = { sent: 0, due: 0, heard: 0, more: 0 }; // `more`: heard, and not due
  unexplained = 0;
  explained = new Map(); // how many of the due ones are missing, by the reason
  #members = new Map(); // of a place: those who have to hear what is sent there

  membersOf(place) {
    if (!this.#members.has(place)) this.#members.set(place, new Set());
    return this.#members.get(place);
  }

  forget(place, listener) {
    const members = this.membersOf(place);
    members.delete(listener);
    if (members.size === 0) this.#members.delete(place);
  }

  post(message) {
    this.counts.sent += 1;
    for (const listener of this.#members.get(message.place) ?? []) {
      if (listener === message.sender.listener) continue;
      this.counts.due += 1;
      listener.owe(message);
    }
  }

  explain(reason) {
    this.explained.set(reason, (this.explained.get(reason) ?? 0) + 1);
  }

  // The first ones at once: a run is long.
  fault(text) {
    this.faults.push(`at ${(performance.now() / 1000).toFixed(3)} s: ${text}`);
    if (this.faults.length <= TOLD_AT_ONCE) console.error(`WRONG ${this.faults.at(-1)}`);
  }

  get missing() {
    return [...this.explained.values()].reduce((sum, count) => sum + count, 0);
  }

  // Explains what is missing, or calls it a fault. What a slow client has lost is told to it at the
  // end of a burst, or never if it goes before that; so for those it waits until they have gone.
  judge({ all = false } = {}) {
    const before = all ? Infinity : performance.now() - JUDGED_AFTER_MS;
    for (const listener of this.listeners) {
      const isOpen = (loss) => loss.at > before || !this.#judge(listener, loss, before);
      listener.lost = listener.lost.filter(isOpen);
      const isDone = listener.hasEnded && listener.endedAt <= before;
      if (isDone && listener.lost.length === 0) this.#dismiss(listener);
    }
  }

  // All that a node says it has dropped for a client that read on was told to it.
  #dismiss(listener) {
    this.listeners.delete(listener);
    const { burst } = listener;
    if (!listener.tellsGaps || !listener.hasClosed || !burst || burst.isOpen) return;
    if (burst.told !== listener.toldByGaps) {
      this.fault(`${listener.name} lost ${burst.told}, and was told of ${listener.toldByGaps}`);
    }
  }

  // False if it is too early.
  #judge(listener, { message, at }, before) {
    const isFinal = before === Infinity || (listener.hasEnded && listener.endedAt <= before);
    const reason = excuse(listener, message, at, isFinal);
    if (reason) this.explain(reason);
    else if (!isFinal && listener.burst) return false;
    else this.#blame(listener, message, at);
    return true;
  }

  #blame(listener, { sender, n, place, sentAt }, at) {
    this.unexplained += 1;
    const ms = (time) => (time / 1000).toFixed(3);
    const who = `${listener.name} on ${listener.node.name}`;
    const what = `number ${n} of ${sender.name} by ${sender.origin.name} to ${place}`;
    this.fault(`${who} never heard ${what}, sent at ${ms(sentAt)} s, missed at ${ms(at)} s`);
  }

  // What is due and neither heard nor missed. Nothing, when nobody is left.
  get outstanding() {
    return this.counts.due - this.counts.heard - this.missing - this.unexplained;
  }
}

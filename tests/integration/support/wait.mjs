// Waiting for something to happen. The limits only end a test that hangs: none is a measure.

import { eventually as eventuallyWithin, within as withinLimit } from '../../support/wait.mjs';

export const PATIENCE_MS = 45_000;

// The promise, or an error that says what did not happen.
export function within(promise, what, limitMs = PATIENCE_MS) {
  return withinLimit(promise, what, limitMs);
}

// For what no event tells: looks again until `check` gives something true.
export function eventually(check, what, limitMs = PATIENCE_MS) {
  return eventuallyWithin(check, what, limitMs);
}

// What arrives, in its order, kept until somebody asks for it.
export class Inbox {
  #items = [];
  #waiting = [];
  #end = null;

  push(item) {
    if (this.#waiting.length > 0) this.#waiting.shift().resolve(item);
    else this.#items.push(item);
  }

  // Nothing more will come: whoever waits for it is told why.
  end(why) {
    this.#end = new Error(why);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#end);
  }

  get size() {
    return this.#items.length;
  }

  next(what) {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift());
    if (this.#end) return Promise.reject(this.#end);
    const asked = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    return within(asked, what);
  }
}

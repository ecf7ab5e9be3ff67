// Waiting for something to happen. The limits only end what hangs: none is a measure.

import { counter, within as withinLimit } from '../../support/wait.mjs';

export { counter };

export const PATIENCE_MS = Number(process.env.CRESSET_CONFORMANCE_PATIENCE_MS ?? 10_000);

// The promise, or an error that says what did not happen.
export function within(promise, what, limitMs = PATIENCE_MS) {
  return withinLimit(promise, what, limitMs);
}

// What arrives, in its order, kept until somebody takes it; one waits at a time.
export class Inbox {
  #items = [];
  #wake = () => {};

  push(item) {
    this.#items.push(item);
    this.#wake();
  }

  takeAll() {
    return this.#items.splice(0);
  }

  // What `find` picks, behind all that came before it.
  async takeUntil(find, what, limitMs = PATIENCE_MS) {
    const found = async () => {
      for (let looked = 0; ;) {
        for (; looked < this.#items.length; looked += 1) {
          if (find(this.#items[looked])) return this.#items.splice(0, looked + 1);
        }
        await new Promise((resolve) => { this.#wake = resolve; });
      }
    };
    return within(found(), what, limitMs);
  }
}

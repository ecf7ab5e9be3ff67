// What GET /readyz of a node says, all the time.

import assert from 'node:assert/strict';

import { atEnd } from '../../integration/support/at_end.mjs';
import { eventually } from '../../integration/support/wait.mjs';
import { BOUNDS, expectWithin } from './bounds.mjs';
import { ALL_REFERENCE } from './nodes.mjs';

const INTERVAL_MS = 25;

export class Readiness {
  #changes = []; // {at, status}
  #watching = true;

  static async watch(t, node) {
    const readiness = new Readiness(t, node);
    if (!ALL_REFERENCE) await readiness.becomes(200);
    return readiness;
  }

  constructor(t, node) {
    this.t = t;
    this.node = node;
    if (ALL_REFERENCE) return;
    const done = this.#watch();
    done.catch(() => {}); // until the end
    atEnd(t, async () => {
      this.#watching = false;
      await done;
    });
  }

  async #watch() {
    while (this.#watching) {
      const { status, body } = await this.node.get('/readyz');
      if (!this.#watching) return;
      if (this.#changes.at(-1)?.status !== status)
        this.#changes.push({ at: performance.now(), status });
      if (status !== 0) assert.equal(JSON.parse(body).redis, status === 200 ? 'up' : 'down', body);
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  }

  // When it first said so after that time, or says it still.
  async becomes(status, since = 0) {
    return eventually(() => {
      const now = this.#changes.at(-1);
      if (now?.status === status && now.at <= since) return since;
      return this.#changes.find((change) => change.at > since && change.status === status)?.at;
    }, `/readyz of ${this.node.name} says ${status}`);
  }

  // The reference has no such page.
  async expect(status, since, what, bound) {
    if (ALL_REFERENCE) return;
    const at = await this.becomes(status, since);
    expectWithin(this.t, `/readyz says ${status} after ${what}`, at - since, BOUNDS[bound]);
  }
}

// Faults of a menu, one after the other, at random moments: what is chosen comes from the seed.

import { lasts } from '../../fleet/support/fleet.mjs';

export class Lane {
  counts = new Map(); // of each fault
  history = []; // "at 12.3 s: its name"
  #isOver = false;
  #end;
  #over = new Promise((resolve) => { this.#end = resolve; });

  // `pause` is between the end of one and the beginning of the next, {low, high} in milliseconds.
  constructor({ fleet, chance, menu, pause, before = () => {}, after = () => {} }) {
    this.fleet = fleet;
    this.done = this.#run(chance, Object.entries(menu), pause, before, after);
  }

  get count() {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  // Each of them once, in an order that the seed decides, and then again.
  async #run(chance, menu, { low, high }, before, after) {
    let left = [];
    for (;;) {
      await Promise.race([lasts(chance.between(low, high)), this.#over]);
      if (this.#isOver) return;
      if (left.length === 0) left = [...menu];
      const [name, happen] = left.splice(chance.below(left.length), 1)[0];
      this.history.push(`at ${(performance.now() / 1000).toFixed(3)} s: ${name}`);
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
      try {
        before();
        await happen(this.fleet, chance);
        await after();
      } catch (error) {
        this.fleet.ledger.fault(`${name}: ${error.message}`);
      }
    }
  }

  // When what is under way is over.
  stop() {
    this.#isOver = true;
    this.#end();
    return this.done;
  }
}

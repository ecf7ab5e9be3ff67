// A client of each node, and the emitter, that say once a second that all from before has passed:
// what a node was told by others comes in front of that, at every listener.

import { BEACON_ROOM, Session } from './session.mjs';

const INTERVAL_MS = 1000;

// Where we have not heard most of the last turn's, we are slow, and more would make us slower; but
// what is lost is found by the next turn alone.
const INTERVAL_MAX_MS = 10_000;

export class Beacons {
  #timer;
  #lastAt = 0;
  #coming = new Set();

  constructor(fleet) {
    this.fleet = fleet;
    this.ledger = fleet.ledger;
    this.#timer = setInterval(() => this.#turn(), INTERVAL_MS);
  }

  get #isHeard() {
    const { round } = this.ledger;
    const sessions = this.fleet.sessions;
    const heard = sessions.filter(({ listener }) => listener.lastRound === round);
    return 2 * heard.length >= sessions.length;
  }

  #turn() {
    const now = performance.now();
    if (!this.#isHeard && now - this.#lastAt < INTERVAL_MAX_MS) return;
    this.#lastAt = now;
    this.ledger.round += 1;
    const { round } = this.ledger;
    for (const slot of this.fleet.openSlots) {
      if (!slot.node.beacon?.isOpen && !this.#coming.has(slot.node)) this.#light(slot);
    }
    for (const { beacon } of this.fleet.living) {
      if (beacon?.isOpen) beacon.publish(BEACON_ROOM, { round });
    }
    if (this.fleet.emitter.isUp) this.fleet.emitter.send(`room:${BEACON_ROOM}`, { round });
    for (const session of this.fleet.sessions) session.fence();
  }

  async #light(slot) {
    const { node } = slot;
    this.#coming.add(node);
    slot.comers += 1;
    const traits = { userId: `beacon of ${node.name}`, capabilities: [], deflates: false };
    try {
      node.beacon = await Session.open(this.ledger, node, traits);
    } catch {
      // it comes again in the next turn
    }
    slot.comers -= 1;
    this.#coming.delete(node);
  }

  // The last of all.
  async stop() {
    await Promise.all(this.fleet.living.map(({ beacon }) => beacon?.close()));
    clearInterval(this.#timer);
  }
}

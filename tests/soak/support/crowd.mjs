// Clients that come, join, talk, leave and go, on both nodes; and emitters that talk to them.

import { lasts } from '../../fleet/support/fleet.mjs';
import { emitMany } from './emitter.mjs';
import { Chance } from './chance.mjs';
import { Session, padding } from './session.mjs';

const ROOMS = Array.from({ length: 12 }, (_, i) => `public-${i}`);
const ROOMS_OF_A_CLIENT = 3;
const SIZES = [0, 0, 0, 0, 0, 0, 0, 100, 100, 400, 400, 2000, 20_000]; // some are worth deflating
const AGAIN_MS = 100;
const OUTSTANDING_MAX = 30; // messages on their way, for each client

// Who takes longer than this to come is turned away, and rightly so.
const AUTH_TIMEOUT_MS = 5000;

// Of each kind some, on each node.
function traitsOf(number) {
  const isEncrypted = number % 5 === 0;
  const capabilities = [
    ...(number % 3 === 0 ? ['gap'] : []),
    ...(number % 4 === 0 ? ['reconnect'] : []),
    ...(isEncrypted && number % 2 === 0 ? ['encrypted-number', 'room-key'] : []),
  ];
  return { userId: `user-${number >> 1}`, isEncrypted, deflates: number % 5 === 1, capabilities };
}

class Member {
  constructor(crowd, number) {
    this.crowd = crowd;
    this.chance = new Chance(crowd.seed, 100 + number);
    this.traits = traitsOf(number);
  }

  async run() {
    while (!this.crowd.isOver) {
      const session = await this.#come();
      if (session) await this.#stay(session);
      else await lasts(AGAIN_MS);
    }
  }

  async #come() {
    const { fleet, ledger } = this.crowd;
    const slots = fleet.openSlots;
    const slot = slots[this.chance.below(slots.length)];
    if (!slot) return null;
    const { node } = slot;
    const since = performance.now();
    slot.comers += 1;
    try {
      return await Session.open(ledger, node, this.traits);
    } catch (error) {
      const isOurFault = performance.now() - since > AUTH_TIMEOUT_MS;
      if (!node.isEnding && !isOurFault) {
        ledger.fault(`a client can't come to ${node.name}: ${error.message}`);
      }
      return null;
    } finally {
      slot.comers -= 1;
    }
  }

  async #stay(session) {
    const until = performance.now() + this.chance.between(5000, 120_000);
    const stays = () =>
      session.isOpen && !session.isMovedOn && !this.crowd.isOver && performance.now() < until;
    while (stays()) {
      await this.#act(session);
      await Promise.race([lasts(this.chance.between(500, 2500)), session.ended, this.crowd.over]);
      await Promise.race([this.crowd.mayTalk(), session.ended]);
      await session.fence();
    }
    await session.close();
  }

  async #act(session) {
    const room = this.chance.pick(ROOMS);
    const rooms = [...session.rooms];
    if (rooms.length < ROOMS_OF_A_CLIENT && !session.rooms.has(room)) await session.join(room);
    else if (rooms.length === 0) return;
    else if (this.chance.oneIn(25)) await session.leave(this.chance.pick(rooms));
    else session.publish(this.chance.pick(rooms), { pad: padding(this.chance.pick(SIZES)) });
  }
}

export class Crowd {
  isOver = false;
  #end;
  over = new Promise((resolve) => { this.#end = resolve; });

  constructor(fleet, seed, size) {
    this.fleet = fleet;
    this.ledger = fleet.ledger;
    this.seed = seed;
    this.outstandingMax = OUTSTANDING_MAX * size;
    this.chance = new Chance(seed, 3);
    const members = Array.from({ length: size }, (_, i) => new Member(this, i));
    this.users = members.map(({ traits }) => traits.userId);
    const running = members.map((member) => member.run());
    this.done = Promise.all([...running, this.#emit(), this.#emitMany()]);
  }

  // Some place or other where somebody is, perhaps.
  #place() {
    const { sessions } = this.fleet;
    switch (this.chance.below(8)) {
      case 0:
        return 'everyone';
      case 1:
      case 2:
        return `user:${this.chance.pick(this.users)}`;
      case 3:
      case 4:
        return sessions.length > 0 ? `client:${this.chance.pick(sessions).id}` : 'everyone';
      default:
        return `room:${this.chance.pick(ROOMS)}`;
    }
  }

  async #emit() {
    while (!this.isOver) {
      const pad = padding(this.chance.pick(SIZES));
      if (this.fleet.emitter.isUp) this.fleet.emitter.send(this.#place(), { pad });
      await this.mayTalk();
      await lasts(this.chance.between(50, 250));
    }
  }

  // Nobody says more while much is on its way: where we are slow there would be more and more to
  // hear, most of all for those who have to decrypt or to inflate.
  async mayTalk() {
    while (!this.isOver && this.ledger.outstanding > this.outstandingMax) await lasts(AGAIN_MS);
  }

  async #emitMany() {
    while (!this.isOver) {
      await emitMany(this.ledger, this.fleet.redis, this.#place(), this.chance.between(2, 20));
      await this.mayTalk();
      await Promise.race([lasts(this.chance.between(3000, 9000)), this.over]);
    }
  }

  // All go in good order.
  stop() {
    this.isOver = true;
    this.#end();
    return this.done;
  }
}

// Redis, two nodes, and the emitter. The first node lives as long as the run, so that its memory
// has time to grow; the second one is killed, restarted and taken over.

import { eventually } from '../../integration/support/wait.mjs';
import { freePort } from '../../support/free_port.mjs';
import { RedisServer } from '../../support/redis_server.mjs';
import { Emitter } from './emitter.mjs';
import { REDIS } from './ledger.mjs';
import { Node } from './node.mjs';

// Small enough that a client which stops reading loses something soon.
const QUEUE_LIMIT = '256KiB';
const DRAIN_MS = 2000;
const RECOVERY_MS = 600_000; // ends what hangs

// A client that reads nothing for 30 s is cut off by default, which on a busy machine may be
// because we had no turn.
const FLAGS = [
  '--unacknowledged-timeout', '10m',
  '--join', 'public-*', '--publish', 'public-*', '--encryption', 'optional', '--deflate',
  '--queue-limit', QUEUE_LIMIT, '--stop-delay', '200ms', '--drain', `${DRAIN_MS}ms`,
];

class Slot {
  node = null;
  isOpen = false; // clients may come
  comers = 0; // that connect at this moment
  #generation = 0;

  constructor(fleet, name, port) {
    this.fleet = fleet;
    this.name = name;
    this.port = port;
  }

  async start(more = []) {
    this.#generation += 1;
    const flags = ['--redis', this.fleet.redis.url, ...FLAGS, ...more];
    const name = `${this.name}.${this.#generation}`;
    const node = new Node(this.fleet.ledger, name, this.port, flags);
    this.fleet.nodes.push(node);
    await node.ready();
    this.node = node;
    this.isOpen = true;
  }

  async kill() {
    this.isOpen = false;
    await this.node.kill();
  }

  // Nobody new comes, since who comes would not know which of the two processes it meets.
  async takeOver() {
    this.isOpen = false;
    await eventually(() => this.comers === 0, 'nobody is coming in', RECOVERY_MS);
    const old = this.node;
    await this.start(['--take-over']);
    await old.stop();
  }

  async restart() {
    this.isOpen = false;
    await this.node.stop();
    await this.start();
  }
}

export class Fleet {
  nodes = []; // all that there were
  junkSent = 0; // payloads that are no messages, to all nodes

  static async start(ledger) {
    const fleet = new Fleet(ledger, await RedisServer.start());
    fleet.slots = [
      new Slot(fleet, 'north', await freePort()),
      new Slot(fleet, 'south', await freePort()),
    ];
    for (const slot of fleet.slots) await slot.start();
    fleet.emitter = new Emitter(ledger, fleet.redis);
    return fleet;
  }

  constructor(ledger, redis) {
    this.ledger = ledger;
    this.redis = redis;
  }

  get living() {
    return this.nodes.filter((node) => !node.hasEnded);
  }

  get sessions() {
    return this.living.flatMap((node) => [...node.sessions]);
  }

  get openSlots() {
    return this.slots.filter((slot) => slot.isOpen);
  }

  // A fault at any of them may be noticed by all.
  beginFault() {
    const at = performance.now();
    for (const node of this.nodes) node.faultySince = at;
  }

  // Until every node is ready, and each hears the beacons of all.
  async recovered() {
    const from = this.ledger.round;
    const hears = ({ beacon }, origin) => beacon?.isOpen && beacon.listener.roundOf(origin) > from;
    const isWhole = () =>
      this.living.every(
        (node) =>
          hears(node, REDIS) && this.living.every((other) => other === node || hears(node, other)),
      );
    await eventually(async () => {
      const ready = await Promise.all(this.living.map((node) => node.isReady()));
      return ready.every(Boolean) && isWhole();
    }, 'all nodes hear each other again', RECOVERY_MS);
    for (const node of this.nodes) node.faultySince = Infinity;
  }

  // Channels that somebody subscribes to, but for those that every node always has.
  async channels() {
    const all = (await this.redis.cli('pubsub', 'channels')).split('\n');
    const isOwn = (name) => name === 'ws:broadcast' || name.includes(':probe:');
    return all.filter((name) => name !== '' && !isOwn(name));
  }
}

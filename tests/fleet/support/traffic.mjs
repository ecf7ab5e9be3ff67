// Talk that goes on while things break. On each node somebody says numbers to one room, and
// somebody listens: to the speaker of its own node, and to those of the others.

import assert from 'node:assert/strict';

import { atEnd } from '../../integration/support/at_end.mjs';
import { eventually } from '../../integration/support/wait.mjs';
import { REFERENCE_BOUNDS, BOUNDS, expectWithin } from './bounds.mjs';
import { ALL_REFERENCE } from './nodes.mjs';

const INTERVAL_MS = 10;

const bounds = ALL_REFERENCE ? REFERENCE_BOUNDS : BOUNDS;

class Speaker {
  sentAt = []; // by number

  constructor(name, say) {
    this.name = name;
    this.say = say;
  }

  // Of the first message that was sent then or later, or will be.
  numberAt(time) {
    const n = this.sentAt.findIndex((sent) => sent >= time);
    return n < 0 ? this.sentAt.length : n;
  }

  speak() {
    this.sentAt.push(performance.now());
    this.say({ from: this.name, n: this.sentAt.length - 1 });
  }
}

// From one speaker to one listener.
class Path {
  heard = []; // {n, at}
  faults = [];
  wholes = []; // {from, to}: numbers of which none may be missing
  #last = -1;

  constructor(speaker, listener) {
    this.speaker = speaker;
    this.isLocal = speaker.name === listener.name;
    this.name = `${speaker.name} to ${listener.name}`;
  }

  hear(n) {
    if (n <= this.#last) this.faults.push(`${this.name}: ${n} behind ${this.#last}`);
    this.#last = Math.max(n, this.#last);
    this.heard.push({ n, at: performance.now() });
  }

  get last() {
    return this.#last;
  }

  // What was sent at this time or later, and heard first.
  firstSince(time) {
    return this.heard.find(({ n }) => this.speaker.sentAt[n] >= time);
  }

  // All numbers that did not come.
  get lost() {
    const heard = new Set(this.heard.map(({ n }) => n));
    return [...this.speaker.sentAt.keys()].filter((n) => !heard.has(n));
  }

  get holes() {
    return this.lost
      .filter((n) => this.wholes.some(({ from, to }) => n >= from && n <= to))
      .map((n) => `${this.name}: ${n}`);
  }

  get longestMs() {
    return Math.max(0, ...this.heard.map(({ n, at }) => at - this.speaker.sentAt[n]));
  }
}

export class Traffic {
  #timer = null;

  static async start(t, nodes, room = 'public-traffic') {
    const traffic = new Traffic(t);
    const speakers = await Promise.all(nodes.map((node) => speakerOf(node, room)));
    await Promise.all(
      nodes.map(async (node) => {
        const listener = await node.client(`listener of ${node.name}`, room);
        traffic.#listen(listener, speakers);
      }),
    );
    traffic.speakers = speakers;
    traffic.#timer = setInterval(() => speakers.forEach((speaker) => speaker.speak()), INTERVAL_MS);
    atEnd(t, () => clearInterval(traffic.#timer));
    await traffic.flows();
    return traffic;
  }

  constructor(t) {
    this.t = t;
    this.paths = [];
  }

  async #listen(client, speakers) {
    const paths = new Map(
      speakers.map((speaker) => [speaker.name, new Path(speaker, client.node)]),
    );
    this.paths.push(...paths.values());
    try {
      for (;;) {
        const { event, data } = await client.next();
        if (event === 'number') paths.get(data.from).hear(data.n);
      }
    } catch {
      // the client was closed, at the end of the test or not: others notice that nothing comes
    }
  }

  get farPaths() {
    return this.paths.filter(({ isLocal }) => !isLocal);
  }

  // Until so many more have come everywhere.
  async flows(count = 20) {
    const wanted = this.paths.map((path) => path.heard.length + count);
    await eventually(
      () => this.paths.every((path, i) => path.heard.length >= wanted[i]),
      'messages flow on every path',
    );
  }

  // What is on its way may be lost from here on, until deliversSince().
  disturb() {
    for (const { wholes, last } of this.farPaths) if (wholes.length > 0) wholes.at(-1).to = last;
  }

  // From that time to the first message, on every path, that was sent after it.
  async deliversSince(time, what, bound) {
    const found = await eventually(() => {
      const firsts = this.paths.map((path) => path.firstSince(time));
      return firsts.every(Boolean) && firsts;
    }, `all deliver again after ${what}`);
    const at = Math.max(...found.map((first) => first.at));
    expectWithin(this.t, `delivers after ${what}`, at - time, bounds[bound]);
    // Some paths are back before others, and may be disturbed again until all are.
    for (const { speaker, wholes } of this.paths) {
      wholes.push({ from: speaker.numberAt(at), to: Infinity });
    }
    await this.flows();
  }

  // Stops, and judges: nothing came twice or late, within a node all came at once, and between
  // nodes all but in disturbances. Returns how many were lost in those, on the worst path.
  async stop() {
    clearInterval(this.#timer);
    await eventually(
      () => this.paths.every((path) => path.last === path.speaker.sentAt.length - 1),
      'the last message arrives everywhere',
    );
    const local = this.paths.filter(({ isLocal }) => isLocal);
    for (const path of local) assert.deepEqual(path.lost, [], path.name);
    expectWithin(
      this.t,
      'longest way within a node',
      Math.max(...local.map((path) => path.longestMs)),
      bounds.local,
    );
    this.#expectOrder();
    const lost = Math.max(...this.farPaths.map((path) => path.lost.length));
    const sent = Math.max(...this.speakers.map(({ sentAt }) => sentAt.length));
    this.t.diagnostic(`lost between nodes: ${lost} of ${sent}`);
    return lost;
  }

  // The reference, when it is connected again, sends what it has kept behind what is new, and not
  // all.
  #expectOrder() {
    const faults = this.paths.flatMap((path) => path.faults);
    const holes = this.farPaths.flatMap((path) => path.holes);
    if (ALL_REFERENCE) {
      this.t.diagnostic(
        `twice, or out of order: ${faults.length}; lost after recovery: ${holes.length}`,
      );
      return;
    }
    assert.deepEqual(faults.slice(0, 10), [], 'twice, or out of order');
    assert.deepEqual(holes.slice(0, 10), [], 'lost after recovery');
  }
}

async function speakerOf(node, room) {
  if (node.send)
    return new Speaker(node.name, (data) => {
      node.send(room, 'number', data).catch(() => {});
    });
  const client = await node.client(`speaker of ${node.name}`, room);
  drain(client);
  return new Speaker(node.name, (data) => client.publish(room, 'number', data));
}

async function drain(client) {
  try {
    for (;;) await client.next();
  } catch {
    // closed
  }
}

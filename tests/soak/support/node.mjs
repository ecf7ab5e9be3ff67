// A process of `cresset serve`, what its log announces, and what it counts.

import { readFileSync, readdirSync } from 'node:fs';
import { get } from 'node:http';
import { createInterface } from 'node:readline';

import { BIN_DIR } from '../../fleet/support/nodes.mjs';
import { within } from '../../integration/support/wait.mjs';
import { Supervised } from '../../support/program.mjs';

// A node may notice only after 5 s that Redis carries nothing, and loses what it is told meanwhile.
// Twice that, since its timers may be late. Where we have done something, it began with that.
const NOTICED_AFTER_MS = 10_000;

// AddressSanitizer keeps freed memory for a while, which would count as growth.
const ENVIRONMENT = { ASAN_OPTIONS: 'quarantine_size_mb=1' };

const END_MS = 600_000; // ends what hangs
const LOG_KEPT = 5000; // lines

export class Node {
  sessions = new Set();
  outages = []; // {from, to}: Redis is away, by its log; from before it could notice
  slowToConfirm = []; // the same for when it lets clients go on before Redis has subscribed
  kills = []; // the same for its own end
  bursts = new Map(); // by client: {isOpen, told}
  log = [];
  isEnding = false;
  faultySince = Infinity; // from when on something is done to it or to Redis
  endedRound = undefined;
  seen = { settled: 0, sent: 0, heard: 0, closedOverRate: 0 }; // by its clients

  constructor(ledger, name, port, flags) {
    this.ledger = ledger;
    this.name = name;
    this.port = port;
    const own = ['serve', '--port', `${port}`, '--threads', '2', '--log-format', 'json'];
    this.program = new Supervised(`${BIN_DIR}/cresset`, [...own, ...flags], ENVIRONMENT);
    this.logEnded = this.#readLog();
    this.program.ended.then(() => this.#end());
  }

  async ready() {
    await this.program.line(/is ready/, `the first line of ${this.name}`);
    this.pid = this.program.pid;
    this.idle = this.usage;
  }

  get webSocketUrl() {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  get hasEnded() {
    return this.endedRound !== undefined;
  }

  // {rss, descriptors}; null if it is gone.
  get usage() {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
      return {
        rss: Number(status.match(/^VmRSS:\s+(\d+) kB/m)[1]) * 1024,
        descriptors: readdirSync(`/proc/${this.pid}/fd`).length,
      };
    } catch {
      return null;
    }
  }

  // What /readyz says.
  isReady() {
    return new Promise((resolve) => {
      get({ port: this.port, host: '127.0.0.1', path: '/readyz', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      }).on('error', () => resolve(false));
    });
  }

  // What a session has seen of it, when that is over.
  account({ sender, said, received }) {
    this.seen.settled += sender.settled;
    this.seen.sent += said;
    this.seen.heard += received;
  }

  // --- what is done to it ---

  freeze() {
    this.program.signal('STOP');
  }

  thaw() {
    this.program.signal('CONT');
  }

  async kill() {
    this.isEnding = true;
    const span = { from: performance.now(), to: Infinity };
    this.kills.push(span);
    this.program.signal('KILL');
    await within(this.program.ended, `the end of ${this.name}`, END_MS);
    span.to = performance.now();
  }

  // In good order.
  async stop() {
    this.isEnding = true;
    this.program.signal('TERM');
    const status = await within(this.program.ended, `the end of ${this.name}`, END_MS);
    if (status !== 0) this.ledger.fault(`${this.name} ended with ${status}`);
    await within(this.logEnded, `the last line of ${this.name}`, END_MS);
  }

  #end() {
    if (!this.isEnding) this.ledger.fault(`${this.name} ended: ${this.program.lastWords}`);
    this.isEnding = true;
    this.endedRound = this.ledger.round;
    this.endOutage(performance.now());
  }

  // --- what it says ---

  async #readLog() {
    const lines = createInterface({ input: this.program.child.stderr });
    for await (const text of lines) {
      this.log.push(text);
      if (this.log.length > LOG_KEPT) this.log.shift();
      if (text.startsWith('{')) this.#read(JSON.parse(text));
      else if (text !== 'Killed' || this.kills.length === 0) // that is its shell's
        this.ledger.fault(`${this.name} writes ${text}`); // a sanitizer, perhaps
    }
  }

  #read(line) {
    const heard = LINES[line.message];
    if (heard) heard(this, line, performance.now());
    else if (line.level === 'error') this.ledger.fault(`${this.name} logs ${line.message}`);
  }

  beginOutage(at) {
    const isOurs = this.faultySince <= at;
    const from = isOurs ? this.faultySince : at - NOTICED_AFTER_MS;
    this.outages.push({ from, to: Infinity, isOurs });
  }

  endOutage(at) {
    const last = this.outages.at(-1);
    if (last) last.to = Math.min(last.to, at);
  }

  beSlowToConfirm(at) {
    const from = Math.max(at - NOTICED_AFTER_MS, Math.min(at, this.faultySince));
    this.slowToConfirm.push({ from, to: at + NOTICED_AFTER_MS });
  }
}

// By the message of the line.
const LINES = {
  'Redis is away': (node, _, at) => node.beginOutage(at),
  'Redis is back': (node, _, at) => node.endOutage(at),
  'Redis is slow to confirm subscriptions: clients go on, and may miss messages':
    (node, _, at) => node.beSlowToConfirm(at),
  'client reads too slowly, messages to it are dropped': (node, { client }) => {
    const told = node.bursts.get(client)?.told ?? 0;
    node.bursts.set(client, { told, isOpen: true });
  },
  'client reads again': (node, { client, dropped_messages: dropped }) => {
    const told = node.bursts.get(client)?.told ?? 0;
    node.bursts.set(client, { told: told + dropped, isOpen: false });
  },
  stopped: (node, line) => { node.stopped = line; },
  'left Redis': (node, line) => { node.leftRedis = line; },
};

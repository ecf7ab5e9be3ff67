// Nodes of a fleet, of both kinds, and their clients by npm ws.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';

import { Server } from '../../conformance/support/server.mjs';
import { atEnd } from '../../integration/support/at_end.mjs';
import { Client } from '../../integration/support/client.mjs';
import { within } from '../../integration/support/wait.mjs';
import { Supervised } from '../../support/program.mjs';

export const BIN_DIR =
  process.env.CRESSET_BIN_DIR ?? fileURLToPath(new URL('../../../build/dev/bin', import.meta.url));

const FOUND_BY_SANITIZER = /Sanitizer|runtime error/;

// What tells a program where Redis is.
export function cressetRedisFlags(redis) {
  return ['--redis', redis.url, ...(redis.flags ?? [])];
}

export function referenceRedisOptions(redis) {
  return { redis: redis.url, redisTls: redis.tls };
}

// Clients that say nothing may do so for a whole test.
const AUTH_TIMEOUT_S = 60;

class Node {
  #clients = [];

  constructor(name) {
    this.name = name;
  }

  // A client that has said nothing yet.
  async stranger() {
    const client = new Client(`ws://127.0.0.1:${this.port}/ws`);
    this.#clients.push(client);
    await client.opened();
    return client;
  }

  // An authenticated one, in the rooms named.
  async client(userId, ...rooms) {
    const client = await this.stranger();
    const { id } = await client.authenticate(userId === undefined ? {} : { userId });
    if (rooms.length > 0) await client.join(...rooms);
    return Object.assign(client, { id, userId, rooms, node: this });
  }

  async stopClients() {
    await Promise.all(this.#clients.map((client) => client.terminate()));
  }
}

// --- cresset serve ---

// AddressSanitizer keeps freed memory for a while, which some tests would count as growth.
const ENVIRONMENT = { ASAN_OPTIONS: 'quarantine_size_mb=1' };

// A process that may never be ready.
export function cressetServe(t, args) {
  const flags = {
    '--port': '0',
    '--threads': '2',
    '--log-format': 'json',
    '--auth-timeout': `${AUTH_TIMEOUT_S}s`,
    '--join': 'public-*',
    '--publish': 'public-*',
  };
  const all = ['serve', ...Object.entries(flags).flat(), ...args];
  const program = new Supervised(`${BIN_DIR}/cresset`, all, ENVIRONMENT);
  atEnd(t, () => program.stop());
  return program;
}

export class CressetNode extends Node {
  #stopped = null;

  static async start(t, name, redis, flags = []) {
    const program = cressetServe(t, [...cressetRedisFlags(redis), ...flags]);
    const node = await CressetNode.of(t, name, program);
    node.subscribesExactly = !flags.includes('pattern');
    return node;
  }

  // Waits for its line on stdout.
  static async of(t, name, program) {
    const [, url] = await program.line(/is ready: (http:\S+)/, `the first line of ${name}`);
    const node = new CressetNode(name, program, url);
    atEnd(t, () => node.stop());
    return node;
  }

  constructor(name, program, url) {
    super(name);
    this.program = program;
    this.url = url;
    this.port = Number(new URL(url).port);
  }

  get log() {
    return this.program.stderr;
  }

  // What it counted of Redis, which it writes when it has stopped.
  async totals() {
    await this.stop();
    const lines = this.log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map(JSON.parse);
    return lines.find(({ message }) => message === 'left Redis');
  }

  // The most that it ever had in memory.
  get peakBytes() {
    const status = readFileSync(`/proc/${this.program.pid}/status`, 'utf8');
    return Number(status.match(/^VmHWM:\s+(\d+) kB/m)[1]) * 1024;
  }

  // {status, body} of a GET; status 0 if there is no answer.
  get(path) {
    const answer = new Promise((resolve) => {
      get(new URL(path, this.url), { agent: false }, (response) => {
        let body = '';
        response.on('data', (bytes) => {
          body += bytes;
        });
        response.on('end', () => resolve({ status: response.statusCode, body }));
      }).on('error', (error) => resolve({ status: 0, body: error.message }));
    });
    return within(answer, `the answer to GET ${path}`);
  }

  freeze() {
    this.program.signal('STOP');
  }

  thaw() {
    this.program.signal('CONT');
  }

  // Ends its clients, and then itself, in good order.
  stop() {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop() {
    await this.stopClients();
    this.program.signal('TERM');
    const status = await within(this.program.ended, `the end of ${this.name}`);
    assert.ok(!FOUND_BY_SANITIZER.test(this.log), this.log);
    assert.equal(status, 0, `exit status of ${this.name}, which wrote:\n${this.log}`);
  }
}

// --- the reference ---

export class ReferenceNode extends Node {
  static async start(t, name, redis) {
    const server = await Server.start('reference', undefined, {
      ...referenceRedisOptions(redis),
      authTimeout: AUTH_TIMEOUT_S * 1000,
    });
    const node = new ReferenceNode(name, server);
    atEnd(t, () => node.stop());
    return node;
  }

  constructor(name, server) {
    super(name);
    this.server = server;
    this.port = server.port;
  }

  get log() {
    return this.server.program.stderr;
  }

  // The helper's send(): here and on other nodes.
  send(destination, event, data) {
    return this.server.call('send', { destination, topic: event, data });
  }

  async stop() {
    await this.stopClients();
    const wrong = await this.server.stop();
    assert.equal(wrong, null);
  }
}

const KINDS = { cresset: CressetNode, reference: ReferenceNode };

// The kinds that a test of Cresset asks for; with CRESSET_FLEET=reference all of them are the
// reference, which shows that the test itself is right.
export const ALL_REFERENCE = process.env.CRESSET_FLEET === 'reference';

export async function startNodes(t, redis, kinds, flags = []) {
  return Promise.all(
    kinds.map((kind, i) => {
      const actual = ALL_REFERENCE ? 'reference' : kind;
      return KINDS[actual].start(t, `${actual} node ${i}`, redis, flags);
    }),
  );
}

// Two clients on each, "1" and "2", in these rooms.
export async function twoClientsOf(nodes, ...rooms) {
  const clients = nodes.flatMap((node) => ['1', '2'].map((name) => node.client(name, ...rooms)));
  return Promise.all(clients);
}

// A program under test, spoken to by the contract of README.md.

import { Program } from '../../support/program.mjs';
import { RedisServer } from '../../support/redis_server.mjs';
import { REFERENCE_PROGRAM, CRESSET_PROGRAM, startReference } from './programs.mjs';
import { Inbox, counter, within } from './wait.mjs';

const FOUND_BY_SANITIZER = /Sanitizer|runtime error/;

export class Server {
  callbacks = new Inbox();
  #keys = new Inbox();
  calls = new Map();
  #newCallId = counter();
  #unexpected = [];
  #stopped = null;

  constructor(side, program, redis) {
    this.side = side;
    this.program = program;
    this.redis = redis;
    this.hasEnded = false;
    program.ended.then(() => { this.hasEnded = true; });
  }

  // kind: "reference" or "cresset". The reference has a Redis of its own, unless options name one.
  static async start(kind, path, options) {
    const redis = kind === 'reference' && !options.redis ? await RedisServer.start() : null;
    const program = kind === 'reference'
      ? startReference(path ?? REFERENCE_PROGRAM, { redis: redis?.url, ...options })
      : new Program(path ?? CRESSET_PROGRAM, [JSON.stringify(options)]);
    const server = new Server(kind, program, redis);
    try {
      const [, ready] = await program.line(/^READY (\{.*\})$/, `READY of the ${kind}`);
      server.port = JSON.parse(ready).port;
    } catch (error) {
      await server.stop();
      throw error;
    }
    program.onLine = (line) => server.#hear(line);
    return server;
  }

  #hear(line) {
    let said;
    try {
      said = JSON.parse(line);
    } catch {
      this.#unexpected.push(line);
      return;
    }
    if ('keys' in said) this.#keys.push(said.keys);
    else if ('callback' in said) this.callbacks.push(said);
    else if (said.done && this.calls.has(said.id)) this.calls.get(said.id)(said);
    else this.#unexpected.push(line);
  }

  // The keys of the next client, from a server whose `connected` is sealed: {serverPublicKey, salt}.
  async toldKeys() {
    const [keys] = await this.#keys.takeUntil(() => true, 'the keys of a client');
    return keys;
  }

  call(name, args) {
    const id = this.#newCallId();
    const done = new Promise((resolve) => this.calls.set(id, resolve)).then(({ result, error }) => {
      if (error !== undefined) throw new Error(`${name} failed: ${error}`);
      return result;
    });
    this.program.child.stdin.write(`${JSON.stringify({ id, call: name, args })}\n`);
    const early = this.program.ended.then((status) => {
      throw new Error(`the server ended with ${status} during ${name}`);
    });
    early.catch(() => {});
    return within(Promise.race([done, early]), `the answer to ${name}`)
      .finally(() => this.calls.delete(id));
  }

  // What is wrong with how it ended, or null.
  stop() {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop() {
    const status = await this.program.stop();
    await this.redis?.stop();
    const { stderr } = this.program;
    if (status !== 0) return `the server ended with ${status}:\n${stderr.slice(-4000)}`;
    if (FOUND_BY_SANITIZER.test(stderr)) return stderr;
    if (this.#unexpected.length > 0) return `not of the contract: ${this.#unexpected.join('\n')}`;
    return null;
  }
}

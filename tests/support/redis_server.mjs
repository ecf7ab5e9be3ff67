// One real redis-server (or Sentinel, which is the same program), on a free port of its own.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from './free_port.mjs';
import { Supervised, newFolder } from './program.mjs';

const ATTEMPTS = 5; // a port may be taken between asking for it and using it

export class RedisServer {
  #program;

  // Lines of redis.conf, or a function that gives them for a port. Options: `sentinel`;
  // `cliOptions`, what redis-cli needs to be let in; `scheme`.
  static async start(lines = [], options = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const server = new RedisServer(await freePort(), lines, options);
      try {
        return await server.begin();
      } catch (error) {
        await server.stop();
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  // Not started yet, on a port that nobody listens on.
  static async absent(lines = [], options = {}) {
    return new RedisServer(await freePort(), lines, options);
  }

  constructor(port, lines, { sentinel = false, cliOptions = [], scheme = 'redis' }) {
    this.port = port;
    this.sentinel = sentinel;
    this.cliOptions = cliOptions;
    this.scheme = scheme;
    this.folder = newFolder();
    this.file = join(this.folder, 'redis.conf');
    const own = typeof lines === 'function' ? lines(port) : [`port ${port}`, ...lines];
    const all = [`dir ${this.folder}`, 'bind 127.0.0.1', ...own];
    if (!sentinel) all.push('save ""', 'appendonly no');
    writeFileSync(this.file, `${all.join('\n')}\n`);
  }

  get url() {
    return this.urlFor();
  }

  // A URL with user information: "user:password@".
  urlFor(user = '') {
    return `${this.scheme}://${user}127.0.0.1:${this.port}`;
  }

  get log() {
    return this.#program.stdout;
  }

  // --- its life ---

  // Returns when it accepts connections, and remembers when that was.
  async begin() {
    this.#program = new Supervised('redis-server', [
      this.file,
      ...(this.sentinel ? ['--sentinel'] : []),
    ]);
    await this.#program.line(
      this.sentinel ? /\+monitor master/ : /Ready to accept connections/,
      'redis-server is ready',
    );
    this.readyAt = performance.now();
    return this;
  }

  async kill9() {
    this.#program.signal('KILL');
    await this.#program.ended;
  }

  // In good order.
  async shutDown() {
    this.#program.signal('TERM');
    await this.#program.ended;
  }

  async restart() {
    await this.shutDown();
    await this.begin();
  }

  freeze() {
    this.#program.signal('STOP');
  }

  thaw() {
    this.#program.signal('CONT');
  }

  stop() {
    return this.#program?.stop();
  }

  // --- redis-cli ---

  // What it prints, without the last line break; an error of Redis is an exception.
  cli(...args) {
    return this.cliWithInput('', ...args);
  }

  // The last argument of the command comes from stdin: any bytes.
  cliWithLast(bytes, ...args) {
    return this.cliWithInput(bytes, '-x', ...args);
  }

  // Without arguments it reads commands, one a line.
  cliWithInput(input, ...args) {
    const all = [
      '-h',
      '127.0.0.1',
      '-p',
      `${this.port}`,
      '--no-auth-warning',
      '-e',
      ...this.cliOptions,
      ...args,
    ];
    return new Promise((resolve, reject) => {
      const child = execFile(
        'redis-cli',
        all,
        { timeout: 15_000, killSignal: 'SIGKILL' },
        (error, stdout, stderr) => {
          if (error)
            reject(new Error(`redis-cli ${args.join(' ')}: ${stderr || stdout || error.message}`));
          else resolve(stdout.replace(/\n$/, ''));
        },
      );
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
  }

  // Pairs of a channel and bytes, by one connection in this order.
  publish(...pairs) {
    const lines = pairs.map(([channel, bytes]) => `publish ${quoted(channel)} ${quoted(bytes)}\n`);
    return this.cliWithInput(lines.join(''));
  }
}

// As redis-cli reads it.
function quoted(bytes) {
  const plain = (byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  const letters = [...Buffer.from(bytes)].map((byte) =>
    plain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `"${letters.join('')}"`;
}

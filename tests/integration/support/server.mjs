// A cresset, cresset-echo or example of one test: started on a free port, ended by its own pid or
// by the end of its input. Its stderr and its exit status are part of every test, so that a
// sanitizer's finding fails it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { atEnd } from './at_end.mjs';
import { certificates, everythingOverTls } from './certificates.mjs';
import { Client } from './client.mjs';
import { Raw } from './raw.mjs';
import { within } from './wait.mjs';

const BIN_DIR = process.env.CRESSET_BIN_DIR
  ?? fileURLToPath(new URL('../../../build/dev/bin', import.meta.url));

const FOUND_BY_SANITIZER = /Sanitizer|runtime error/;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

// A process of ours, with all that it writes.
export class Program {
  stdout = '';
  stderr = '';

  // `socket`: a descriptor that it gets as systemd passes one, and is told that there are `sockets`;
  // `twice`: when it has ended, it is started once more at a line of input; `stderr`: a descriptor
  // that it gets for its own, which is then not read here; `env`: variables besides ours.
  constructor(name, args, { socket, sockets = '1', twice = false, stderr = 'pipe', env } = {}) {
    const command = [`${BIN_DIR}/${name}`, ...args];
    const serve = `LISTEN_PID=$$ LISTEN_FDS=${sockets} exec "$0" "$@"`;
    const script = twice ? `sh -c '${serve}' "$0" "$@"; echo "it ended with $?"; read line; ${serve}` : serve;
    const [first, ...others] = socket === undefined ? command : ['sh', '-c', script, ...command];
    this.child = spawn(first, others, {
      stdio: ['pipe', 'pipe', stderr, ...(socket === undefined ? [] : [socket])],
      // AddressSanitizer keeps freed memory for a while, which some tests would count as growth.
      env: { ...process.env, ASAN_OPTIONS: 'quarantine_size_mb=1', ...env },
    });
    running.add(this.child);
    this.child.stdout.on('data', (bytes) => { this.stdout += bytes; });
    this.child.stderr?.on('data', (bytes) => { this.stderr += bytes; });
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      running.delete(this.child);
      return code ?? signal;
    });
  }

  get pid() {
    return this.child.pid;
  }

  signal(name) {
    this.child.kill(name);
  }

  type(text) {
    this.child.stdin.write(text);
  }

  endInput() {
    this.child.stdin.end();
  }

  // Its exit status, or the name of the signal that ended it. One that hangs is not left behind.
  async status() {
    try {
      return await within(this.ended, `the end of process ${this.pid}, which wrote ${this.stderr}`);
    } catch (error) {
      this.child.kill('SIGKILL');
      for (const pipe of [this.child.stdout, this.child.stderr]) pipe?.destroy();
      throw error;
    }
  }

  // The same; whatever the status, one in which a sanitizer found something fails the test. The
  // finding is printed, since a test that failed for want of the server tells of that alone.
  async exit() {
    const status = await this.status();
    const found = FOUND_BY_SANITIZER.test(this.stderr);
    if (found) console.error(this.stderr);
    assert.ok(!found, `a sanitizer found something in process ${this.pid}, see above`);
    return status;
  }

  async firstLine() {
    const line = async () => {
      while (!this.stdout.includes('\n')) await once(this.child.stdout, 'data');
      return this.stdout.slice(0, this.stdout.indexOf('\n'));
    };
    const early = this.ended.then((status) => {
      throw new Error(`ended with ${status} before its first line: ${this.stderr}`);
    });
    return within(Promise.race([line(), early]), 'the first line of the server');
  }
}

export async function run(name, args) {
  const program = new Program(name, args);
  const status = await program.exit();
  return { status, stdout: program.stdout, stderr: program.stderr };
}

export class Server {
  #clients = [];
  #stopped = null;
  #end;

  constructor(program, line, end) {
    this.program = program;
    this.line = line;
    this.#end = end;
    this.address = new URL(line.match(/(http|ws)s?:\/\/\S+/)[0]);
    this.port = Number(this.address.port);
  }

  get url() {
    return this.address.href.replace(/^ws/, 'http');
  }

  // Of the WebSocket.
  urlOf(path) {
    return new URL(path, this.address).href.replace(/^http/, 'ws');
  }

  // What clients need to trust it; null if it speaks in the clear.
  get tls() {
    return /^(https|wss):/.test(this.address.href) ? { ca: certificates().ca } : null;
  }

  get log() {
    return this.program.stderr;
  }

  // Lines of the log, for a server with --log-format json.
  logged(message) {
    const lines = this.log.split('\n').filter((line) => line.startsWith('{')).map(JSON.parse);
    return lines.filter((line) => line.message === message);
  }

  // A connected WebSocket of npm ws, that has said nothing yet.
  async connect(options = {}) {
    const { path = '/ws', Kind = Client, ...rest } = options;
    const client = new Kind(this.urlOf(path), { ...this.tls, ...rest });
    this.#clients.push(client);
    await client.opened();
    return client;
  }

  // An authenticated one, in the rooms named.
  async client(userId, ...rooms) {
    const client = await this.connect();
    client.connected = await client.authenticate(userId === undefined ? {} : { userId });
    if (rooms.length > 0) await client.join(...rooms);
    return client;
  }

  // A connection; options are those of node:net.
  async raw(options) {
    const raw = new Raw(this.port, this.address.hostname, this.tls, options);
    this.#clients.push(raw);
    await raw.opened();
    return raw;
  }

  // The most that it ever had in memory (not the kernel's buffers of its sockets).
  get peakBytes() {
    const status = readFileSync(`/proc/${this.program.pid}/status`, 'utf8');
    return Number(status.match(/^VmHWM:\s+(\d+) kB/m)[1]) * 1024;
  }

  // What it has in memory now.
  get residentBytes() {
    const status = readFileSync(`/proc/${this.program.pid}/status`, 'utf8');
    return Number(status.match(/^VmRSS:\s+(\d+) kB/m)[1]) * 1024;
  }

  get descriptors() {
    return readdirSync(`/proc/${this.program.pid}/fd`).length;
  }

  // Ends the clients, then the server, which must be content with both.
  stop() {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop() {
    await Promise.all(this.#clients.map((client) => client.terminate()));
    this.#end(this.program);
    await this.ended();
  }

  // For a test that ended it itself.
  async ended() {
    const status = await this.program.exit();
    assert.equal(status, 0, `exit status of the server, which wrote:\n${this.log}`);
  }
}

const bySignal = (program) => program.signal('SIGTERM');
const byItsInput = (program) => program.endInput();

async function startProgram(t, name, flags, end = bySignal, how = {}) {
  const program = new Program(name, flags, how);
  let server;
  atEnd(t, async () => {
    if (server) return server.stop();
    program.signal('SIGKILL');
    return program.exit();
  });
  server = new Server(program, await program.firstLine(), end);
  return server;
}

const tlsFlags = (flags) =>
  everythingOverTls && !flags.includes('--tls-cert') ? certificates().flags : [];

// Stopped at the end of test `t`. Two threads, because one hides what goes wrong between shards.
export function startServer(t, flags = [], how = {}) {
  const defaults = Object.entries({ '--port': '0', '--threads': '2', '--log-format': 'json' });
  const missing = defaults.filter(([flag]) => !flags.includes(flag)).flat();
  return startProgram(t, 'cresset', ['serve', ...missing, ...tlsFlags(flags), ...flags],
    bySignal, how);
}

// One that serves a listening socket of this process; see Program.
export function startWithSocket(t, socket, flags = [], how = {}) {
  return startServer(t, flags, { ...how, socket });
}

export function startEcho(t, flags = []) {
  return startProgram(t, 'cresset-echo', ['--port', '0', ...tlsFlags(flags), ...flags]);
}

// The program examples/NAME.cpp.
export function startExample(t, name) {
  return startProgram(t, `example_${name}`, ['0'], byItsInput);
}

// Rooms of this pattern are open both ways.
export const OPEN_ROOMS = ['--join', 'public-*', '--publish', 'public-*'];

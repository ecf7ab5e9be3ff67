// The processes of a run: the program under test, and the reference's Redis. Each ends when its
// stdin does, so none outlives the runner, however that ends.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { counter, within } from './wait.mjs';

const HERE = fileURLToPath(new URL('..', import.meta.url));

export const REFERENCE_PROGRAM = join(HERE, 'reference_server.ts');
export const CRESSET_PROGRAM = process.env.CRESSET_CONFORMANCE_PROGRAM
  ?? join(HERE, '../../build/dev/bin/conformance_server');

// All that a run writes to disk.
export const SCRATCH = mkdtempSync(join(tmpdir(), 'cresset-conformance-'));
process.on('exit', () => rmSync(SCRATCH, { recursive: true, force: true }));

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const newNumber = counter();

// A process with its lines of stdout, one handler for them, and all of its stderr.
export class Program {
  stderr = '';

  constructor(command, args, env = {}) {
    this.folder = join(SCRATCH, String(newNumber()));
    mkdirSync(this.folder);
    this.child = spawn(command, args, {
      cwd: this.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    running.add(this.child);
    this.child.stdin.on('error', () => {}); // it has ended, which `ended` tells
    this.child.stderr.on('data', (bytes) => { this.stderr = (this.stderr + bytes).slice(-200_000); });
    this.onLine = () => {};
    createInterface({ input: this.child.stdout }).on('line', (line) => this.onLine(line));
    const failed = once(this.child, 'error').then(([error]) => `${command}: ${error.message}`);
    this.ended = Promise.race([once(this.child, 'close').then(([code, signal]) => code ?? signal), failed]);
    this.ended.then(() => running.delete(this.child));
  }

  // Until a line of stdout matches.
  async line(pattern, what) {
    const matched = new Promise((resolve) => {
      this.onLine = (line) => { const match = line.match(pattern); if (match) resolve(match); };
    });
    const early = this.ended.then((status) => {
      throw new Error(`ended with ${status} before ${what}:\n${this.stderr.slice(-4000)}`);
    });
    return within(Promise.race([matched, early]), what, 30_000);
  }

  // Its exit status after the end of its stdin.
  async stop() {
    this.child.stdin.end();
    try {
      return await within(this.ended, 'the end of a program', 15_000);
    } catch {
      this.child.kill('SIGKILL');
      return `${await this.ended}, because it did not end with its stdin`;
    }
  }
}

// --- Redis ---

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

// redis-server reads nothing from stdin, so a shell waits for its end instead.
const UNTIL_STDIN_ENDS = 'redis-server "$@" & child=$!; read -r _; kill $child; wait $child';

// A port may be taken between asking for it and using it.
export async function startRedis(attempts = 5) {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const program = new Program('sh', ['-c', UNTIL_STDIN_ENDS, 'redis', ...args]);
  try {
    await program.line(/Ready to accept connections/, 'redis-server is ready');
    return { program, url: `redis://127.0.0.1:${port}` };
  } catch (error) {
    await program.stop();
    if (attempts <= 1) throw error;
    return startRedis(attempts - 1);
  }
}

// --- Bun ---

// npm unpacks the binaries of this platform beside the package `bun`, whose install script would
// only move one of them. The first that runs is the one.
function findBun() {
  const modules = join(HERE, 'node_modules');
  const oven = join(modules, '@oven');
  const siblings = existsSync(oven) ? readdirSync(oven).sort() : [];
  const candidates = [
    ...siblings.map((name) => join(oven, name, 'bin/bun')),
    join(modules, 'bun/bin/bun.exe'),
  ];
  const found = candidates.filter(existsSync)
    .find((path) => spawnSync(path, ['--version']).status === 0);
  if (!found) throw new Error(`no bun in ${modules}: run npm ci in ${HERE}`);
  return found;
}

let bun;

export function startReference(program, options) {
  bun ??= findBun();
  // Its logger writes files too, into its working directory.
  return new Program(bun, [program, JSON.stringify(options)], {
    APP_ENV_LOGGER_FOLDER_PATH: './', NODE_ENV: 'production', DO_NOT_TRACK: '1',
  });
}

// The processes of a run. Each ends when its stdin does, so none outlives the runner, however that
// ends; what they write to disk goes with it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { counter, within } from './wait.mjs';

// All that a run writes to disk.
export const SCRATCH = mkdtempSync(join(tmpdir(), 'cresset-tests-'));
process.on('exit', () => rmSync(SCRATCH, { recursive: true, force: true }));

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const newNumber = counter();

// A folder of its own.
export function newFolder() {
  const folder = join(SCRATCH, String(newNumber()));
  mkdirSync(folder);
  return folder;
}

const KEPT = 200_000; // characters of what a process writes

// A process with its lines of stdout, one handler for them, and all that it writes.
export class Program {
  stdout = '';
  stderr = '';

  constructor(command, args, env = {}) {
    this.folder = newFolder();
    this.child = spawn(command, args, {
      cwd: this.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    running.add(this.child);
    this.child.stdin.on('error', () => {}); // it has ended, which `ended` tells
    for (const name of ['stdout', 'stderr']) {
      this.child[name].on('data', (bytes) => {
        this[name] = (this[name] + bytes).slice(-KEPT);
      });
    }
    this.onLine = () => {};
    createInterface({ input: this.child.stdout }).on('line', (line) => this.onLine(line));
    const failed = once(this.child, 'error').then(([error]) => `${command}: ${error.message}`);
    this.ended = Promise.race([
      once(this.child, 'close').then(([code, signal]) => code ?? signal),
      failed,
    ]);
    this.ended.then(() => running.delete(this.child));
  }

  // Until a line of stdout matches.
  async line(pattern, what) {
    const matched = new Promise((resolve) => {
      this.onLine = (line) => {
        const match = line.match(pattern);
        if (match) resolve(match);
      };
    });
    const early = this.ended.then((status) => {
      throw new Error(`ended with ${status} before ${what}:\n${this.lastWords}`);
    });
    return within(Promise.race([matched, early]), what, 30_000);
  }

  get lastWords() {
    return (this.stderr || this.stdout).slice(-4000);
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

// Two shells, of which the outer one ends with the command, and the inner one reads signals from
// stdin, and KILLs the command at its end.
const BY_STDIN = `
  exec 3<&0
  "$@" 3<&- </dev/null & child=$!
  echo "$child" > pid
  { while read -r signal; do kill -s "$signal" "$child"; done <&3
    kill -s KILL "$child"; } >/dev/null 2>&1 & reader=$!
  exec 3<&- </dev/null
  wait "$child"; status=$?
  kill "$reader"
  exit "$status"`;

// A process that reads nothing from stdin, and so would not notice its end.
export class Supervised extends Program {
  constructor(command, args, env) {
    super('sh', ['-c', BY_STDIN, 'supervisor', command, ...args], env);
  }

  // KILL, TERM, STOP, CONT and so on.
  signal(name) {
    this.child.stdin.write(`${name}\n`);
  }

  get pid() {
    return Number(readFileSync(join(this.folder, 'pid'), 'utf8'));
  }
}

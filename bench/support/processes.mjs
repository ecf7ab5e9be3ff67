// The processes of a run: Redis, nodes of Cresset and of the reference. All of them end with this
// one, however it ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { REFERENCE_PROGRAM, startReference } from '../../tests/conformance/support/programs.mjs';
import { within } from './wait.mjs';

export const binDir =
    process.env.CRESSET_BIN_DIR ??
    fileURLToPath(new URL('../../build/release/bin', import.meta.url));

const startMs = 60_000; // on a machine that is busy with other things
const stopMs = 15_000;

const scratch = mkdtempSync(join(tmpdir(), 'cresset-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

export class Process {
    #what;
    #child;
    #said = '';
    #ended;
    #onLine = () => {};

    // On any core, or on those that taskset is given: `cores` is its list.
    constructor(command, args, { cores, env = {} } = {}) {
        this.#what = [command, ...args.slice(0, 1)].map((word) => word.split('/').pop()).join(' ');
        const where = cores === undefined ? [] : ['taskset', '--cpu-list', cores];
        // Both become the command: the pid stays.
        this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', ...where, command, ...args], {
            cwd: scratch,
            stdio: ['pipe', 'pipe', 'pipe'],
            env: { ...process.env, ...env },
        });
        this.#child.stdin.on('error', () => {}); // it has ended, which #ended tells
        this.#child.stderr.on('data', (bytes) => (this.#said = (this.#said + bytes).slice(-4000)));
        createInterface({ input: this.#child.stdout }).on('line', (line) => this.#onLine(line));
        const failed = once(this.#child, 'error').then(([error]) => error.message);
        const closed = once(this.#child, 'close').then(([status, signal]) => status ?? signal);
        this.#ended = Promise.race([closed, failed]);
    }

    get pid() {
        return this.#child.pid;
    }

    // Until a line of stdout matches.
    async line(pattern) {
        const matched = new Promise((resolve) => {
            this.#onLine = (line) => {
                const match = pattern.exec(line);
                if (match) resolve(match);
            };
        });
        const early = this.#ended.then((status) => {
            throw new Error(`${this.#what} ended with ${status}: ${this.#said}`);
        });
        return within(Promise.race([matched, early]), `the start of ${this.#what}`, startMs);
    }

    // Takes all that stdin gives, and ends with 0.
    async feed(text) {
        this.#child.stdin.end(text);
        await this.#end('its input', startMs);
    }

    // All that it writes to stdout, after it has ended with 0.
    async output(limitMs) {
        const lines = [];
        this.#onLine = (line) => lines.push(line);
        await this.#end('its start', limitMs);
        return lines.join('\n');
    }

    async stop() {
        this.#child.kill();
        await this.#end('SIGTERM', stopMs);
    }

    async #end(after, limitMs) {
        const what = `the end of ${this.#what} after ${after}`;
        const status = await within(this.#ended, what, limitMs);
        if (status !== 0) throw new Error(`${this.#what} ended with ${status}: ${this.#said}`);
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

// A port may be taken between asking for it and using it.
export async function startRedis({ cores, attempts = 5 } = {}) {
    const port = await freePort();
    const flags = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const redis = new Process('redis-server', flags, { cores });
    try {
        await redis.line(/Ready to accept connections/);
    } catch (error) {
        if (attempts === 1) throw error;
        return startRedis({ cores, attempts: attempts - 1 });
    }
    return { port, pid: redis.pid, stop: () => redis.stop() };
}

// --- nodes ---

// Pings and heartbeats would disturb the figures, so they are off; and one client publishes for all.
const flags = [
    ...['--port', '0', '--join', 'public-*', '--publish', 'public-*', '--log-level', 'warn'],
    ...['--idle-timeout', '0s', '--heartbeat-timeout', '1h'],
    ...['--messages-per-second', '0', '--bytes-per-second', '0'],
];

const urlOf = (redisPort) => `redis://127.0.0.1:${redisPort}`;

export async function startCresset(redisPort, more = []) {
    const args = ['serve', ...flags, '--redis', urlOf(redisPort), ...more];
    const node = new Process(`${binDir}/cresset`, args);
    const [, port] = await node.line(/is ready: http:\/\/.*:(\d+)\/$/);
    return { port: Number(port), pid: node.pid, stop: () => node.stop() };
}

// The reference of the conformance suite, or another program of that kind, which lets everybody
// join public-*. more: options of the program.
export async function startReferenceNode(redisPort, program = REFERENCE_PROGRAM, more = {}) {
    const node = startReference(program, {
        redis: urlOf(redisPort),
        heartbeatTimeout: 3_600_000,
        sendPings: false,
        ...more,
    });
    const [, ready] = await node.line(/^READY (.*)$/, 'the start of the reference');
    return { port: JSON.parse(ready).port, pid: node.child.pid, stop: () => node.stop() };
}

// One message for each of `lines`, by `cresset emit`, which waits until Redis has taken all.
export function emit(redisPort, room, event, lines) {
    const args = ['emit', '--redis', urlOf(redisPort), '--room', room, event, '-'];
    return new Process(`${binDir}/cresset`, args).feed(lines.join('\n'));
}

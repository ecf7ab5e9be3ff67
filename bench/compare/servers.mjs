// The servers that are compared, one at a time: the reference, Cresset, and the floor under both.
// Each is { port, pid, redisPort, tls, stop() }; redisPort is there where it is joined to a Redis.

import { fileURLToPath } from 'node:url';

import { referenceCommand } from '../../tests/conformance/support/programs.mjs';
import { Authority } from '../../tests/support/certificates.mjs';
import { binDir, Process, startRedis } from '../support/processes.mjs';
import { clientCores, serverCores } from './cores.mjs';

const referenceProgram = fileURLToPath(new URL('reference_server.ts', import.meta.url));

const urlOf = (redisPort) => `redis://127.0.0.1:${redisPort}`;

// Pings and heartbeats would disturb the figures, so they are off; and one client publishes for all.
const flags = [
    ...['serve', '--port', '0', '--join', '*', '--publish', '*', '--log-level', 'warn'],
    ...['--idle-timeout', '0s', '--heartbeat-timeout', '1h'],
    ...['--messages-per-second', '0', '--bytes-per-second', '0'],
];

async function started(command, args, ready, how = {}) {
    const server = new Process(command, args, { cores: serverCores, ...how });
    const [, port] = await server.line(ready);
    return { port: Number(port), pid: server.pid, stop: () => server.stop() };
}

// Redis works for the server, but is no part of it: it runs where the clients do.
async function withRedis(start) {
    const redis = await startRedis({ cores: clientCores });
    const server = await start(redis.port);
    const stop = async () => {
        await server.stop();
        await redis.stop();
    };
    return { ...server, redisPort: redis.port, stop };
}

const readyLine = /is ready: https?:\/\/.*:(\d+)\/$/;

let files;

// What a server shows for TLS, {cert, key}.
function certificate() {
    files ??= new Authority('bench').issue('server');
    return files;
}

// `redis`: joined to one. `toSelf`: who publishes gets the message too. `cores`: its threads' own.
export async function startCresset(how = {}) {
    const { redis = false, toSelf = true, tls = false, threads = 1, cores } = how;
    const start = (redisPort) => {
        const more = [
            ...['--threads', `${threads}`],
            ...(toSelf ? ['--publish-to-self'] : []),
            ...(redisPort ? ['--redis', urlOf(redisPort)] : []),
            ...(tls ? ['--tls-cert', certificate().cert, '--tls-key', certificate().key] : []),
        ];
        return started(`${binDir}/cresset`, [...flags, ...more], readyLine, cores && { cores });
    };
    const server = redis ? await withRedis(start) : await start();
    return { ...server, tls };
}

// It can't do without a Redis.
export async function startReference({ toSelf = true, tls = false } = {}) {
    const server = await withRedis((redisPort) => {
        const options = { redis: urlOf(redisPort), publishToSelf: toSelf };
        if (tls) options.tls = certificate();
        const { command, args, env } = referenceCommand(referenceProgram, options);
        return started(command, args, /^READY {"port":(\d+)}$/, { env });
    });
    return { ...server, tls };
}

export function startFloor({ redis = false } = {}) {
    const start = (redisPort) => {
        const args = redisPort ? ['--redis', `${redisPort}`] : [];
        return started(`${binDir}/floor_server`, args, readyLine);
    };
    return redis ? withRedis(start) : start();
}

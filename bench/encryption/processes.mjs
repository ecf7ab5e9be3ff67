// The two servers, each joined to a Redis of its own.

import { fileURLToPath } from 'node:url';

import { startCresset, startRedis, startReferenceNode } from '../support/processes.mjs';

const program = fileURLToPath(new URL('reference_server.ts', import.meta.url));

async function withRedis(start) {
    const redis = await startRedis();
    const node = await start(redis.port);
    const stop = async () => {
        await node.stop();
        await redis.stop();
    };
    return { ...node, redisPort: redis.port, stop };
}

const flags = ['--encryption', 'optional', '--threads', '1'];

export const startEncrypting = (more = []) =>
    withRedis((redisPort) => startCresset(redisPort, [...flags, ...more]));

// more: { silent: true } for one without its log.
export const startEncryptingReference = (more = {}) =>
    withRedis((redisPort) => startReferenceNode(redisPort, program, more));

// Members of a room, all of one kind: plain, deflate (each message by itself, and so once for all),
// or context (each with what the member was sent before, and so once for each).

import { inflateRawSync } from 'node:zlib';

import { startCresset, startRedis } from '../support/processes.mjs';
import { RedisClient } from '../support/redis_client.mjs';
import { connectMember, gather } from '../support/traffic.mjs';

const connectingMax = 50; // at a time

const extensions = {
    plain: undefined,
    deflate: 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    context: 'permessage-deflate',
};

const tail = Buffer.from([0, 0, 0xff, 0xff]);
const inflate = (bytes) => inflateRawSync(Buffer.concat([bytes, tail]), { finishFlush: 2 });

// Of one server, which leaves it to clients whether contexts are kept.
export async function startDeflating() {
    const redis = await startRedis();
    const flags = ['--threads', '1', '--deflate', '--deflate-context-takeover'];
    const node = await startCresset(redis.port, flags);
    const stop = async () => {
        await node.stop();
        await redis.stop();
    };
    return { ...node, redisPort: redis.port, stop };
}

// What is deflated by itself is inflated; with a context that would take all that came before.
async function connect(port, room, kind) {
    const client = await connectMember(port, [room], {}, extensions[kind]);
    client.read = (text, deflated) => {
        if (deflated !== (kind !== 'plain')) throw new Error(`${kind}, but deflated ${deflated}`);
        if (kind === 'context') return null;
        return kind === 'deflate' ? `${inflate(Buffer.from(text, 'latin1'))}` : text;
    };
    return client;
}

export async function connectMembers(port, room, kind, count) {
    const members = [];
    while (members.length < count) {
        const more = Math.min(connectingMax, count - members.length);
        const joining = Array.from({ length: more }, () => connect(port, room, kind));
        members.push(...(await Promise.all(joining)));
    }
    return members;
}

// Until each has got messages to the room, which are short and so plain, and nothing is on its way.
export async function greet(redisPort, room, members) {
    const redis = await RedisClient.connect(redisPort);
    await gather(redis, room, members);
    redis.close();
}

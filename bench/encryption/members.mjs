// Members of a room, all of one kind: plain, encrypted, or encrypted with room keys.

import { RedisClient } from '../support/redis_client.mjs';
import { connectMember, gather } from '../support/traffic.mjs';
import { credentials, Secrets } from './secrets.mjs';

const connectingMax = 50; // at a time

async function connect(port, room, kind, i) {
    const client = await connectMember(port, [room], credentials[kind](i));
    const secrets = kind === 'plain' ? null : new Secrets(i, client.connected);
    client.read = (text) => (secrets ? secrets.read(text) : text);
    return client;
}

// Clients that have asked for the room. client.read(text) is the envelope in a frame, and throws if
// that is not as the kind has it.
export async function connectMembers(port, room, kind, count) {
    const members = [];
    while (members.length < count) {
        const more = Math.min(connectingMax, count - members.length);
        const numbers = Array.from({ length: more }, (_, i) => members.length + i);
        members.push(...(await Promise.all(numbers.map((i) => connect(port, room, kind, i)))));
    }
    return members;
}

// Until each has read messages to the room, and nothing is on its way.
export async function greet(redisPort, room, members) {
    const redis = await RedisClient.connect(redisPort);
    await gather(redis, room, members, (member, text) => member.read(text));
    redis.close();
}

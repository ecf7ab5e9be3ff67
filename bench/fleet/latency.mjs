// From publishing to receiving: a member of a room on one node publishes, members on that node and
// on another receive. Beside it, what Redis takes alone.

import { nowMs } from '../support/clock.mjs';
import { startCresset, startRedis } from '../support/processes.mjs';
import { RedisClient } from '../support/redis_client.mjs';
import { quantile } from '../support/statistics.mjs';
import { channelOf, connectMember, gather, Inbox, leave } from '../support/traffic.mjs';
import { within } from '../support/wait.mjs';
import { Metronome } from './metronome.mjs';

export const title = 'Publish to receive at 1,000 messages a second';

const room = 'public-paced';
const perSecond = 1_000;
const warmUp = 2_000;
const messages = 10_000;

// When messages were received. They come in order.
class Times {
    #ms = [];
    #awaited;

    note() {
        if (this.#ms.push(nowMs()) === this.#awaited?.count) this.#awaited.resolve();
    }

    until(count) {
        return new Promise((resolve) => {
            if (this.#ms.length >= count) resolve();
            else this.#awaited = { count, resolve };
        });
    }

    since(first, dueMs) {
        return this.#ms.slice(first).map((ms, i) => ms - dueMs(first + i));
    }
}

async function pace(metronome, all) {
    await metronome.run({ count: warmUp, perSecond });
    const sent = await metronome.run({ first: warmUp, count: messages, perSecond });
    const last = warmUp + messages;
    await within(Promise.all(all.map((times) => times.until(last))), 'the last of the messages');
    await metronome.stop();
    return { sent, latencies: all.map((times) => times.since(warmUp, sent.dueMs)) };
}

async function acrossNodes(redis) {
    const nodes = [await startCresset(redis.port), await startCresset(redis.port)];
    const members = [];
    for (const node of nodes) members.push(await connectMember(node.port, [room]));
    const metronome = await Metronome.start('member', nodes[0].port, room);
    const asking = await RedisClient.connect(redis.port);
    await gather(asking, room, members);
    asking.close();
    const all = members.map((member) => {
        const times = new Times();
        new Inbox(member, () => times.note());
        return times;
    });
    const { sent, latencies } = await pace(metronome, all);
    await leave(members);
    for (const node of nodes) await node.stop();
    return { sent, sameNode: latencies[0], otherNode: latencies[1] };
}

async function redisAlone(redis) {
    const subscriber = await RedisClient.connect(redis.port);
    await subscriber.ask('SUBSCRIBE', channelOf(room));
    const times = new Times();
    subscriber.onMessage = () => times.note();
    const { latencies } = await pace(await Metronome.start('redis', redis.port, room), [times]);
    subscriber.close();
    return latencies[0];
}

export async function measure(report) {
    const redis = await startRedis();
    const { sent, sameNode, otherNode } = await acrossNodes(redis);
    const alone = await redisAlone(redis);
    const rows = [
        ['to another node', otherNode, { bound: 5 }],
        ['to the same node', sameNode],
        ['Redis alone, PUBLISH to SUBSCRIBE', alone],
        ['the sender\'s own lateness', sent.lateness],
    ];
    for (const [name, values, more] of rows) {
        report(`${name}: p50, ms`, quantile(values, 0.5));
        report(`${name}: p99, ms`, quantile(values, 0.99), more);
        report(`${name}: p99.9, ms`, quantile(values, 0.999));
    }
    await redis.stop();
}

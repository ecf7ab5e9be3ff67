// 100,000 rooms joined on one node, and what the members of another room see of it.

import { nowMs } from '../support/clock.mjs';
import { cpuNs } from '../support/process_figures.mjs';
import { startCresset, startRedis } from '../support/processes.mjs';
import { RedisClient } from '../support/redis_client.mjs';
import { connectMember, gather, Inbox, leave } from '../support/traffic.mjs';
import { sleep, within } from '../support/wait.mjs';
import { Joiners } from './joiners.mjs';
import { Metronome } from './metronome.mjs';

export const title = '100,000 rooms joined at 5,000 a second, beside 200 deliveries a second';

const room = 'public-beside';
const clients = 100;
const roomsAClient = 1_000; // of the 2,000 that a client may be in
const joinsASecond = 5_000;
const deliveriesASecond = 200;
const leavingSeconds = 6; // channels linger for 3
const seconds = (clients * roomsAClient) / joinsASecond;

async function subscribedChannels(asking) {
    const [, channels] = /pubsub_channels:(\d+)/.exec(await asking.ask('INFO', 'stats'));
    return Number(channels);
}

// The other room: a member, and a metronome that publishes to Redis.
class Beside {
    #metronome;
    #receivedMs = [];
    #awaited;

    static async start(redis, asking, node) {
        const beside = new Beside();
        beside.member = await connectMember(node.port, [room]);
        await gather(asking, room, [beside.member]);
        beside.#metronome = await Metronome.start('redis', redis.port, room);
        new Inbox(beside.member, (n) => {
            beside.#receivedMs[n] = nowMs();
            if (n === beside.#awaited?.n) beside.#awaited.resolve();
        });
        return beside;
    }

    // For so long. Returns the longest time from when a message was due until the member had it,
    // and until it was sent.
    async run(seconds) {
        const first = this.#receivedMs.length;
        const count = seconds * deliveriesASecond;
        const all = new Promise((resolve) => (this.#awaited = { n: first + count - 1, resolve }));
        const sent = await this.#metronome.run({ first, count, perSecond: deliveriesASecond });
        await within(all, 'the last of the deliveries');
        const latency = this.#receivedMs.slice(first).map((ms, i) => ms - sent.dueMs(first + i));
        return { stallMs: Math.max(...latency), senderMs: Math.max(...sent.lateness) };
    }

    stop() {
        return this.#metronome.stop();
    }
}

async function joinAll(redis, asking, node) {
    const pace = { clients, roomsAClient, perSecond: joinsASecond };
    const joiners = await Joiners.start({ port: node.port, ...pace });
    const channels = (await subscribedChannels(asking)) + clients * roomsAClient;
    const before = { ms: nowMs(), redisNs: cpuNs(redis.pid), nodeNs: cpuNs(node.pid) };
    await joiners.run();
    const sentMs = nowMs();
    const deadline = sentMs + 30_000;
    while ((await subscribedChannels(asking)) < channels) {
        if (nowMs() > deadline) throw new Error('not all rooms are subscribed to');
        await sleep(2);
    }
    const ms = nowMs() - before.ms;
    return {
        joiners,
        behindMs: nowMs() - sentMs,
        perSecond: (clients * roomsAClient * 1000) / ms,
        redisCores: (cpuNs(redis.pid) - before.redisNs) / 1e6 / ms,
        nodeCores: (cpuNs(node.pid) - before.nodeNs) / 1e6 / ms,
    };
}

export async function measure(report) {
    const redis = await startRedis();
    const node = await startCresset(redis.port);
    const asking = await RedisClient.connect(redis.port);
    const beside = await Beside.start(redis, asking, node);
    const quiet = await beside.run(seconds / 2);
    const [busy, joined] = await Promise.all([beside.run(seconds), joinAll(redis, asking, node)]);
    report('longest stall of a delivery, ms', busy.stallMs, { bound: 20 });
    report('longest delay of the sender itself, ms', busy.senderMs);
    report('longest stall without joins, for half as long, ms', quiet.stallMs);
    report('CPU of Redis, cores', joined.redisCores, { bound: 0.5 });
    report('CPU of the node, cores', joined.nodeCores);
    report('joins a second', Math.round(joined.perSecond));
    report('from the last join until Redis has all, ms', joined.behindMs);
    const [left] = await Promise.all([beside.run(leavingSeconds), joined.joiners.stop()]);
    report('longest stall when all of them leave at once, ms', left.stallMs);
    await beside.stop();
    await leave([beside.member]);
    asking.close();
    await node.stop();
    await redis.stop();
}

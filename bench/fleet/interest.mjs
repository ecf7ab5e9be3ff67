// What a node gets of a room that nobody there is in. A Cresset node with a member and three others
// without: Cresset, Cresset as it subscribes with patterns, and the reference.

import { emit, startCresset, startRedis, startReferenceNode } from '../support/processes.mjs';
import { RedisClient } from '../support/redis_client.mjs';
import { channelOf, connectMember, gather, Inbox, leave, tickLine } from '../support/traffic.mjs';
import { within } from '../support/wait.mjs';
import { Tap } from './tap.mjs';

export const title = 'A room with members on one node: how many messages others get of it';

const room = 'public-elsewhere';
const messages = 10_000;
const afterwards = '{"serverId":"emitter","type":"broadcast","event":"over","data":null}';

const pattern = ['--redis-subscribe', 'pattern'];

// Name, how it is started, bound.
const others = [
    ['Cresset', startCresset, 0],
    ['Cresset, --redis-subscribe pattern', (port) => startCresset(port, pattern)],
    ['the reference', startReferenceNode],
];

async function startOther(redis, start) {
    const tap = await Tap.open(redis.port, channelOf(room));
    const node = await start(tap.port);
    const client = await connectMember(node.port, []);
    // What comes behind the messages shows that there is none left to come.
    const over = new Promise((resolve) => {
        client.onFrame = (_, code, bytes, start, end) => {
            if (bytes.latin1Slice(start, end).includes('"event":"over"')) resolve();
        };
    });
    return { tap, node, client, over };
}

export async function measure(report) {
    const redis = await startRedis();
    const home = await startCresset(redis.port);
    const member = await connectMember(home.port, [room]);
    const asking = await RedisClient.connect(redis.port);
    await gather(asking, room, [member]);
    const all = [];
    for (const [, start] of others) all.push(await startOther(redis, start));

    const arrived = new Promise((resolve) => {
        new Inbox(member, (n) => n === messages - 1 && resolve());
    });
    await emit(redis.port, room, 'tick', Array.from({ length: messages }, (_, n) => tickLine(n)));
    await within(arrived, 'all messages at the member');
    member.onFrame = () => {};
    await asking.ask('PUBLISH', 'ws:broadcast', afterwards);
    await within(Promise.all(all.map(({ over }) => over)), 'the word behind the messages');

    others.forEach(([name, , bound], i) => {
        report(`${name}: messages of ${messages}`, all[i].tap.messages, { bound });
    });
    await leave([member, ...all.map(({ client }) => client)]);
    asking.close();
    for (const { node } of [{ node: home }, ...all]) await node.stop();
    for (const { tap } of all) tap.close();
    await redis.stop();
}

// CPU of a node a delivery: 10 members of one room, and a publisher that keeps the node busy. One
// node at a time, each new.

import { nowMs } from '../support/clock.mjs';
import { processCpuNs } from '../support/process_figures.mjs';
import { startCresset, startRedis, startReferenceNode } from '../support/processes.mjs';
import { RedisClient } from '../support/redis_client.mjs';
import { connectMember, gather, Inbox, leave, publishCommand } from '../support/traffic.mjs';
import { within } from '../support/wait.mjs';

export const title = 'A room of 10 on one node, messages of 100 bytes as fast as they go';

const room = 'public-busy';
const size = 10;
const warmUp = 50_000; // until the reference's JIT has seen it all
const messages = 300_000;

// On their way to the last of the members: so many that the node has always something to do, and so
// few that neither Redis nor a node has a queue that overflows.
const window = 2_000;
const batch = 100; // that are published in one write

class Flow {
    #publisher;
    #got = []; // for each message that not all have: how many have it
    #published = 0;
    #delivered = 0; // to all
    #last = 0;
    #done;

    constructor(publisher, members) {
        this.#publisher = publisher;
        for (const member of members) new Inbox(member, this.#count);
    }

    // Publishes `count` more. Until all members have them, in order.
    async run(count) {
        this.#last += count;
        const done = new Promise((resolve) => (this.#done = resolve));
        this.#refill();
        await within(done, `${count} messages at all members`, 300_000);
    }

    #count = (n) => {
        this.#got[n] = (this.#got[n] ?? 0) + 1;
        if (this.#got[n] < size) return;
        delete this.#got[n];
        ++this.#delivered;
        if (this.#delivered === this.#last) this.#done();
        else if (this.#delivered % batch === 0) this.#refill();
    };

    #refill() {
        const fits = () => this.#published - this.#delivered <= window - batch;
        while (this.#published < this.#last && fits()) {
            const commands = [];
            for (let i = 0; i < batch; ++i) commands.push(publishCommand(room, this.#published++));
            this.#publisher.send(Buffer.concat(commands));
        }
    }
}

async function measureNode(redis, start) {
    const node = await start(redis.port);
    const members = [];
    for (let i = 0; i < size; ++i) members.push(await connectMember(node.port, [room]));
    const asking = await RedisClient.connect(redis.port);
    await gather(asking, room, members);
    asking.close();

    const publisher = await RedisClient.connect(redis.port);
    publisher.muteReplies();
    const flow = new Flow(publisher, members);
    await flow.run(warmUp);
    const before = { cpuNs: processCpuNs(node.pid), ms: nowMs() };
    await flow.run(messages);
    const after = { cpuNs: processCpuNs(node.pid), ms: nowMs() };
    publisher.close();
    await leave(members);
    await node.stop();
    const deliveries = messages * size;
    return {
        cpuUs: (after.cpuNs - before.cpuNs) / 1000 / deliveries,
        perSecond: (deliveries * 1000) / (after.ms - before.ms),
    };
}

const threads = (n) => (port) => startCresset(port, ['--threads', `${n}`]);

const nodes = [
    ['Cresset, 1 thread', threads(1)],
    ['Cresset, 2 threads', threads(2)],
    ['the reference', startReferenceNode],
];

export async function measure(report) {
    const redis = await startRedis();
    const figures = [];
    for (const [name, start] of nodes) {
        const figure = await measureNode(redis, start);
        report(`${name}: CPU a delivery, us`, figure.cpuUs);
        report(`${name}: deliveries a second`, Math.round(figure.perSecond));
        figures.push(figure);
    }
    const reference = figures.pop();
    figures.forEach((figure, i) => {
        const share = figure.cpuUs / reference.cpuUs;
        report(`${nodes[i][0]}: CPU to the reference's`, share, { bound: 0.6 });
    });
    await redis.stop();
}

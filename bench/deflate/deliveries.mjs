// CPU of the server a delivery to 1,000 members of one room, and bytes. The kinds of members take
// turns, so that whatever else the machine does is in all figures.

import { Flow } from '../support/flow.mjs';
import { cpuNs } from '../support/process_figures.mjs';
import { leave } from '../support/traffic.mjs';
import { sleep } from '../support/wait.mjs';
import { connectMembers, greet, startDeflating } from './members.mjs';
import { prices } from './prices.mjs';

export const title = 'A room of 1,000, messages of about 1,000 bytes: CPU of the server a delivery';

const size = 1000;
const turns = 5;
const settleMs = 300; // what overtook the last greeting
const warmUp = 20; // messages

// Name, kind of members, messages a turn.
const cases = [
    ['plain', 'plain', 60],
    ['compressed once for all', 'deflate', 60],
    ['compressed for each', 'context', 20],
];
const sharedBound = 0.15; // of compressing for each

async function openCase(node, [name, kind, messages]) {
    const room = `public-${kind}`;
    const members = await connectMembers(node.port, room, kind, size);
    await greet(node.redisPort, room, members);
    await sleep(settleMs);
    const flow = await Flow.open(node.redisPort, room, members, prices);
    await flow.run(warmUp, 1);
    return { name, messages, members, flow, cpuNs: 0, bytes: -members[0].bytes };
}

async function measureWindow(node, open, window, report) {
    for (const one of open) Object.assign(one, { cpuNs: 0, bytes: -one.members[0].bytes });
    for (let turn = 0; turn < turns; ++turn) {
        for (const one of open) {
            const before = cpuNs(node.pid);
            await one.flow.run(one.messages, window);
            one.cpuNs += cpuNs(node.pid) - before;
        }
    }
    const us = open.map(({ cpuNs: ns, messages }) => ns / 1000 / (turns * messages * size));
    const bytes = open.map(({ members, bytes, messages }) =>
        Math.round((members[0].bytes + bytes) / (turns * messages)));
    const of = `${window} in flight: `;
    open.forEach(({ name }, i) => report(`${of}${name}, us`, us[i]));
    report(`${of}once to each`, us[1] / us[2], { bound: sharedBound });
    report(`${of}once to plain`, us[1] / us[0]);
    open.forEach(({ name }, i) => report(`${of}${name}, bytes of a message`, bytes[i]));
}

export async function measure(report) {
    const node = await startDeflating();
    const open = [];
    for (const one of cases) open.push(await openCase(node, one));
    for (const window of [1, 16]) await measureWindow(node, open, window, report);
    for (const { flow, members } of open) {
        flow.close();
        await leave(members);
    }
    await node.stop();
}

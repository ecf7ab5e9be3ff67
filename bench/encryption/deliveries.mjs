// CPU of a server a delivery to 200 members of one room. The servers take turns, and so do the
// kinds of members, so that whatever else the machine does is in all figures.

import { cpuNs as threadsCpuNs, processCpuNs } from '../support/process_figures.mjs';
import { Flow } from '../support/flow.mjs';
import { leave } from '../support/traffic.mjs';
import { sleep } from '../support/wait.mjs';
import { connectMembers, greet } from './members.mjs';
import { startEncrypting, startEncryptingReference } from './processes.mjs';
import { ticks } from './ticks.mjs';

export const title = 'A room of 200, messages of 100 bytes of data: CPU of the server a delivery';

const size = 200;
const turns = 5;
const settleMs = 300; // what overtook the last greeting

const cresset = {
    start: startEncrypting,
    cpuNsOf: threadsCpuNs, // its threads stay
    messages: { 1: 250, 16: 800 }, // a turn
};
const reference = {
    start: startEncryptingReference,
    cpuNsOf: processCpuNs,
    messages: { 1: 40, 16: 60 }, // enough for the clock's ticks
};
const warmUp = 200; // messages, for the JIT

// Name, server, kind of its members.
const cases = [
    ['the reference', reference, 'encrypted'],
    ['Cresset', cresset, 'encrypted'],
    ['Cresset, plain', cresset, 'plain'],
    ['Cresset, room keys', cresset, 'room-key'],
];

// Name, what is divided by what, bound for each window.
const ratios = [
    ['Cresset to the reference', 'Cresset', 'the reference', { 1: 0.25, 16: 0.05 }],
    ['Cresset to plain', 'Cresset', 'Cresset, plain', { 1: 1.35 }],
    ['Cresset with room keys to plain', 'Cresset, room keys', 'Cresset, plain', { 1: 1.1 }],
];

async function openCase(node, [name, server, kind]) {
    const room = `public-${kind}`;
    const members = await connectMembers(node.port, room, kind, size);
    await greet(node.redisPort, room, members);
    await sleep(settleMs);
    const flow = await Flow.open(node.redisPort, room, members, ticks);
    return { ...server, name, node, members, flow };
}

// Microseconds a delivery, by the case's name.
async function takeTurns(cases, window) {
    const cpuNs = new Map(cases.map(({ name }) => [name, 0]));
    for (const { flow } of cases) await flow.run(warmUp, window);
    for (let turn = 0; turn < turns; ++turn) {
        for (const { name, node, cpuNsOf, flow, messages } of cases) {
            const before = cpuNsOf(node.pid);
            await flow.run(messages[window], window);
            cpuNs.set(name, cpuNs.get(name) + cpuNsOf(node.pid) - before);
        }
    }
    const deliveries = ({ messages }) => turns * messages[window] * size;
    return new Map(cases.map((c) => [c.name, cpuNs.get(c.name) / 1000 / deliveries(c)]));
}

async function measureWindow(open, window, report) {
    const figures = await takeTurns(open, window);
    for (const [name, cpuUs] of figures) report(`${window} in flight: ${name}, us`, cpuUs);
    for (const [name, one, other, bounds] of ratios) {
        const ratio = figures.get(one) / figures.get(other);
        report(`${window} in flight: ${name}`, ratio, { bound: bounds[window] });
    }
}

export async function measure(report) {
    const nodes = new Map();
    for (const server of [reference, cresset]) nodes.set(server, await server.start());
    const open = [];
    for (const one of cases) open.push(await openCase(nodes.get(one[1]), one));
    for (const window of [1, 16]) await measureWindow(open, window, report);
    for (const { flow, members } of open) {
        flow.close();
        await leave(members);
    }
    for (const node of nodes.values()) await node.stop();
}

// CPU of a server to let a client in: connect, authenticate, and come to a key.

import { Crowd } from '../support/crowd.mjs';
import { processCpuNs } from '../support/process_figures.mjs';
import { leave } from '../support/traffic.mjs';
import { connectMembers, greet } from './members.mjs';
import { startEncrypting, startEncryptingReference } from './processes.mjs';
import { credentials } from './secrets.mjs';

export const title = '1,000 clients connect and authenticate, twice: CPU of the server a client';

const size = 1000;
const times = 2;
const warmUp = 500;

const newCrowd = (node, count) =>
    new Crowd({ host: '127.0.0.1', port: node.port, path: '/ws' }, count, () => {});

async function warm(node, kind) {
    const members = await connectMembers(node.port, 'public-warm', kind, 10);
    await greet(node.redisPort, 'public-warm', members); // the keys are right
    await leave(members);
    const crowd = newCrowd(node, warmUp);
    await crowd.connect(credentials[kind]);
    await crowd.leave();
}

// Returns nanoseconds of CPU.
async function letIn({ node, kind }) {
    const crowd = newCrowd(node, size);
    const before = processCpuNs(node.pid);
    await crowd.connect(credentials[kind]);
    const cpuNs = processCpuNs(node.pid) - before;
    await crowd.leave();
    return cpuNs;
}

export async function measure(report) {
    const reference = await startEncryptingReference();
    const cresset = await startEncrypting();
    const cases = [
        { name: 'the reference', node: reference, kind: 'encrypted', cpuNs: 0 },
        { name: 'Cresset', node: cresset, kind: 'encrypted', cpuNs: 0 },
        { name: 'Cresset, plain', node: cresset, kind: 'plain', cpuNs: 0 },
    ];
    for (const { node, kind } of cases) await warm(node, kind);
    for (let i = 0; i < times; ++i)
        for (const one of cases) one.cpuNs += await letIn(one);
    for (const { name, cpuNs } of cases)
        report(`${name}, us`, cpuNs / 1000 / times / (size + 1)); // and the crowd's publisher
    report('Cresset to the reference', cases[1].cpuNs / cases[0].cpuNs, { bound: 0.6 });
    await cresset.stop();
    await reference.stop();
}

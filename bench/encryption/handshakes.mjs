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

// Beside the reference as it is, which logs some lines a client, one that doesn't; Cresset has
// nothing to log of them.
export async function measure(report) {
    const reference = await startEncryptingReference();
    const silent = await startEncryptingReference({ silent: true });
    const cresset = await startEncrypting();
    const cases = [
        { name: 'the reference', node: reference, kind: 'encrypted' },
        { name: 'the reference without its log', node: silent, kind: 'encrypted' },
        { name: 'Cresset', node: cresset, kind: 'encrypted' },
        { name: 'Cresset, plain', node: cresset, kind: 'plain' },
    ];
    for (const { node, kind } of cases) await warm(node, kind);
    const cpuNs = cases.map(() => 0);
    for (let time = 0; time < times; ++time)
        for (const [i, one] of cases.entries()) cpuNs[i] += await letIn(one);
    for (const [i, { name }] of cases.entries())
        report(`${name}, us`, cpuNs[i] / 1000 / times / (size + 1)); // and the crowd's publisher
    const [logging, quiet, ours] = cpuNs;
    report('Cresset to the reference', ours / logging, { bound: 0.6 });
    report('Cresset to the reference without its log', ours / quiet, { bound: 0.6 });
    for (const node of [cresset, silent, reference]) await node.stop();
}

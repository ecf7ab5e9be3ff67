// What an encrypted client takes in memory more than a plain one.

import { residentBytes } from '../support/process_figures.mjs';
import { leave } from '../support/traffic.mjs';
import { sleep } from '../support/wait.mjs';
import { connectMembers, greet } from './members.mjs';
import { startEncrypting } from './processes.mjs';

export const title = '2,000 clients of one room on Cresset: bytes of memory a client';

const size = 2000;
const others = 4000; // who come later, plain, into the memory that was given back
const moreBound = 300;
const intervalMs = 1000; // after two of these without messages nothing is kept ready to encrypt

// Of the program, its libraries and Redis all that any kind of client needs is there afterwards.
async function warm(node) {
    const members = await connectMembers(node.port, 'public-warm', 'encrypted', 50);
    await greet(node.redisPort, 'public-warm', members);
    await leave(members);
}

async function measureKind(kind) {
    const node = await startEncrypting(['--heartbeat-interval', `${intervalMs}ms`]);
    await warm(node);
    await sleep(3 * intervalMs);
    const before = residentBytes(node.pid);
    const each = () => (residentBytes(node.pid) - before) / size;
    const members = await connectMembers(node.port, 'public-many', kind, size);
    await sleep(3 * intervalMs);
    const silent = each();
    await greet(node.redisPort, 'public-many', members);
    await sleep(3 * intervalMs);
    const idle = each();
    const later = await connectMembers(node.port, 'public-later', 'plain', others);
    await sleep(intervalMs);
    const reused = each();
    await leave([...members, ...later]);
    await node.stop();
    return { silent, idle, reused };
}

export async function measure(report) {
    const plain = await measureKind('plain');
    const encrypted = await measureKind('encrypted');
    const more = (when) => Math.round(encrypted[when] - plain[when]);
    report('plain', Math.round(plain.silent));
    report('encrypted, that has got nothing yet: more', more('silent'), { bound: moreBound });
    report('encrypted, idle after messages: more', more('idle'), { bound: moreBound });
    report('the same, when 4,000 plain ones have come: more', more('reused'), { bound: moreBound });
}

// What a client takes in memory, before and after it was sent something.

import { Flow } from '../support/flow.mjs';
import { residentBytes } from '../support/process_figures.mjs';
import { leave } from '../support/traffic.mjs';
import { sleep } from '../support/wait.mjs';
import { connectMembers, greet, startDeflating } from './members.mjs';
import { prices } from './prices.mjs';

export const title = '1,000 clients of one room: bytes of memory a client';

const size = 1000;
const settleMs = 500;
const moreBound = 300;

async function say(node, room, members) {
    await greet(node.redisPort, room, members);
    await sleep(settleMs);
    const flow = await Flow.open(node.redisPort, room, members, prices);
    await flow.run(20, 1);
    flow.close();
    await sleep(settleMs);
}

async function measureKind(kind) {
    const node = await startDeflating();
    const first = await connectMembers(node.port, 'public-warm', kind, 50);
    await say(node, 'public-warm', first); // what all share is there afterwards
    const before = residentBytes(node.pid);
    const each = () => (residentBytes(node.pid) - before) / size;
    const members = await connectMembers(node.port, 'public-many', kind, size);
    await sleep(settleMs);
    const silent = each();
    await say(node, 'public-many', members);
    const idle = each();
    await leave([...first, ...members]);
    await node.stop();
    return { silent, idle };
}

export async function measure(report) {
    const plain = await measureKind('plain');
    const deflate = await measureKind('deflate');
    const context = await measureKind('context');
    const more = (kind, when) => Math.round(kind[when] - plain[when]);
    report('plain', Math.round(plain.silent));
    report('deflate, that has got nothing yet: more', more(deflate, 'silent'), { bound: moreBound });
    report('deflate, idle after messages: more', more(deflate, 'idle'), { bound: moreBound });
    report('with a context, that has got nothing yet: more', more(context, 'silent'));
    report('with a context, idle after messages: more', more(context, 'idle'));
}

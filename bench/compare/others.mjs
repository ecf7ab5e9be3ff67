// What else runs on the machine: figures are no good beside it.

import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

function ticks() {
    let idle = 0;
    let all = 0;
    for (const { times } of cpus()) {
        idle += times.idle;
        all += times.user + times.nice + times.sys + times.idle + times.irq;
    }
    return { idle, all };
}

// The part of all cores that is in use now, from 0 to 1: that of others, while nothing of ours runs.
export async function measureOthers() {
    const before = ticks();
    await sleep(1000);
    const after = ticks();
    const all = after.all - before.all;
    return all === 0 ? 0 : 1 - (after.idle - before.idle) / all;
}

export const othersMax = 0.1;

export const othersText = (others) =>
    others.map((part) => `${Math.round(100 * part)}%`).join(', ');

// What Linux says about a process, from /proc (proc(5)).

import { readdirSync, readFileSync } from 'node:fs';

const clockTickNs = 10_000_000; // USER_HZ is 100 on every Linux that runs this

// Memory of the process that is in RAM.
export function residentBytes(pid) {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(kib) * 1024;
}

// CPU time that the process has used, in user and kernel mode, as nanoseconds. Of its threads that
// live, by schedstat, which is exact; where a kernel has none, by the clock's ticks of 10 ms.
export function cpuNs(pid) {
    try {
        return readdirSync(`/proc/${pid}/task`)
            .map((task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8'))
            .reduce((sum, line) => sum + Number(line.split(' ')[0]), 0);
    } catch {
        return processCpuNs(pid);
    }
}

// The same with threads that have ended meanwhile, by the clock's ticks alone: for programs whose
// threads come and go, such as Bun, and for a second or more.
export function processCpuNs(pid) {
    return ticksOf(pid) * clockTickNs;
}

export function openDescriptors(pid) {
    return readdirSync(`/proc/${pid}/fd`).length;
}

function ticksOf(pid) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // a name may hold spaces
    return Number(fields[11]) + Number(fields[12]); // utime, stime
}

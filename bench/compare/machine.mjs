// What it was measured on.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

import { referenceCommand } from '../../tests/conformance/support/programs.mjs';
import { binDir } from '../support/processes.mjs';
import { coreCount } from './cores.mjs';

const versionIn = (text) => /\d+\.\d+(\.\d+)?/.exec(text)[0];
const versionOf = (command, ...args) =>
    versionIn(execFileSync(command, args, { encoding: 'utf8' }));

function distribution() {
    const [, name] = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'));
    return name;
}

function helperVersion() {
    const lock = new URL('../../tests/conformance/package-lock.json', import.meta.url);
    return JSON.parse(readFileSync(lock)).packages['node_modules/@venizia/ignis-helpers'].version;
}

export function describeMachine() {
    return {
        cpu: cpus()[0].model.trim(),
        cores: coreCount,
        memory_gib: Math.round(totalmem() / 2 ** 30),
        kernel: release(),
        distribution: distribution(),
        versions: {
            cresset: versionOf(`${binDir}/cresset`, '--version'),
            gcc: versionOf('c++', '-dumpfullversion'),
            ignis_helpers: helperVersion(),
            bun: versionOf(referenceCommand('', {}).command, '--version'),
            redis: versionOf('redis-server', '--version'),
        },
    };
}

// In a sentence.
export function machineText({ cpu, cores, memory_gib, kernel, distribution, versions }) {
    const coresText = cores === 1 ? '1 core' : `${cores} cores`;
    return (
        `${coresText} of an ${cpu}, ${memory_gib} GiB of memory, ${distribution}, ` +
        `Linux ${kernel}. Cresset ${versions.cresset}, GCC ${versions.gcc}; the reference: ` +
        `@venizia/ignis-helpers ${versions.ignis_helpers} on Bun ${versions.bun}; ` +
        `Redis ${versions.redis}`
    );
}

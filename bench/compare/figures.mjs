// What is measured of each server, and what Cresset's share of it may be.

import { Crowd } from '../support/crowd.mjs';
import { residentBytes } from '../support/process_figures.mjs';
import { bothCores } from './cores.mjs';
import { generate } from './generator.mjs';
import { startCresset, startFloor, startReference } from './servers.mjs';

const members = 1000;
const messageBytes = 100;

const cpuOf = (report) => ({ cpu: report.server.cpu_us_per_delivery });

// A room of 1,000, and `inFlight` messages at a time that not all members have.
const fanOut = (inFlight, messages) => async (server) => {
    const flags = ['--clients', members, '--size', messageBytes, '--in-flight', inFlight];
    const amount = ['--warm-up', messages / 10, '--messages', messages];
    return cpuOf(await generate('fanout', server, [...flags, ...amount]));
};

async function fromRedis(server) {
    const flags = ['--clients', members, '--size', messageBytes, '--in-flight', 64];
    const more = ['--redis', `redis://127.0.0.1:${server.redisPort}`];
    const amount = ['--warm-up', 2_000, '--messages', 15_000];
    return cpuOf(await generate('redis', server, [...flags, ...more, ...amount]));
}

const echo = (messages) => async (server) => {
    const flags = ['--clients', 100, '--size', 64, '--in-flight', 1];
    const amount = ['--warm-up', messages / 6, '--messages', messages];
    return cpuOf(await generate('echo', server, [...flags, ...amount]));
};

const connect = (clients) => async (server) => {
    const amount = ['--clients', clients, '--warm-up', clients / 2];
    const report = await generate('connect', server, amount);
    return { cpu: report.server.cpu_us_per_client };
};

export const percentiles = ['p50', 'p90', 'p99', 'p99.9', 'p99.99'];

// From when a message was to be published until a client has it.
async function latency(server) {
    const flags = ['--clients', members, '--size', messageBytes, '--rate', 100];
    const amount = ['--warm-up', 300, '--messages', 1_500];
    const report = await generate('latency', server, [...flags, ...amount]);
    return Object.fromEntries(percentiles.map((name) => [name, report.latency_us[name] / 1000]));
}

const few = 2_000;
const many = 12_000;

// By what VmRSS grows between two crowds, so that what a program takes for itself and for its first
// clients is not in it.
async function memory(server) {
    const at = { host: '127.0.0.1', port: server.port, path: '/ws' };
    const crowd = (size) => new Crowd(at, size - 1, () => {}); // and its publisher
    const warmUp = crowd(500);
    await warmUp.connect();
    await warmUp.leave();
    const crowds = [crowd(few), crowd(many - few)];
    await crowds[0].connect();
    const before = residentBytes(server.pid);
    await crowds[1].connect();
    const bytes = (residentBytes(server.pid) - before) / (many - few);
    for (const one of crowds) await one.leave();
    return { bytes };
}

export const serverNames = { reference: 'the reference', cresset: 'Cresset', floor: 'the floor' };

// A stage's figures are measured on one process of each of its servers, one server after the other.
//
//   title     what is measured of a server
//   unit      of what measure gives
//   measure   takes a server, returns values by name
//   rows      which of the values are shown, each with what Cresset's may be to another server's,
//             or `cresset`: what it may be itself
//   plot      the title in the plot of CPU; without one it is not there
export const stages = [
    {
        servers: { reference: startReference, cresset: startCresset, floor: startFloor },
        figures: {
            fanout: {
                title: 'Fan-out to 1,000 clients, 100 bytes, 1 message in flight',
                unit: 'us',
                measure: fanOut(1, 600),
                rows: { cpu: { title: 'CPU a delivery', reference: 0.85, floor: 1.1 } },
                plot: 'Fan-out, 1 in flight',
            },
            fanout16: {
                title: 'The same, 16 messages in flight',
                unit: 'us',
                measure: fanOut(16, 6_000),
                rows: { cpu: { title: 'CPU a delivery', reference: 0.9, floor: 1.15 } },
                plot: 'Fan-out, 16 in flight',
            },
            echo: {
                title: 'Echo of 64 bytes, 100 clients',
                unit: 'us',
                measure: echo(300_000),
                rows: { cpu: { title: 'CPU an echo', reference: 0.65 } },
                plot: 'Echo',
            },
            connect: {
                title: 'Connect and authenticate',
                unit: 'us',
                measure: connect(4_000),
                rows: { cpu: { title: 'CPU a client', reference: 0.45 } },
                plot: 'Connect, authenticate',
            },
            latency: {
                title: '100 messages a second to 1,000 clients, publish to receive',
                unit: 'ms',
                measure: latency,
                rows: {
                    p50: { title: 'p50' },
                    p99: { title: 'p99', reference: 0.6 },
                    'p99.9': { title: 'p99.9', reference: 0.5 },
                },
            },
        },
    },
    {
        servers: {
            reference: () => startReference({ toSelf: false }),
            cresset: () => startCresset({ toSelf: false }),
        },
        figures: {
            excluded: {
                title: 'Fan-out to 1,000 clients but the sender, 16 messages in flight',
                unit: 'us',
                measure: fanOut(16, 800),
                rows: { cpu: { title: 'CPU a delivery', reference: 0.12 } },
                plot: 'One excluded, 16 in flight',
            },
        },
    },
    {
        servers: {
            reference: startReference,
            cresset: () => startCresset({ redis: true }),
            floor: () => startFloor({ redis: true }),
        },
        figures: {
            redis: {
                title: 'Published by Redis to 1,000 clients, 64 messages in flight',
                unit: 'us',
                measure: fromRedis,
                rows: { cpu: { title: 'CPU a delivery', reference: 0.6 } },
                plot: 'From Redis, 64 in flight',
            },
        },
    },
    {
        servers: {
            reference: () => startReference({ tls: true }),
            cresset: () => startCresset({ tls: true }),
        },
        figures: {
            tls: {
                title: 'Over TLS, fan-out to 1,000 clients, 1 message in flight',
                unit: 'us',
                measure: fanOut(1, 200),
                rows: { cpu: { title: 'CPU a delivery' } },
                plot: 'TLS, 1 in flight',
            },
            tls16: {
                title: 'The same, 16 messages in flight',
                unit: 'us',
                measure: fanOut(16, 800),
                rows: { cpu: { title: 'CPU a delivery' } },
                plot: 'TLS, 16 in flight',
            },
            tlsecho: {
                title: 'Echo of 64 bytes over TLS, 100 clients',
                unit: 'us',
                measure: echo(60_000),
                rows: { cpu: { title: 'CPU an echo' } },
                plot: 'Echo over TLS',
            },
            tlsconnect: {
                title: 'Connect over TLS and authenticate',
                unit: 'us',
                measure: connect(600),
                rows: { cpu: { title: 'CPU a client' } },
            },
        },
    },
    {
        servers: { reference: startReference, cresset: startCresset },
        figures: {
            memory: {
                title: 'An idle client in two rooms, between 2,000 and 12,000 clients',
                unit: 'bytes',
                measure: memory,
                rows: { bytes: { title: 'memory a client', cresset: 400 } },
            },
        },
    },
    {
        servers: {
            one: startCresset,
            cresset: () => startCresset({ threads: 2, cores: bothCores }),
        },
        names: { one: 'Cresset, 1 thread', cresset: 'Cresset, 2 threads' },
        figures: {
            threads: {
                title: 'Two threads on both cores beside one: fan-out, 16 messages in flight',
                unit: 'us',
                measure: fanOut(16, 6_000),
                rows: { cpu: { title: 'CPU a delivery', one: 1.15 } },
            },
        },
    },
];

// The client of many_clients.sh: works a running server, and prints a line a figure: its name, a
// tab, its value. Exit status 1 if a message was lost, came twice or was not as sent, if a client
// was cut off, or if the second crowd takes over 10% more memory than the first.
//
//   node many_clients.mjs --pid PID --port PORT --clients N --rounds R

import { parseArgs } from 'node:util';

import { Crowd, sleep } from './support/crowd.mjs';
import { cpuNs, openDescriptors, residentBytes } from './support/process_figures.mjs';

const inFlight = 16;
const growthMax = 1.1;  // of the second crowd's memory over the first's
const goneMs = 15_000;  // the server lingers for 5 s at most

const { values } = parseArgs({
    options: Object.fromEntries(
        ['pid', 'port', 'clients', 'rounds'].map((name) => [name, { type: 'string' }]),
    ),
});
const { pid, port, clients, rounds } = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Number(value)]),
);
const server = { host: '127.0.0.1', port, path: '/ws' };
const idle = { memory: residentBytes(pid), descriptors: openDescriptors(pid) };

const print = (name, value) => console.log(`${name}\t${value}`);

const onTerminal = process.stderr.isTTY;
let said = '';
function say(text) {
    if (text !== said) process.stderr.write(onTerminal ? `\r\x1b[K${text}` : `${text}\n`);
    said = text;
}

const newCrowd = () => new Crowd(server, clients, say);

const everybody = clients + 1; // the publisher is a client too

const memoryEach = (before = idle.memory) => Math.round((residentBytes(pid) - before) / everybody);

async function cpuUs(work) {
    const before = cpuNs(pid);
    const result = await work();
    return [(cpuNs(pid) - before) / 1000, result];
}

async function leave(crowd) {
    await crowd.leave();
    const deadline = Date.now() + goneMs;
    while (openDescriptors(pid) > idle.descriptors) {
        if (Date.now() > deadline) throw new Error('clients have left, not so their sockets');
        await sleep(50);
    }
}

async function connecting(crowd) {
    const [cpu, elapsedMs] = await cpuUs(() => crowd.connect());
    print('connect, authenticate: time a client, us', Math.round((elapsedMs * 1000) / everybody));
    print('connect, authenticate: server CPU a client, us', (cpu / everybody).toFixed(1));
}

async function delivering(crowd, count, window) {
    const [cpu] = await cpuUs(() => crowd.publish(count, window));
    print(`a delivery, ${window} in flight: server CPU, us`, (cpu / (count * clients)).toFixed(2));
}

// Connect, join, get messages: what the second crowd does too, so that the memory can be compared.
async function first() {
    const crowd = newCrowd();
    await connecting(crowd);
    print('memory: bytes a client', memoryEach());
    const connected = residentBytes(pid);
    await crowd.join();
    print('memory: bytes more in one more room', memoryEach(connected));
    await delivering(crowd, rounds, 1);
    await delivering(crowd, rounds * 4, inFlight);
    const memory = memoryEach();
    print('memory: bytes a client after all deliveries', memory);
    await leave(crowd);
    print('memory: bytes kept a client that has gone', memoryEach());
    return memory;
}

async function second() {
    const crowd = newCrowd();
    await crowd.connect();
    await crowd.join();
    await crowd.publish(inFlight * 2, inFlight);
    const memory = memoryEach();
    await leave(crowd);
    return memory;
}

// A third crowd, in the memory that the second left: what is more is for the users.
async function users(before) {
    const crowd = newCrowd();
    await crowd.connect((i) => ({ userId: `user-${String(i).padStart(6, '0')}` }));
    await crowd.join();
    await crowd.publish(inFlight * 2, inFlight);
    print('memory: bytes more if each is another user', memoryEach() - before);
    await leave(crowd);
}

async function main() {
    const before = await first();
    const again = await second();
    print('memory: the second crowd to the first', (again / before).toFixed(2));
    await users(again);
    if (again > before * growthMax) throw new Error('memory grows from crowd to crowd');
}

main()
    .then(() => 0, (error) => (say(`many_clients: ${error.message}`), 1))
    .then((status) => {
        process.stderr.write(onTerminal ? '\r\x1b[K' : '');
        process.exit(status);
    });

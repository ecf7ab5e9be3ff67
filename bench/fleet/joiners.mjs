// A thread of clients that join rooms at a steady rate.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

import { nowMs } from '../support/clock.mjs';
import { connectMember, encodeEvent } from '../support/traffic.mjs';

const roomsAMessage = 10;

export class Joiners {
    #worker;

    static async start(options) {
        const joiners = new Joiners(options);
        await once(joiners.#worker, 'message');
        return joiners;
    }

    // port, clients, roomsAClient, perSecond
    constructor(workerData) {
        this.#worker = new Worker(new URL(import.meta.url), { workerData });
        this.#worker.on('error', (error) => {
            throw error;
        });
    }

    // Every client joins its rooms, which nobody else does. Returns when all has been sent.
    async run() {
        this.#worker.postMessage('go');
        await once(this.#worker, 'message');
    }

    stop() {
        return this.#worker.terminate();
    }
}

const joinFrame = (first) => {
    const rooms = Array.from({ length: roomsAMessage }, (_, i) => `public-of-many-${first + i}`);
    return encodeEvent('join', { rooms });
};

// The clients take turns.
async function join(clients, { roomsAClient, perSecond }) {
    const count = clients.length * roomsAClient;
    const begunMs = nowMs();
    for (let joined = 0; joined < count; ) {
        const due = Math.min(count, ((nowMs() - begunMs) * perSecond) / 1000);
        for (; joined < due; joined += roomsAMessage)
            clients[(joined / roomsAMessage) % clients.length].send(joinFrame(joined));
        await sleep(1);
    }
}

if (!isMainThread) {
    const clients = [];
    while (clients.length < workerData.clients)
        clients.push(await connectMember(workerData.port, []));
    parentPort.postMessage('ready');
    await once(parentPort, 'message');
    await join(clients, workerData);
    parentPort.postMessage('joined');
    parentPort.on('message', () => {}); // the clients stay
}

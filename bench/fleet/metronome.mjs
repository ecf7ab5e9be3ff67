// A thread that sends numbered messages at a steady rate, each at its time whatever became of those
// before: open loop. What the receiver counts from is when a message was due, so that a sender that
// was held up makes the figure worse, not better.

import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

import { nowMs } from '../support/clock.mjs';
import { RedisClient } from '../support/redis_client.mjs';
import { connectMember, publishCommand, publishFrame } from '../support/traffic.mjs';

export class Metronome {
    #worker;

    // To a room, by PUBLISH to the Redis of that port, or by a member of it at the node of that
    // port: `by` is 'redis' or 'member'.
    static async start(by, port, room) {
        const metronome = new Metronome({ by, port, room });
        await once(metronome.#worker, 'message');
        return metronome;
    }

    constructor(workerData) {
        this.#worker = new Worker(new URL(import.meta.url), { workerData });
        this.#worker.on('error', (error) => {
            throw error;
        });
    }

    // Sends `count` messages, `perSecond` of them a second. Returns when each was due, as a
    // function of its number, and how late each was sent, in ms.
    async run({ first = 0, count, perSecond }) {
        this.#worker.postMessage({ first, count, perSecond });
        const [{ begunMs, lateness }] = await once(this.#worker, 'message');
        return { dueMs: (n) => begunMs + ((n - first) * 1000) / perSecond, lateness };
    }

    stop() {
        return this.#worker.terminate();
    }
}

const senders = {
    async redis({ port, room }) {
        const redis = await RedisClient.connect(port);
        redis.muteReplies();
        return (n) => redis.send(publishCommand(room, n));
    },
    async member({ port, room }) {
        const member = await connectMember(port, [room]);
        return (n) => member.send(publishFrame(room, n));
    },
};

const leadMs = 20;
const sleeper = new Int32Array(new SharedArrayBuffer(4)); // nobody wakes it

async function send(sendOne, { first, count, perSecond }) {
    const begunMs = nowMs() + leadMs;
    const lateness = new Float64Array(count);
    for (let i = 0; i < count; ++i) {
        const dueMs = begunMs + (i * 1000) / perSecond;
        // A timer of the event loop is only good to a millisecond.
        const restMs = dueMs - nowMs();
        if (restMs > 0) Atomics.wait(sleeper, 0, 0, restMs);
        lateness[i] = nowMs() - dueMs;
        sendOne(first + i);
        await setImmediate(); // the socket's turn
    }
    parentPort.postMessage({ begunMs, lateness });
}

if (!isMainThread) {
    const sendOne = await senders[workerData.by](workerData);
    parentPort.on('message', (what) => send(sendOne, what));
    parentPort.postMessage('ready');
}

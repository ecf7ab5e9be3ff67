// Clients of one server that all do the same at the same time: connect, authenticate, join one
// room, get what is published there, leave. Whatever one of them sees that is not as it should be
// is a fault, and ends the run.

import { randomBytes } from 'node:crypto';

import { makeFrame, opcode, WebSocket } from './websocket.mjs';

const room = 'public-bench';
const envelopeBytes = 128;    // of a delivery, the WebSocket header not counted
const connectingMax = 200;    // handshakes at a time: fewer than any backlog of a listener
const stallMs = 20_000;       // without any progress for so long, what is missing is lost
const settleMs = 300;         // after a stage, for what should not come, and for memory to settle

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const encodeEvent = (event, data) => makeFrame(opcode.text, JSON.stringify({ event, data }));

// A source address has 28,000 ports by default, of which some rest after use: 100 addresses of
// 127.0.0.0/8 have enough for everybody.
const addressOf = (i) => `127.0.${1 + (i % 100)}.1`;

export class Crowd {
    #server;
    #size;
    #say;
    #members = [];
    #publisher; // one client more than the size says; gets nothing
    #ids = new Set();
    #leaving = false;
    #messages = []; // what was published: the envelope that must arrive, and how often it has
    #stage;
    #fault = '';

    // The server: host, port, path. say(text) gets a line of progress.
    constructor(server, size, say) {
        this.#server = server;
        this.#size = size;
        this.#say = say;
    }

    // Everybody connects and authenticates. credentials(i) is the data of `authenticate`.
    // Returns how long it took, in ms.
    async connect(credentials = () => ({})) {
        const open = (i) => {
            const client = new WebSocket({
                ...this.#server,
                localAddress: addressOf(i),
                onOpen: () => client.send(encodeEvent('authenticate', credentials(i))),
                onFrame: this.#onConnected,
                onClosed: (_, why) => this.#onClosed(why),
            });
            client.received = 0;
            if (i === this.#size) this.#publisher = client;
            else this.#members.push(client);
        };
        let begun = 0;
        const everybody = this.#size + 1;
        const step = () => {
            if (begun < everybody) open(begun++);
        };
        const all = this.#run('authenticated', everybody, step);
        for (let i = 0; i < connectingMax; ++i) step();
        const elapsedMs = await all;
        if (this.#ids.size !== everybody) throw new Error('two clients have the same id');
        return elapsedMs;
    }

    // The answer to the ping says that the join before it has been dealt with.
    async join() {
        const everybody = [...this.#members, this.#publisher];
        const joined = this.#run('joined', everybody.length);
        const frames = [encodeEvent('join', { rooms: [room] }), makeFrame(opcode.ping, '')];
        const frame = Buffer.concat(frames);
        for (const client of everybody) {
            client.onFrame = this.#onPong;
            client.send(frame);
        }
        await joined;
        for (const client of this.#members) client.onFrame = this.#onDelivery;
        this.#publisher.onFrame = this.#onNothing;
    }

    // Publishes `count` messages, at any time `window` of them not with everybody yet.
    async publish(count, window) {
        const last = this.#messages.length + count;
        const send = () => {
            if (this.#messages.length < last) this.#publishOne();
        };
        const deliveries = this.#run('delivered', count * this.#size);
        this.#stage.messageDone = send;
        for (let i = 0; i < window; ++i) send();
        await deliveries;
    }

    async leave() {
        this.#leaving = true;
        const gone = this.#run('left', this.#size + 1);
        for (const client of [...this.#members, this.#publisher]) client.close();
        await gone;
    }

    #publishOne() {
        const data = { n: this.#messages.length, text: '' };
        const bare = JSON.stringify({ event: 'tick', data }).length;
        data.text = randomBytes(envelopeBytes).toString('hex').slice(0, envelopeBytes - bare);
        const bytes = Buffer.from(JSON.stringify({ event: 'tick', data }));
        this.#messages.push({ bytes, got: 0 });
        this.#publisher.send(encodeEvent('publish', { room, event: 'tick', data }));
    }

    #onConnected = (client, code, bytes, start, end) => {
        const text = bytes.utf8Slice(start, end);
        const id = /^{"event":"connected","data":{"id":"([0-9a-f-]{36})"/.exec(text)?.[1];
        if (!id) return this.#onNothing(client, code, bytes, start, end);
        client.onFrame = this.#onNothing;
        this.#ids.add(id);
        this.#progress();
    };

    #onPong = (client, code, bytes, start, end) => {
        if (code !== opcode.pong) return this.#onNothing(client, code, bytes, start, end);
        client.onFrame = this.#onNothing;
        this.#progress();
    };

    // Each message exactly once, in order, byte for byte: the next one or a fault.
    #onDelivery = (client, code, bytes, start, end) => {
        const message = this.#messages[client.received];
        if (!message || code !== opcode.text || message.bytes.compare(bytes, start, end) !== 0)
            return this.#onNothing(client, code, bytes, start, end);
        ++client.received;
        if (++message.got === this.#size) this.#stage.messageDone();
        this.#progress();
    };

    // The frame is none that this client waits for.
    #onNothing = (client, code, bytes, start, end) => {
        const text = bytes.utf8Slice(start, Math.min(end, start + 200));
        const whom = client === this.#publisher ? 'the publisher' : 'a client';
        this.#fail(`${whom} got what it must not get: opcode ${code}, ${text}`);
    };

    #onClosed(why) {
        if (why || !this.#leaving) this.#fail(`a client was cut off: ${why || 'closed'}`);
        else this.#progress();
    }

    #fail(fault) {
        this.#fault ||= fault;
        this.#stage.reject?.(new Error(this.#fault));
    }

    #progress() {
        ++this.#stage.done;
        this.#stage.step();
        if (this.#stage.done === this.#stage.target) this.#stage.resolve();
    }

    // A stage: ends when #progress was called `target` times and nothing went wrong then or shortly
    // after, or fails. `step` is called with each.
    // Returns how long it took, in ms.
    async #run(what, target, step = () => {}) {
        const stage = { done: 0, target, step, messageDone() {} };
        this.#stage = stage;
        const begunAt = performance.now();
        const whole = new Promise((...settle) => ([stage.resolve, stage.reject] = settle));
        let seen = { done: 0, at: Date.now() };
        const watch = setInterval(() => {
            this.#say(`${what} ${stage.done} of ${target}`);
            if (stage.done !== seen.done) seen = { done: stage.done, at: Date.now() };
            if (Date.now() - seen.at > stallMs)
                this.#fail(`lost: ${target - stage.done} of ${target} not ${what}`);
        }, 250);
        try {
            await whole;
            stage.elapsedMs = performance.now() - begunAt;
            await sleep(settleMs);
        } finally {
            clearInterval(watch);
        }
        if (this.#fault) throw new Error(this.#fault);
        if (stage.done !== target) throw new Error(`${stage.done} ${what}, of ${target}`);
        return stage.elapsedMs;
    }
}

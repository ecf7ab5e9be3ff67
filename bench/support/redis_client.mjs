// One connection to Redis.

import { once } from 'node:events';
import { connect } from 'node:net';

import { encodeCommand, RespReader } from './resp.mjs';

export class RedisClient {
    #socket;
    #reader = new RespReader();
    #asked = [];

    // Called with what comes unasked: messages of channels that this one is subscribed to.
    onMessage = () => {};

    static async connect(port) {
        const client = new RedisClient(port);
        await once(client.#socket, 'connect');
        return client;
    }

    constructor(port) {
        this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
        this.#socket.on('data', (bytes) => this.#reader.feed(bytes).forEach(this.#take));
    }

    // Its reply. SUBSCRIBE is for one channel.
    ask(...words) {
        this.#socket.write(encodeCommand(...words));
        return new Promise((resolve, reject) => this.#asked.push({ resolve, reject }));
    }

    // From here on Redis answers nothing: for what is written by `send`.
    muteReplies() {
        this.send(encodeCommand('CLIENT', 'REPLY', 'OFF'));
    }

    // Bytes of encodeCommand, one or more.
    send(commands) {
        this.#socket.write(commands);
    }

    close() {
        this.#socket.destroy();
    }

    #take = (reply) => {
        if (Array.isArray(reply) && reply[0] === 'message') {
            this.onMessage(reply);
            return;
        }
        const { resolve, reject } = this.#asked.shift();
        if (reply instanceof Error) reject(reply);
        else resolve(reply);
    };
}

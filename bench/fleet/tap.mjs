// Stands between a node and Redis, and counts which messages Redis gives the node. Redis 7.0 has no
// count of its own for a connection, and a node can't be asked what it never looked at.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

import { RespReader } from '../support/resp.mjs';

export class Tap {
    messages = 0; // of the channel

    #redisPort;
    #channel;
    #server;
    #sockets = new Set();

    static async open(redisPort, channel) {
        const tap = new Tap(redisPort, channel);
        await once(tap.#server, 'listening');
        return tap;
    }

    constructor(redisPort, channel) {
        this.#redisPort = redisPort;
        this.#channel = channel;
        this.#server = createServer((node) => this.#join(node)).listen(0, '127.0.0.1');
    }

    get port() {
        return this.#server.address().port;
    }

    close() {
        this.#server.close();
        for (const socket of this.#sockets) socket.destroy();
    }

    #join(node) {
        const redis = connect({ host: '127.0.0.1', port: this.#redisPort, noDelay: true });
        const reader = new RespReader();
        redis.on('data', (bytes) => reader.feed(bytes).forEach(this.#count));
        for (const [from, to] of [[node, redis], [redis, node]]) {
            this.#sockets.add(from);
            from.on('error', () => {});
            from.on('close', () => to.destroy());
            from.pipe(to);
        }
    }

    #count = (reply) => {
        if (!Array.isArray(reply)) return;
        const channel = { message: reply[1], pmessage: reply[2] }[reply[0]];
        if (channel === this.#channel) ++this.messages;
    };
}

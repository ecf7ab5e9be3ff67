// Numbered messages of an emitter to the members of a room, of which so many are on their way.

import { RedisClient } from '../support/redis_client.mjs';
import { emitCommand } from '../support/traffic.mjs';
import { opcode } from '../support/websocket.mjs';
import { within } from '../support/wait.mjs';

const dataBytes = 100;
const digits = 8;
const beginning = '{"n":"';
const number = (n) => `${n}`.padStart(digits, '0');
const text = 'x'.repeat(dataBytes - `${beginning}${number(0)}","text":""}`.length);
const dataOf = (n) => `${beginning}${number(n)}","text":"${text}"}`;
const pattern = new RegExp(`^{"event":"tick","data":{"n":"([0-9]{${digits}})","text":"${text}"}}$`);

export class Flow {
    #room;
    #members;
    #publisher;
    #window;
    #got = []; // for each message that not all have: how many have as many
    #published = 0;
    #delivered = 0; // to all
    #last = 0;
    #done;

    // greet() was called for the members.
    static async open(redisPort, room, members) {
        const publisher = await RedisClient.connect(redisPort);
        publisher.muteReplies();
        return new Flow(publisher, room, members);
    }

    constructor(publisher, room, members) {
        this.#publisher = publisher;
        this.#room = room;
        this.#members = members;
        for (const member of members) {
            member.received = 0;
            member.onFrame = this.#count;
        }
    }

    // Publishes `count` more. Until all members have them; each has read the last of it.
    async run(count, window) {
        this.#window = window;
        this.#last += count;
        const done = new Promise((resolve) => (this.#done = resolve));
        for (let i = 0; i < window; ++i) this.#publish();
        await within(done, `${count} messages at all members`, 300_000);
    }

    close() {
        this.#publisher.close();
    }

    #publish() {
        if (this.#published < this.#last)
            this.#publisher.send(emitCommand(this.#room, 'tick', dataOf(this.#published++)));
    }

    // To decrypt them all would take this process longer than it takes a server to encrypt them.
    #count = (member, code, bytes, start, end) => {
        if (code !== opcode.text) throw new Error(`a frame with opcode ${code}`);
        const n = member.received++;
        if (member.received === this.#last) this.#check(member.read(bytes.latin1Slice(start, end)));
        this.#got[n] = (this.#got[n] ?? 0) + 1;
        if (this.#got[n] < this.#members.length) return;
        delete this.#got[n];
        ++this.#delivered;
        if (this.#delivered === this.#last) this.#done();
        else this.#publish();
    };

    // The reference's messages overtake each other: one of those that were on their way.
    #check(envelope) {
        const n = Number(pattern.exec(envelope)?.[1]);
        if (n < this.#last && n >= this.#last - this.#window) return;
        throw new Error(`not message ${this.#last - 1}, but ${envelope}`);
    }
}

// Numbered messages of an emitter to the members of a room, of which so many are on their way.

import { RedisClient } from './redis_client.mjs';
import { emitCommand } from './traffic.mjs';
import { opcode } from './websocket.mjs';
import { within } from './wait.mjs';

export class Flow {
    #room;
    #members;
    #messages;
    #publisher;
    #window;
    #got = []; // for each message that not all have: how many have as many
    #published = 0;
    #delivered = 0; // to all
    #last = 0;
    #done;

    // greet() was called for the members. messages: dataOf(n) is JSON, numberOf(envelope) finds n.
    static async open(redisPort, room, members, messages) {
        const publisher = await RedisClient.connect(redisPort);
        publisher.muteReplies();
        return new Flow(publisher, room, members, messages);
    }

    constructor(publisher, room, members, messages) {
        this.#messages = messages;
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
            this.#publisher.send(this.#command(this.#published++));
    }

    #command(n) {
        return emitCommand(this.#room, 'tick', this.#messages.dataOf(n));
    }

    // To read them all would take this process longer than it takes a server to write them.
    #count = (member, code, bytes, start, end, deflated) => {
        if (code !== opcode.text) throw new Error(`a frame with opcode ${code}`);
        const n = member.received++;
        member.bytes = (member.bytes ?? 0) + end - start;
        if (member.received === this.#last)
            this.#check(member.read(bytes.latin1Slice(start, end), deflated));
        this.#got[n] = (this.#got[n] ?? 0) + 1;
        if (this.#got[n] < this.#members.length) return;
        delete this.#got[n];
        ++this.#delivered;
        if (this.#delivered === this.#last) this.#done();
        else this.#publish();
    };

    // The reference's messages overtake each other: one of those that were on their way.
    #check(envelope) {
        if (envelope === null) return; // the member can't tell
        const n = this.#messages.numberOf(envelope);
        if (n < this.#last && n >= this.#last - this.#window) return;
        throw new Error(`not message ${this.#last - 1}, but ${envelope}`);
    }
}

// RESP, what Redis speaks: commands to bytes, and bytes to replies.

export function encodeCommand(...words) {
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}

const incomplete = Symbol('incomplete');
const arrays = { '*': 1, '>': 1, '~': 1, '%': 2 }; // elements for each that is counted

// Cut the bytes anywhere.
export class RespReader {
    #rest = Buffer.alloc(0);
    #at = 0;

    // Replies that are whole: strings, numbers, null, arrays of those, or an Error.
    feed(bytes) {
        this.#rest = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes;
        const replies = [];
        let whole = 0;
        for (this.#at = 0; ; whole = this.#at) {
            const reply = this.#value();
            if (reply === incomplete) break;
            replies.push(reply);
        }
        this.#rest = Buffer.from(this.#rest.subarray(whole));
        return replies;
    }

    #line() {
        const end = this.#rest.indexOf('\r\n', this.#at);
        if (end < 0) return incomplete;
        const line = this.#rest.latin1Slice(this.#at, end);
        this.#at = end + 2;
        return line;
    }

    #value() {
        const line = this.#line();
        if (line === incomplete) return incomplete;
        const rest = line.slice(1);
        if (line[0] in arrays) return this.#array(Number(rest) * arrays[line[0]]);
        switch (line[0]) {
            case '$':
                return this.#string(Number(rest));
            case ':':
                return Number(rest);
            case '-':
                return new Error(rest);
            case '+':
                return rest;
            case '_':
                return null;
        }
        throw new Error(`no reply of Redis: ${line.slice(0, 80)}`);
    }

    #string(size) {
        if (size < 0) return null;
        if (this.#rest.length < this.#at + size + 2) return incomplete;
        const text = this.#rest.utf8Slice(this.#at, this.#at + size);
        this.#at += size + 2;
        return text;
    }

    #array(size) {
        if (size < 0) return null;
        const all = [];
        while (all.length < size) {
            const one = this.#value();
            if (one === incomplete) return incomplete;
            all.push(one);
        }
        return all;
    }
}

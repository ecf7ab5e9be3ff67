// A WebSocket client (RFC 6455) that is lean enough for tens of thousands in one process, for
// servers that are trusted: all sockets read into one buffer, and what is sent is framed by the
// caller, once for everybody. Its key and its masks are constants, which no real client may do.
//
//   0               1               2
//   0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7 0 ...
//  +-+-----+-------+-+-------------+----------------------+----------+---------+
//  |F| 000 | opcode|M| length      | 16 bits of it if 126 | mask     | payload |
//  |I|     |       | |             | 64 bits of it if 127 | if M     |         |
//  +-+-----+-------+-+-------------+----------------------+----------+---------+

import { createHash } from 'node:crypto';
import { connect } from 'node:net';

export const opcode = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa };

const key = Buffer.from('cresset: a bench').toString('base64');
const accept = createHash('sha1')
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
const mask = [0x5a, 0xc3, 0x17, 0x9e];
const received = Buffer.allocUnsafe(64 * 1024); // everybody's; one callback at a time fills it

// A frame of a client, whole. Payloads of up to 65,535 bytes.
export function makeFrame(code, payload) {
    const body = Buffer.from(payload);
    const short = body.length < 126;
    const header = short
        ? [0x80 | code, 0x80 | body.length]
        : [0x80 | code, 0x80 | 126, body.length >> 8, body.length & 0xff];
    return Buffer.from([...header, ...mask, ...body.map((byte, i) => byte ^ mask[i & 3])]);
}

const closeFrame = makeFrame(opcode.close, [1000 >> 8, 1000 & 0xff]);

// Its owner sets the callbacks, which are called with the client:
//   onOpen(client)              the handshake is done
//   onFrame(client, code, bytes, start, end, deflated)
//                               a frame; bytes are valid until this returns. Pings are answered
//   onClosed(client, why)       it is over, once; why is empty after a closing handshake
export class WebSocket {
    #socket;
    #rest = null; // the beginning of a frame, or of the answer to the handshake
    #open = false;
    #why = 'the connection ended without a close frame';
    #extensions; // offered, and wanted exactly so; what is deflated is the owner's to inflate

    constructor({ host, port, path, localAddress, extensions, onOpen, onFrame, onClosed }) {
        this.#extensions = extensions;
        this.onOpen = onOpen;
        this.onFrame = onFrame;
        this.onClosed = onClosed;
        this.#socket = connect({
            host,
            port,
            localAddress,
            noDelay: true,
            onread: { buffer: received, callback: (size, bytes) => this.#take(bytes, size) },
        });
        this.#socket.on('error', (error) => (this.#why = error.message));
        this.#socket.on('close', () => this.onClosed(this, this.#why));
        this.#socket.write(
            `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\n` +
                `Connection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\n` +
                (extensions ? `Sec-WebSocket-Extensions: ${extensions}\r\n` : '') +
                `Sec-WebSocket-Version: 13\r\n\r\n`,
        );
    }

    // A frame of makeFrame.
    send(frame) {
        this.#socket.write(frame);
    }

    close() {
        this.send(closeFrame);
    }

    #take(bytes, size) {
        if (this.#rest) {
            bytes = Buffer.concat([this.#rest, bytes.subarray(0, size)]);
            size = bytes.length;
            this.#rest = null;
        }
        let at = this.#open ? 0 : this.#takeHandshake(bytes, size);
        if (this.#open) at = this.#takeFrames(bytes, at, size);
        if (at < size) this.#rest = Buffer.from(bytes.subarray(at, size));
        return true;
    }

    // Returns where the answer ends, 0 while it is not whole.
    #takeHandshake(bytes, size) {
        const text = bytes.latin1Slice(0, size);
        const end = text.indexOf('\r\n\r\n');
        if (end < 0) return 0;
        const accepted = /^sec-websocket-accept: *(\S+)/im.exec(text.slice(0, end));
        if (!text.startsWith('HTTP/1.1 101 ') || accepted?.[1] !== accept)
            this.#fail(`the upgrade was refused: ${text.split('\r\n', 1)[0]}`);
        else if (/^sec-websocket-extensions: *(.*)\r$/im.exec(text)?.[1] !== this.#extensions)
            this.#fail('the upgrade agrees on other extensions');
        else this.#open = true;
        if (this.#open) this.onOpen(this);
        return end + 4;
    }

    // Returns where the first frame begins that is not whole.
    #takeFrames(bytes, at, size) {
        while (size - at >= 2) {
            let length = bytes[at + 1];
            let start = at + 2;
            if (length === 126) {
                if (size - at < 4) break;
                length = bytes.readUInt16BE(at + 2);
                start = at + 4;
            } else if (length > 126 || (bytes[at] & (this.#extensions ? 0xb0 : 0xf0)) !== 0x80) {
                this.#fail('a frame that is masked, very long, a fragment or reserved');
                return size;
            }
            if (size - start < length) break;
            this.#handle(bytes[at], bytes, start, start + length);
            at = start + length;
        }
        return at;
    }

    #handle(first, bytes, start, end) {
        const code = first & 0x0f;
        if (code === opcode.ping) {
            this.send(makeFrame(opcode.pong, bytes.subarray(start, end)));
        } else if (code === opcode.close) {
            const status = end - start >= 2 ? bytes.readUInt16BE(start) : 1005;
            this.#why = status === 1000 ? '' : `the server closed with ${status}`;
            this.#socket.end();
        } else {
            this.onFrame(this, code, bytes, start, end, (first & 0x40) !== 0);
        }
    }

    #fail(why) {
        this.#why = why;
        this.#socket.destroy();
    }
}

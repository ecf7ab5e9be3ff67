// Numbered messages of 100 bytes, as they are published and as they must arrive, and the clients
// that they arrive at.

import { makeFrame, opcode, WebSocket } from './websocket.mjs';
import { encodeCommand } from './resp.mjs';
import { within } from './wait.mjs';

export const messageBytes = 100; // of a delivery; the header of the frame is not counted

const beginning = '{"event":"tick","data":{"n":"';
const digits = 8;
const number = (n) => `${n}`.padStart(digits, '0');
const text = 'x'.repeat(messageBytes - `${beginning}${number(0)}","text":""}}`.length);

const dataOf = (n) => `{"n":"${number(n)}","text":"${text}"}`;
const envelopeOf = (n) => Buffer.from(`{"event":"tick","data":${dataOf(n)}}`);

export const channelOf = (room) => `ws:room:${room}`;

const payloadOf = (target, event, data) =>
    `{"serverId":"emitter","type":"room","target":"${target}","event":"${event}","data":${data}}`;

// What an emitter publishes for a room. The data is JSON.
export function emitCommand(room, event, data) {
    return encodeCommand('PUBLISH', channelOf(room), payloadOf(room, event, data));
}

// The nth message for a room: what an emitter publishes, what a member sends, or a line for
// `cresset emit`.
export const publishCommand = (room, n) => emitCommand(room, 'tick', dataOf(n));

export function publishFrame(room, n) {
    const what = `{"room":"${room}","event":"tick","data":${dataOf(n)}}`;
    return makeFrame(opcode.text, `{"event":"publish","data":${what}}`);
}

export const tickLine = dataOf;

// --- members ---

export const encodeEvent = (event, data) => makeFrame(opcode.text, JSON.stringify({ event, data }));

// A client that is authenticated and has asked for its rooms; client.connected is what it was told.
// It passes over what it gets, until its owner sets onFrame. An end that was not asked for is
// onClosed's, which throws.
export function connectMember(port, rooms, credentials = {}, extensions = undefined) {
    return new Promise((resolve, reject) => {
        const lost = (_, why) => reject(new Error(`a client was cut off: ${why}`));
        const join = encodeEvent('join', { rooms });
        const client = new WebSocket({
            ...{ host: '127.0.0.1', port, path: '/ws', extensions, onClosed: lost },
            onOpen: () => client.send(encodeEvent('authenticate', credentials)),
            onFrame: (_, code, bytes, start, end) => {
                const said = bytes.latin1Slice(start, end);
                if (!said.startsWith('{"event":"connected"')) return reject(new Error(said));
                client.connected = JSON.parse(said).data;
                client.onFrame = () => {};
                client.onClosed = (_, why) => {
                    throw new Error(`a client was cut off: ${why || 'closed'}`);
                };
                if (rooms.length > 0) client.send(join);
                resolve(client);
            },
        });
    });
}

export function leave(clients) {
    const gone = clients.map((client) => new Promise((resolve) => (client.onClosed = resolve)));
    clients.forEach((client) => client.close());
    return Promise.all(gone);
}

// Publishes to the room until all clients have heard something, and then until they have heard the
// last of it: all nodes are subscribed, and nothing is on its way. `redis` answers.
// read(client, text) is what a client understands of a frame.
export async function gather(redis, room, clients, read = (_, text) => text) {
    const hear = (what) =>
        clients.map((client) => new Promise((resolve) => {
            client.onFrame = (_, code, bytes, start, end) => {
                if (read(client, bytes.latin1Slice(start, end)).includes(what)) resolve();
            };
        }));
    const say = (what) => redis.ask('PUBLISH', channelOf(room), payloadOf(room, what, 'null'));
    const again = setInterval(() => say('hello'), 20);
    try {
        await within(Promise.all(hear('hello')), 'all members to be in the room');
    } finally {
        clearInterval(again);
    }
    const settled = Promise.all(hear('settled'));
    await say('settled');
    await within(settled, 'the last word before the messages');
}

// A client's messages: the next one, byte for byte, or the end of the run.
export class Inbox {
    received = 0;

    #expected = envelopeOf(0);

    // onMessage(n) is called with each.
    constructor(client, onMessage) {
        client.onFrame = (_, code, bytes, start, end) => {
            if (code !== opcode.text || this.#expected.compare(bytes, start, end) !== 0)
                throw new Error(`not message ${this.received}: ${bytes.latin1Slice(start, end)}`);
            this.#count();
            onMessage(this.received++);
        };
    }

    #count() {
        let at = beginning.length + digits - 1;
        for (; this.#expected[at] === 0x39; --at) this.#expected[at] = 0x30;
        ++this.#expected[at];
    }
}

// A client's side of the encryption: what it sends to get a key, and how it reads what it gets.

import { createDecipheriv, createECDH, hkdfSync } from 'node:crypto';

// A pair for each client would be dear for this process and make nothing different for a server:
// the salt of each client is its own, and so is its key.
const pairs = Array.from({ length: 16 }, () => {
    const pair = createECDH('prime256v1');
    pair.generateKeys();
    return pair;
});

const pairOf = (i) => pairs[i % pairs.length];

// The data of `authenticate` of the ith client, by the kind of client.
export const credentials = {
    plain: () => ({}),
    encrypted: (i) => ({ publicKey: pairOf(i).getPublicKey('base64') }),
    'room-key': (i) => ({ ...credentials.encrypted(i), capabilities: ['room-key'] }),
};

const fromBase64 = (text) => Buffer.from(text, 'base64');
const tagBytes = 16;

function decrypt(key, { iv, ct }, additional) {
    const sealed = fromBase64(ct);
    const decipher = createDecipheriv('aes-256-gcm', key, fromBase64(iv));
    if (additional) decipher.setAAD(Buffer.from(additional));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    return decipher.update(sealed.subarray(0, -tagBytes), null, 'utf8') + decipher.final('utf8');
}

export class Secrets {
    #own;
    #rooms = new Map(); // keys by room and their number

    // Of the ith client: connected is what the server told it.
    constructor(i, { serverPublicKey, salt }) {
        if (!serverPublicKey) throw new Error('the server does not encrypt');
        const shared = pairOf(i).computeSecret(serverPublicKey, 'base64');
        const info = 'ignis-ecdh-p256-aes-256-gcm-v1';
        this.#own = Buffer.from(hkdfSync('sha256', shared, fromBase64(salt), info, 32));
    }

    // The envelope in the text of a frame, which must be encrypted.
    read(text) {
        const { event, data } = JSON.parse(text);
        if (event !== 'encrypted') throw new Error(`not encrypted: ${text}`);
        const { room, key, n } = data;
        if (room !== undefined)
            return decrypt(this.#rooms.get(`${key} ${room}`), data, `room:${key}:${n}`);
        const envelope = decrypt(this.#own, data, n && `server:${n}`);
        this.#takeRoomKey(JSON.parse(envelope));
        return envelope;
    }

    #takeRoomKey({ event, data }) {
        if (event === 'room-key')
            this.#rooms.set(`${data.key} ${data.room}`, fromBase64(data.secret));
    }
}

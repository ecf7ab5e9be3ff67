// A client's side of the encryption (PROTOCOL.md, section 3; docs/encryption.md), by WebCrypto
// alone and with no imports, so that a browser runs this same file.

const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
const INFO = 'ignis-ecdh-p256-aes-256-gcm-v1';
const utf8 = new TextEncoder();

export function toBase64(bytes) {
  return btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''));
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

function cipher(iv, bound) {
  return { name: 'AES-GCM', iv, ...(bound && { additionalData: utf8.encode(bound) }) };
}

// {iv, ct}; `bound` is the additional data.
export async function encrypt(crypto, key, text, bound) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const ct = await crypto.subtle.encrypt(cipher(iv, bound), key, utf8.encode(text));
  return { iv: toBase64(iv), ct: toBase64(ct) };
}

// What {iv, ct} holds, or an error.
export async function decrypt(crypto, key, { iv, ct }, bound) {
  const bytes = await crypto.subtle.decrypt(cipher(fromBase64(iv), bound), key, fromBase64(ct));
  return new TextDecoder().decode(bytes);
}

export function importKey(crypto, secret) {
  return crypto.subtle.importKey('raw', fromBase64(secret), 'AES-GCM', false, ['decrypt']);
}

export async function newPair({ subtle }) {
  const { privateKey, publicKey } = await subtle.generateKey(CURVE, false, ['deriveBits']);
  return { privateKey, publicKey: toBase64(await subtle.exportKey('raw', publicKey)) };
}

// Of our pair, and the other side's public key and salt in base64.
export async function agreeOnKey({ subtle }, { privateKey }, theirKey, salt, info = INFO) {
  const theirs = await subtle.importKey('raw', fromBase64(theirKey), CURVE, false, []);
  const secret = await subtle.deriveBits({ name: 'ECDH', public: theirs }, privateKey, 256);
  const base = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  return subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: fromBase64(salt), info: utf8.encode(info) },
    base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'],
  );
}

export class EncryptedSession {
  #crypto;
  #pair;
  #key;
  #numbered;
  #received = 0;
  #rooms = new Map(); // of "KEY ROOM": {key, received}
  sent = 0;
  roomKeys = []; // {room, key, secret} as they came

  static async create(crypto, capabilities = []) {
    const session = new EncryptedSession();
    session.#crypto = crypto;
    session.#pair = await newPair(crypto);
    session.#numbered = capabilities.includes('encrypted-number');
    const { publicKey } = session.#pair;
    session.credentials = { publicKey, ...(capabilities.length > 0 && { capabilities }) };
    return session;
  }

  // With the data of `connected`.
  async agree({ serverPublicKey, salt }) {
    this.#key = await agreeOnKey(this.#crypto, this.#pair, serverPublicKey, salt);
  }

  // The data of an `encrypted` event. A number that is given is used instead of the next one.
  async seal(text, number) {
    if (number === undefined) this.sent += 1;
    const n = number ?? this.sent;
    const bound = this.#numbered ? `client:${n}` : undefined;
    const sealed = await encrypt(this.#crypto, this.#key, text, bound);
    return { ...sealed, ...(this.#numbered && { n }) };
  }

  // The message that the data of an `encrypted` event holds.
  async open(data) {
    if (data.room !== undefined) return this.#openOfRoom(data);
    if (this.#numbered && data.n !== this.#received + 1) throw new Error(`not next: ${data.n}`);
    const bound = this.#numbered ? `server:${data.n}` : undefined;
    const message = JSON.parse(await decrypt(this.#crypto, this.#key, data, bound));
    this.#received += 1;
    if (message.event === 'room-key') await this.#keep(message.data);
    return message;
  }

  async #keep({ room, key, secret }) {
    this.roomKeys.push({ room, key, secret });
    this.#rooms.set(`${key} ${room}`, { key: await importKey(this.#crypto, secret), received: 0 });
  }

  async #openOfRoom(data) {
    const kept = this.#rooms.get(`${data.key} ${data.room}`);
    if (!kept) throw new Error(`no key ${data.key} of ${data.room}`);
    if (!(data.n > kept.received)) throw new Error(`not next: ${data.n}`);
    const text = await decrypt(this.#crypto, kept.key, data, `room:${data.key}:${data.n}`);
    kept.received = data.n;
    return JSON.parse(text);
  }
}

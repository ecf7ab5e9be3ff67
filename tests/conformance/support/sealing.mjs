// The encryption of PROTOCOL.md, section 3, as a client in a browser does it: by WebCrypto alone.

import { webcrypto } from 'node:crypto';

const { subtle } = webcrypto;

const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
const INFO = new TextEncoder().encode('ignis-ecdh-p256-aes-256-gcm-v1');

// Every client's pair of keys: a constant, so that the public key is the same in every transcript.
const OURS = {
  kty: 'EC',
  crv: 'P-256',
  x: 'DXUcFHzWjMVeZyx5LNYX7MGVOSj2SYnKvhP96IGcZXo',
  y: 's1CocSyvK40TDRSrDNDi5-ND_PNkD8nMr14j-U9eUKw',
  d: '8CKrduYx_Wg4q9CmUd5HjqWGXTQdG5YqSvivqUotmVE',
};
export const PUBLIC_KEY =
  'BA11HBR81ozFXmcseSzWF+zBlTko9kmJyr4T/eiBnGV6s1CocSyvK40TDRSrDNDi5+ND/PNkD8nMr14j+U9eUKw=';

// The bytes of canonical, padded base64; null for anything else.
export function bytesOf(base64) {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : null;
}

function base64Of(bytes) {
  return Buffer.from(bytes).toString('base64');
}

const salts = new Set(); // of the whole run: none may come again

export class Sealing {
  #key;
  #vectors = new Set();

  constructor(key) {
    this.#key = key;
  }

  static async between({ serverPublicKey, salt }) {
    if (salts.has(salt)) throw new Error('a salt comes again');
    salts.add(salt);
    const theirs = await subtle.importKey('raw', bytesOf(serverPublicKey), CURVE, false, []);
    const ours = await subtle.importKey('jwk', OURS, CURVE, false, ['deriveBits']);
    const secret = await subtle.deriveBits({ name: 'ECDH', public: theirs }, ours, 256);
    const material = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: bytesOf(salt), info: INFO };
    const cipher = { name: 'AES-GCM', length: 256 };
    return new Sealing(await subtle.deriveKey(hkdf, material, cipher, false, ['encrypt', 'decrypt']));
  }

  // {iv, ct} of a text.
  async seal(text) {
    const iv = webcrypto.getRandomValues(new Uint8Array(12));
    const ct = await subtle.encrypt({ name: 'AES-GCM', iv }, this.#key, Buffer.from(text));
    return { iv: base64Of(iv), ct: base64Of(ct) };
  }

  // The text; throws if it was not sealed under this key, and by a vector that is new.
  async open({ iv, ct }) {
    const vector = bytesOf(iv);
    if (vector?.length !== 12) throw new Error('no vector of 12 bytes');
    if (this.#vectors.has(iv)) throw new Error('a vector comes again');
    this.#vectors.add(iv);
    const text = await subtle.decrypt({ name: 'AES-GCM', iv: vector }, this.#key, bytesOf(ct));
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  }
}

// WebCrypto as a peer (README.md): in Node, and in a browser, which has no need of a process.

import {
  agreeOnKey, decrypt, encrypt, newPair, toBase64,
} from '../../integration/support/encrypted_session.mjs';

export class WebCryptoPeer {
  #crypto;
  #info;
  #pair;
  #key;

  constructor(crypto) {
    this.#crypto = crypto;
  }

  ask({ do: command, ...asked }) {
    return this[command](asked).catch((error) => ({ error: String(error) }));
  }

  async pair({ info }) {
    this.#info = info;
    this.#pair = await newPair(this.#crypto);
    return { publicKey: this.#pair.publicKey };
  }

  async derive({ publicKey, salt }) {
    const used = salt ?? toBase64(this.#crypto.getRandomValues(new Uint8Array(32)));
    this.#key = await agreeOnKey(this.#crypto, this.#pair, publicKey, used, this.#info);
    return { salt: used };
  }

  async encrypt({ message, additionalData }) {
    return encrypt(this.#crypto, this.#key, message, additionalData);
  }

  async decrypt({ iv, ct, additionalData }) {
    return { message: await decrypt(this.#crypto, this.#key, { iv, ct }, additionalData) };
  }
}

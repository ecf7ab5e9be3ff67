// A client that brings a key, and opens what the server seals. The transcript shows what is inside:
// {"event":"encrypted","data":sealed({...})}.

import { Peer } from './peer.mjs';
import { PUBLIC_KEY, Sealing } from './sealing.mjs';

const SEALED = /^\{"event":"encrypted","data":(\{"iv":"[^"]+","ct":"[^"]+"\})\}$/;

export class SealedPeer extends Peer {
  #toldKeys; // those that the server tells beside the connection, where `connected` is sealed
  #sealing = null;
  #arrived = Promise.resolve();

  constructor(stage, name, url, toldKeys) {
    super(stage, name, url);
    this.#toldKeys = toldKeys;
  }

  // Opening takes its time; what arrives keeps its order.
  inOrder(action) {
    this.#arrived = this.#arrived.then(action)
      .catch(({ message }) => this.stage.transcript.trouble(`${this.name}: ${message}`));
  }

  async received(text, binary) {
    const [, payload] = text.match(SEALED) ?? [];
    if (payload) {
      super.received(text, binary, await this.#opened(payload));
      return;
    }
    const { event, data } = JSON.parse(text);
    if (event === 'connected') this.#sealing = await Sealing.between(data);
    super.received(text, binary);
  }

  async #opened(payload) {
    this.#sealing ??= await Sealing.between(await this.#toldKeys());
    const data = JSON.parse(payload);
    const text = await this.#sealing.open(data);
    this.stage.shown(data, `sealed(${text})`);
    return text;
  }

  authenticate(data = {}) {
    return super.authenticate({ ...data, publicKey: PUBLIC_KEY });
  }

  // What saySealed says, for others to say.
  async sealed(message, as = 'sealed') {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const data = this.stage.shown(await this.#sealing.seal(text), `${as}(${text})`);
    return { event: 'encrypted', data };
  }

  async saySealed(message) {
    return this.say(await this.sealed(message));
  }

  async hangUp() {
    await super.hangUp();
    await this.#arrived;
  }
}

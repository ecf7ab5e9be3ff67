// A client by npm ws and Node's WebCrypto whose session is encrypted: it is used as a plain one is,
// and all that it hears behind `connected` must come encrypted.

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';

import { Client } from './client.mjs';
import { EncryptedSession } from './encrypted_session.mjs';

export class EncryptedClient extends Client {
  #outbox = Promise.resolve(); // WebCrypto answers later; what is said stays in order
  wire = []; // messages as they came
  session = null;

  // Then it has `connected`, and a session.
  async authenticate(credentials, capabilities) {
    const session = await EncryptedSession.create(webcrypto, capabilities);
    this.connected = await super.authenticate({ ...session.credentials, ...credentials });
    await session.agree(this.connected);
    this.session = session;
    return this.connected;
  }

  // --- saying ---

  sendText(text) {
    this.#outbox = this.#outbox.then(() => super.sendText(text));
  }

  // In the clear; the data of what was sealed before, too.
  sendPlain(event, data) {
    super.send(event, data);
  }

  send(event, data) {
    if (this.session) this.sendSealed(JSON.stringify({ event, data }));
    else this.sendPlain(event, data);
  }

  // Any text as what is encrypted. Resolves to the data of the `encrypted` event.
  sendSealed(text, number) {
    const sealed = this.#outbox.then(() => this.session.seal(text, number));
    this.#outbox = sealed.then((data) => {
      super.sendText(JSON.stringify({ event: 'encrypted', data }));
    });
    return sealed;
  }

  // --- hearing ---

  async next() {
    const message = await super.next();
    this.wire.push(message);
    if (!this.session) return message;
    assert.equal(message.event, 'encrypted', JSON.stringify(message));
    const inner = await this.session.open(message.data);
    return inner.event === 'room-key' ? this.next() : inner;
  }

  // The data of the last `encrypted` event.
  get lastSealed() {
    return this.wire.at(-1).data;
  }
}

// One of `server`, in the rooms named.
export async function encryptedClient(server, userId, { capabilities, rooms = [] } = {}) {
  const client = await server.connect({ Kind: EncryptedClient });
  await client.authenticate({ userId }, capabilities);
  if (rooms.length > 0) await client.join(...rooms);
  return client;
}

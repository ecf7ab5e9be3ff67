// What a scenario plays on: one server, the clients it opens there, and the transcript.

import { Peer } from './peer.mjs';
import { RawPeer } from './raw_peer.mjs';
import { SealedPeer } from './sealed_peer.mjs';
import { Transcript } from './transcript.mjs';
import { counter } from './wait.mjs';

// Of a callback's fields, in the order of the transcript; all others are trouble.
const CALLBACK_FIELDS = ['callback', 'client', 'userId', 'metadata', 'rooms', 'event', 'data', 'messageId'];
const SNAPSHOT_FIELDS = ['id', 'userId', 'metadata', 'state', 'encrypted', 'rooms'];
const SNAPSHOT_CALLS = ['getClients', 'getClientsByUser', 'getClientsByRoom'];

export class Stage {
  transcript = new Transcript();
  #server;
  #peers = [];
  #callbacks = []; // all of this scenario
  #newFence = counter();
  #isDown = false;

  constructor(server) {
    this.#server = server;
  }

  // --- clients ---

  async connect(name, path = '/ws') {
    const peer = new Peer(this, name, `ws://127.0.0.1:${this.#server.port}${path}`);
    this.#peers.push(peer);
    return peer.opened();
  }

  // An authenticated client of the same name as its user, unless data says otherwise.
  async client(name, data = { userId: name }) {
    const peer = await this.connect(name);
    return peer.authenticate(data);
  }

  // The same two with encryption, for servers that have it (withEcdh).
  async sealedConnect(name) {
    const url = `ws://127.0.0.1:${this.#server.port}/ws`;
    const peer = new SealedPeer(this, name, url, () => this.#server.toldKeys());
    this.#peers.push(peer);
    return peer.opened();
  }

  async sealedClient(name, data = { userId: name }) {
    const peer = await this.sealedConnect(name);
    return peer.authenticate(data);
  }

  // Whether what one sender sends to an encrypted client arrives in order (difference 5).
  get keepsOrder() {
    return this.#server.side === 'cresset';
  }

  // A TCP connection, upgraded or not.
  async raw(name) {
    const peer = new RawPeer(this, name, this.#server.port);
    this.#peers.push(peer);
    return peer.opened();
  }

  // For a client that was not told: its id is the one that belongs to nobody yet.
  async learnId(peer) {
    const clients = await this.#server.call('getClients', {});
    const unknown = clients.map(({ id }) => id).filter((id) => !this.transcript.hasName(id));
    if (unknown.length === 1) peer.learn(unknown[0]);
    else this.transcript.trouble(`${unknown.length} clients could be ${peer.name}`);
  }

  // --- the server ---

  // A call, written with its result where it has one.
  async call(name, args = {}) {
    this.transcript.add(`server: ${name} ${JSON.stringify(args)}`);
    const result = await this.#server.call(name, args);
    if (SNAPSHOT_CALLS.includes(name)) {
      this.transcript.addLater((rename) => snapshotLines(result, rename));
    } else if (result !== null) {
      this.transcript.add(`  ${JSON.stringify(result)}`);
    }
    return result;
  }

  // Without a trace in the transcript, for what is repeated until something happens.
  quietCall(name, args = {}) {
    return this.#server.call(name, args);
  }

  // What each of these clients got from the calls so far: all that comes before the message that
  // one more call sends it.
  async fence(...peers) {
    for (const peer of peers) {
      if (await this.#fence(peer) === 0) peer.heardNothing();
    }
  }

  async #fence(peer) {
    const number = this.#newFence();
    const args = { clientId: peer.id, event: 'fence', data: { number } };
    await this.#server.call('sendToClient', args);
    return peer.hearUntilFence(number);
  }

  // Waits until a handler that is to answer late has been called, and holds this key.
  async held(key) {
    await this.#callback((callback) => JSON.stringify(callback).includes(`"${key}"`), `a handler holds ${key}`);
  }

  // Waits for a callback. All of them are written at the end anyway, because their order among
  // clients means nothing.
  reported(name, peer) {
    const isIt = ({ callback, client }) => callback === name && client === peer.id;
    return this.#callback(isIt, `the callback ${name} of ${peer.name}`);
  }

  async #callback(isIt, what) {
    if (this.#callbacks.some(isIt)) return;
    this.#callbacks.push(...await this.#server.callbacks.takeUntil(isIt, what));
  }

  async shutdown() {
    await this.call('shutdown');
    this.#isDown = true;
  }

  // --- time ---

  // A clock that starts now; expect() says whether no less and no more than that has gone by.
  clock(since = Date.now()) {
    return {
      expect: (minMs, maxMs) => {
        const ms = Date.now() - since;
        const early = ms < minMs - 20; // timers of both sides round to some milliseconds
        if (early || ms > maxMs) this.transcript.add(`(after ${ms} ms, not ${minMs} to ${maxMs} ms)`);
        else this.transcript.add(`(after ${minMs} to ${maxMs} ms)`);
      },
    };
  }

  // A payload of encryption, which the transcript shows as the text.
  shown(payload, text) {
    this.transcript.shows(JSON.stringify(payload), text);
    return payload;
  }

  note(text) {
    this.transcript.add(`(${text})`);
  }

  // --- the end ---

  // Hears what nobody asked for, ends all clients, and writes the callbacks.
  async finish() {
    this.transcript.add('-- at the end --');
    await this.#guarded(async () => {
      for (const peer of this.#peers) await peer.finish();
      if (this.#isDown) return;
      for (const peer of this.#peers.filter(({ id, isGone }) => id && !isGone)) await this.#fence(peer);
    });
    await Promise.all(this.#peers.map((peer) => peer.hangUp()));
    for (const peer of this.#peers) peer.writeWhatIsLeft({ andTheEnd: false });
    await this.#guarded(() => this.#allDisconnected());
    this.#writeCallbacks();
  }

  // A fence tells when everybody has gone whose going the server reports.
  async #allDisconnected() {
    if (this.#server.hasEnded && !this.#isDown) return;
    const gone = () => this.#callbacks.filter(({ callback }) => callback === 'clientDisconnected').length;
    const accepted = this.#peers.filter((peer) => peer instanceof Peer || peer.upgraded).length;
    while (gone() < accepted) {
      const isIt = ({ callback }) => callback === 'clientDisconnected';
      this.#callbacks.push(...await this.#server.callbacks.takeUntil(isIt, 'clientDisconnected'));
    }
    if (!this.#isDown) {
      const left = await this.#server.call('getClients', {});
      if (left.length > 0) this.transcript.trouble(`${left.length} clients are left`);
    }
    this.#callbacks.push(...this.#server.callbacks.takeAll());
  }

  async #guarded(action) {
    try {
      await action();
    } catch (error) {
      this.transcript.trouble(error.message);
    }
  }

  #writeCallbacks() {
    const callbacks = this.#callbacks;
    this.transcript.addLater((rename) => {
      const of = new Map(); // the order among one client's means something
      for (const callback of callbacks) {
        const who = callback.client === undefined ? 'no client' : rename(callback.client);
        of.set(who, [...(of.get(who) ?? []), `  ${callbackLine(callback)}`]);
      }
      return [...of].sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([who, lines]) => [`callbacks of ${who}`, ...lines]);
    });
  }
}

function pick(object, fields) {
  const known = fields.filter((field) => field in object).map((field) => [field, object[field]]);
  const unknown = Object.keys(object).filter((field) => !fields.includes(field));
  return Object.fromEntries([...known, ...unknown.map((field) => [`! ${field}`, object[field]])]);
}

function callbackLine(callback) {
  const { callback: name, client, ...details } = pick(callback, CALLBACK_FIELDS);
  return Object.keys(details).length === 0 ? name : `${name} ${JSON.stringify(details)}`;
}

function snapshotLines(clients, rename) {
  if (clients.length === 0) return ['  nobody'];
  return clients
    .map((client) => pick(client, SNAPSHOT_FIELDS))
    .map(({ id, rooms, ...rest }) => ({ id: rename(id), ...rest, rooms: rooms.map(rename).sort() }))
    .map((client) => `  ${JSON.stringify(client)}`)
    .sort();
}

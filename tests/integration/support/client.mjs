// A client by npm ws that speaks the event protocol (PROTOCOL.md, section 1).

import assert from 'node:assert/strict';
import { once } from 'node:events';
import WebSocket from 'ws';

import { Inbox, within } from './wait.mjs';

export class Client {
  #inbox = new Inbox();
  #closed;

  // Options are those of ws.
  constructor(url, options) {
    this.socket = new WebSocket(url, { perMessageDeflate: false, ...options });
    this.socket.on('message', (bytes, binary) => this.#inbox.push({ bytes, binary }));
    this.socket.on('error', () => {}); // its close tells
    this.#closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        this.#inbox.end(`the client was closed: ${code} ${reason}`);
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  async opened() {
    const gone = this.#closed.then(() => Promise.reject(new Error('the handshake failed')));
    await within(Promise.race([once(this.socket, 'open'), gone]), 'the handshake');
  }

  // --- saying ---

  sendText(text) {
    this.socket.send(text);
  }

  send(event, data) {
    this.sendText(JSON.stringify({ event, data }));
  }

  publish(room, event, data) {
    this.send('publish', { room, event, data });
  }

  async authenticate(data) {
    this.send('authenticate', data);
    return this.expect('connected');
  }

  // A refused join is silent, so the fence tells when it is over.
  async join(...rooms) {
    this.send('join', { rooms });
    await this.expectNothing();
  }

  async leave(...rooms) {
    this.send('leave', { rooms });
    await this.expectNothing();
  }

  // --- hearing ---

  // Messages that have come and were not asked for.
  get waiting() {
    return this.#inbox.size;
  }

  // {bytes, binary}
  nextFrame() {
    return this.#inbox.next('a message');
  }

  async nextText() {
    const { bytes, binary } = await this.nextFrame();
    assert.equal(binary, false, 'a text frame');
    return bytes.toString();
  }

  async next() {
    return JSON.parse(await this.nextText());
  }

  // The next message is this event; returns its data, which is `data` where that is given.
  async expect(event, ...data) {
    const message = await this.next();
    assert.equal(message.event, event, JSON.stringify(message).slice(0, 400));
    if (data.length > 0) assert.deepEqual(message.data, data[0]);
    return message.data;
  }

  async expectError(message) {
    await this.expect('error', { message });
  }

  // A fence: the server answers a text that is no JSON, in every state, and in order; so whatever
  // it had to say to what this client sent before would come first.
  async expectNothing() {
    this.sendText('a fence');
    await this.expectError('Invalid message format');
  }

  // --- ending ---

  // {code, reason} of the server's close frame; 1006 without one.
  closed() {
    return within(this.#closed, 'the close of a client');
  }

  close(code, reason) {
    this.socket.close(code, reason);
    return this.closed();
  }

  terminate() {
    this.socket.terminate();
    return this.closed();
  }
}

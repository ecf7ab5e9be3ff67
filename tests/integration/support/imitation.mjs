// A small server that speaks the protocol (PROTOCOL.md, section 1) as far as `cresset bench` needs
// it: what another program than Cresset would be, and one that can be told to make mistakes.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

import { WebSocketServer } from 'ws';

import { atEnd } from './at_end.mjs';

const envelope = (event, data) => JSON.stringify({ event, data });

// What a message of the measured phase is numbered: see src/load/message.hpp.
function numberOf(text) {
  const found = text.match(/"stamp":"[0-9a-f]{8}m[0-9a-f]{6}([0-9a-f]{8})/);
  return found ? parseInt(found[1], 16) : null;
}

class Imitation {
  #rooms = new Map();

  constructor(server, { toSelf = false, mangle = null }) {
    this.server = server;
    this.toSelf = toSelf;
    this.mangle = mangle;
    server.on('connection', (socket) => this.#serve(socket));
  }

  get url() {
    return `ws://127.0.0.1:${this.server.address().port}/`;
  }

  #serve(socket) {
    socket.id = randomUUID();
    socket.on('message', (text) => {
      const { event, data } = JSON.parse(text);
      if (event === 'authenticate') {
        this.#join(socket, socket.id);
        socket.send(envelope('connected', { id: socket.id, time: new Date().toISOString() }));
      } else if (event === 'join') {
        for (const room of data.rooms) this.#join(socket, room);
      } else if (event === 'publish') {
        this.#publish(socket, data);
      }
    });
    socket.on('close', () => {
      for (const members of this.#rooms.values()) members.delete(socket);
    });
  }

  #join(socket, room) {
    if (!this.#rooms.has(room)) this.#rooms.set(room, new Set());
    this.#rooms.get(room).add(socket);
  }

  #publish(from, { room, event, data }) {
    const text = envelope(event, data);
    for (const member of this.#rooms.get(room) ?? []) {
      if (member === from && !this.toSelf) continue;
      this.#deliver(member, text);
    }
  }

  // `mangle` gets a message, with its number if it is one of the measured phase, and gives what is
  // sent for it.
  #deliver(member, text) {
    const all = this.mangle ? this.mangle(member, numberOf(text), text) : [text];
    for (const each of all) member.send(each);
  }
}

// Stopped at the end of test `t`. Options: `toSelf`, whether a publisher gets its own messages;
// `mangle`; and those of npm ws.
export async function startImitation(t, { toSelf, mangle, ...options } = {}) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
  await once(server, 'listening');
  atEnd(t, async () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    await once(server, 'close');
  });
  return new Imitation(server, { toSelf, mangle });
}

// An encrypted client that reads slower than it is sent to loses messages, but nothing that it
// needs to read the others.

import assert from 'node:assert/strict';
import test from 'node:test';

import { encryptedClient } from './support/encrypted_client.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';

const ROOM = 'public-a';
const TOO_SLOW = 'client reads too slowly, messages to it are dropped';
const FLAGS = [...OPEN_ROOMS, '--encryption', 'required', '--queue-limit', '64KiB'];
const SIZES = [10_000, 3000, 1000, 300, 100];

// Hears numbers until the message `end`.
async function listen(client, heard) {
  for (;;) {
    const { event, data } = await client.next();
    if (event === 'end') return;
    assert.equal(event, 'number');
    heard.push(data.number);
  }
}

// Messages to the room, each sent when a fast member has the one before, until some of them did not
// get to the slow one.
async function flood(server, slow) {
  const ada = await encryptedClient(server, 'ada', { rooms: [ROOM] });
  const bob = await encryptedClient(server, 'bob', { rooms: [ROOM] });
  let number = 0;
  const send = async (size) => {
    ada.publish(ROOM, 'number', { number, padding: 'x'.repeat(size) });
    assert.equal((await bob.expect('number')).number, number);
    number += 1;
  };
  slow.socket.pause();
  while (server.logged(TOO_SLOW).length === 0) for (const size of SIZES) await send(size);
  for (let i = 0; i < 20; i += 1) for (const size of SIZES) await send(size);
  return { ada, sent: number };
}

for (const capabilities of [[], ['encrypted-number'], ['room-key']]) {
  const what = capabilities[0] ?? 'no capabilities';
  test(`a slow client reads all that it gets: ${what}`, async (t) => {
    const server = await startServer(t, FLAGS);
    const slow = await encryptedClient(server, 'slow', { capabilities, rooms: [ROOM] });
    const { ada, sent } = await flood(server, slow);
    const heard = [];
    slow.socket.resume();
    const listening = listen(slow, heard);
    let over = false;
    const ending = async () => {
      while (!over) {
        ada.publish(ROOM, 'end');
        await ada.expectNothing();
      }
    };
    await Promise.all([listening.finally(() => { over = true; }), ending()]);
    assert.ok(heard.length > 0 && heard.length < sent, 'some were lost');
    assert.deepEqual(heard, [...heard].sort((a, b) => a - b));
  });
}

// A client that reads slower than it is sent to loses messages: counted, told, and in bounds.

import assert from 'node:assert/strict';
import test from 'node:test';

import { text } from './support/frames.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';
import { within } from './support/wait.mjs';

const ROOM = 'public-a';
const PADDING = 'x'.repeat(10_000);
const FLOOD = 2_000; // messages of 10 kB: much more than what memory may grow
const MEMORY_GROWTH_MAX = 12 * 1024 * 1024;

const TOO_SLOW = 'client reads too slowly, messages to it are dropped';
const READS_AGAIN = 'client reads again';

// Numbered messages to the room; each is sent when the fast member has the one before.
class Numbers {
  sent = 0;

  constructor(sender, fast) {
    this.sender = sender;
    this.fast = fast;
  }

  async send(count = 1) {
    for (let i = 0; i < count; i += 1) {
      this.sender.publish(ROOM, 'number', { number: this.sent, padding: PADDING });
      assert.equal((await this.fast.expect('number')).number, this.sent);
      this.sent += 1;
    }
  }

  sendUntil(condition, what) {
    let over = false;
    const sending = async () => {
      while (!over && !condition()) await this.send(8);
    };
    return within(sending(), what).finally(() => { over = true; });
  }
}

// A member over TCP alone, so that it really stops reading. `heard` are the numbers that it got.
class SlowMember {
  heard = [];

  static async join(server, credentials = {}) {
    const member = new SlowMember();
    member.raw = await server.raw();
    await member.raw.upgrade();
    member.raw.write(text(JSON.stringify({ event: 'authenticate', data: credentials })));
    member.raw.write(text(`{"event":"join","data":{"rooms":["${ROOM}"]}}`));
    member.raw.write(text('a fence'));
    assert.match(await member.raw.text(), /connected/);
    assert.match(await member.raw.text(), /Invalid message format/);
    return member;
  }

  pause() {
    this.raw.socket.pause();
  }

  resume() {
    this.raw.socket.resume();
  }

  // Hears numbers until the event `end`.
  async listen() {
    for (;;) {
      const { event, data } = JSON.parse(await this.raw.text());
      if (event === 'end') return;
      assert.equal(event, 'number');
      assert.equal(data.padding, PADDING);
      this.heard.push(data.number);
    }
  }

  get last() {
    return this.heard.at(-1) ?? -1;
  }
}

test('a slow member loses messages, is told of in the log, and goes on correctly', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--queue-limit', '64KiB']);
  const sender = await server.client('sender', ROOM);
  const fast = await server.client('fast', ROOM);
  const slow = await SlowMember.join(server);
  const numbers = new Numbers(sender, fast);
  const listening = slow.listen();
  await numbers.send(50);
  const peakBefore = server.peakBytes;

  for (const burst of [1, 2]) {
    slow.pause();
    const bursts = server.logged(TOO_SLOW).length;
    await numbers.sendUntil(() => server.logged(TOO_SLOW).length > bursts, `burst ${burst}`);
    await numbers.send(FLOOD);

    const resumedAt = numbers.sent;
    slow.resume();
    await numbers.sendUntil(() => slow.last >= resumedAt, 'the slow member to hear new messages');
  }
  sender.publish(ROOM, 'end');
  await fast.expect('end');
  await within(listening, 'the last message');
  const growth = server.peakBytes - peakBefore;
  assert.ok(growth < MEMORY_GROWTH_MAX, `memory grew by ${growth} bytes`);
  await server.stop();

  const lost = numbers.sent - slow.heard.length;
  const gaps = slow.heard.filter((number, i) => number !== (slow.heard[i - 1] ?? -1) + 1);
  assert.equal(slow.heard[0], 0);
  slow.heard.forEach((number, i) => assert.ok(number > (slow.heard[i - 1] ?? -1), 'in order'));
  assert.ok(lost > FLOOD, `${lost} were lost`);
  assert.equal(server.logged('stopped')[0].dropped_slow_client, lost);
  // The kernel may take a little more at any moment: there can be more gaps than pauses, and some
  // in one burst, which ends when half of the queue is free.
  const bursts = server.logged(TOO_SLOW).length;
  assert.ok(bursts >= 2 && bursts <= gaps.length, `${bursts} bursts, ${gaps.length} gaps`);
  assert.ok(gaps.length < 50, `${gaps.length} gaps`);
  const told = server.logged(READS_AGAIN).map((line) => line.dropped_messages);
  assert.equal(told.length, bursts);
  assert.equal(told.reduce((sum, count) => sum + count), lost);
});

test('the queue of a client that reads is never full', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--queue-limit', '64KiB']);
  const sender = await server.client('sender', ROOM);
  const fast = await server.client('fast', ROOM);
  await new Numbers(sender, fast).send(500);
  await server.stop();
  assert.equal(server.logged('stopped')[0].dropped_slow_client, 0);
});

// Each of five symbols in turn, until the slow member, which has stopped reading, has lost some.
test('a slow member gets the latest of each key, and is told how many are missing', async (t) => {
  const server = await startServer(t, [...OPEN_ROOMS, '--queue-limit', '256KiB',
    '--event-policy', 'price=keep-latest:symbol', '--event-policy', 'order=close']);
  const sender = await server.client('sender', ROOM);
  const fast = await server.client('fast', ROOM);
  const slow = await SlowMember.join(server, { capabilities: ['gap'] });
  slow.pause();
  let sent = 0;
  for (let round = 0; round < 400; round += 1) {
    for (let i = 0; i < 10; i += 1, sent += 1) {
      const price = { symbol: `S${sent % 5}`, number: sent, padding: PADDING };
      sender.publish(ROOM, 'price', price);
    }
    for (let i = 0; i < 10; i += 1) await fast.expect('price');
  }
  sender.publish(ROOM, 'end');
  await fast.expect('end');
  slow.resume();

  const latest = {};
  let heard = 0;
  let ended = false;
  let gap;
  while (!ended || !gap) {
    const { event, data } = JSON.parse(await within(slow.raw.text(), 'the rest'));
    if (event === 'price') {
      assert.ok(data.number > (latest[data.symbol] ?? -1), 'in order');
      latest[data.symbol] = data.number;
      heard += 1;
    }
    ended ||= event === 'end';
    if (event === 'gap') gap = data;
  }
  const five = Array.from({ length: 5 }, (_, i) => [`S${i}`, sent - 5 + i]);
  assert.deepEqual(latest, Object.fromEntries(five));
  assert.ok(sent - heard > 100, `${sent - heard} were replaced`);
  assert.deepEqual(gap, { dropped: sent - heard, rooms: { [ROOM]: sent - heard } });
  await server.stop();
  assert.equal(server.logged('stopped')[0].dropped_superseded, sent - heard);
  assert.equal(server.logged('stopped')[0].dropped_slow_client, 0);
});

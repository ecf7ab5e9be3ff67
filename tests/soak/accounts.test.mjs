// The accounts of a soak themselves: what is wrong is found, and what has a reason is not.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Ledger, REDIS, Sender } from './support/ledger.mjs';
import { Listener } from './support/listener.mjs';

const ROOM = 'room:a';

function newNode(name) {
  return { name, outages: [], slowToConfirm: [], kills: [], bursts: new Map() };
}

// A sender at one node, and a listener in the room at another.
function scene() {
  const ledger = new Ledger();
  const [north, south] = [newNode('north'), newNode('south')];
  const sender = new Sender(ledger, north, 'ada');
  const beacon = new Sender(ledger, north, 'the beacon of north');
  const listener = new Listener(ledger, south, 'bob');
  listener.id = 'b';
  listener.come(ROOM);
  listener.arrive(ROOM);
  listener.come('room:beacons');
  const shine = () => {
    ledger.round += 1;
    listener.hear(beacon.next('room:beacons', { round: ledger.round }));
  };
  const faults = () => {
    ledger.judge({ all: true });
    return ledger.faults.map((text) => text.replace(/^at \S+ s: /, ''));
  };
  return { ledger, north, south, sender, listener, shine, faults };
}

const always = { from: 0, to: Infinity };
const oneDrop = { isOpen: false, told: 1 };

test('what is heard once and in order is right', () => {
  const { ledger, sender, listener, faults } = scene();
  for (let i = 0; i < 3; i += 1) listener.hear(sender.next(ROOM));
  assert.deepEqual(faults(), []);
  assert.deepEqual([ledger.counts.due, ledger.counts.heard], [3, 3]);
});

test('what is left out is found by what comes behind it', () => {
  const { sender, listener, faults } = scene();
  sender.next(ROOM);
  listener.hear(sender.next(ROOM));
  assert.match(faults().join(), /^bob on south never heard number 1 of ada by north to room:a/);
});

test('the last one that is left out is found by the beacon', () => {
  const { sender, shine, faults } = scene();
  sender.next(ROOM);
  sender.settle();
  shine();
  assert.match(faults().join(), /never heard number 1/);
});

test('and by that of the emitter, if the node has ended', () => {
  const { ledger, north, sender, listener, faults } = scene();
  sender.next(ROOM);
  sender.settle();
  north.endedRound = ledger.round;
  const emitter = new Sender(ledger, REDIS, 'the emitter');
  ledger.round += 2;
  listener.hear(emitter.next('room:beacons', { round: ledger.round }));
  assert.match(faults().join(), /never heard number 1/);
});

test('what the server has not handled yet may come behind the beacon', () => {
  const { sender, listener, shine, faults } = scene();
  const data = sender.next(ROOM);
  shine();
  listener.hear(data);
  assert.deepEqual(faults(), []);
});

test('what comes twice, or late, is wrong', () => {
  const { sender, listener, faults } = scene();
  const [first, second] = [sender.next(ROOM), sender.next(ROOM)];
  for (const data of [first, second, second, first]) listener.hear(data);
  assert.deepEqual(faults(), ['bob hears 2 of ada behind 2', 'bob hears 1 of ada behind 2']);
});

test('what is for others is wrong, also once it has left', () => {
  const { sender, listener, faults } = scene();
  listener.hear(sender.next('user:eve'));
  listener.leave(ROOM);
  listener.hear(sender.next(ROOM));
  assert.deepEqual(faults(), [
    'bob hears what is for user:eve: 1 of ada',
    'bob hears what is for room:a: 2 of ada',
  ]);
});

test('who leaves waits for what is due, and for nothing that is sent later', async () => {
  const { ledger, sender, listener, faults } = scene();
  const data = sender.next(ROOM);
  let isClear = false;
  const clear = listener.go(ROOM).then(() => { isClear = true; });
  sender.next(ROOM);
  await Promise.resolve();
  assert.equal(isClear, false);
  listener.hear(data);
  listener.hear(sender.next(ROOM));
  await Promise.race([clear, new Promise((resolve) => setImmediate(resolve))]);
  assert.equal(ledger.counts.due, 1);
  assert.deepEqual(faults(), []);
});

for (const [what, excuse, isGood] of [
  ['an outage of its node', ({ south }) => south.outages.push(always), true],
  ['an outage of the other', ({ north }) => north.outages.push(always), true],
  ['an outage that was over', ({ south }) => south.outages.push({ from: 0, to: 1e-3 }), false],
  ['the other node being killed', ({ north }) => north.kills.push(always), true],
  ['a sender that went', ({ sender }) => sender.end(), true],
  ['a sender that went later', ({ sender }) => { sender.settle(); sender.end(); }, false],
  ['as many drops as were told', ({ south }) => south.bursts.set('b', oneDrop), true],
  ['drops of another client', ({ south }) => south.bursts.set('c', oneDrop), false],
]) {
  test(`a loss is ${isGood ? '' : 'not '}explained by ${what}`, () => {
    const all = scene();
    all.sender.next(ROOM);
    excuse(all);
    const { ledger, shine, faults } = all;
    all.sender.settle();
    shine();
    assert.equal(faults().length, isGood ? 0 : 1);
    assert.equal(ledger.missing, isGood ? 1 : 0);
  });
}

test('one more than was told is one too many', () => {
  const { south, sender, shine, faults } = scene();
  south.bursts.set('b', oneDrop);
  sender.next(ROOM);
  sender.next(ROOM);
  sender.settle();
  shine();
  assert.equal(faults().length, 1);
});

test('who is told by gap is told of each room', () => {
  const { south, sender, listener, shine, faults } = scene();
  listener.tellsGaps = true;
  south.bursts.set('b', oneDrop);
  listener.gap({ dropped: 1, rooms: { b: 1 } });
  sender.next(ROOM);
  sender.settle();
  shine();
  assert.equal(faults().length, 1);
});

test('Redis excuses nothing within a node', () => {
  const { ledger, south, listener, faults } = scene();
  south.outages.push(always);
  const local = new Sender(ledger, south, 'carl');
  local.next(ROOM);
  listener.hear(local.next(ROOM));
  assert.equal(faults().length, 1);
});

// What goes wrong with messages, `cresset bench` must tell: a server that makes mistakes on purpose.

import assert from 'node:assert/strict';
import test from 'node:test';

import { bench, checkTraffic, goodBench } from './support/bench.mjs';
import { startImitation } from './support/imitation.mjs';

const FLAGS = ['--clients', '4', '--rate', '500', '--messages', '100', '--timeout', '2s'];

// Does something to one message on its way to the first member that gets it.
function toFirst(number, fault) {
  let first = null;
  return (member, each, text) => {
    first ??= member;
    return member === first && each === number ? fault(text) : [text];
  };
}

// The message comes behind the next one.
function swapped(number) {
  let held = null;
  return (member, each, text) => {
    if (each === number && held === null) {
      held = { member, text };
      return [];
    }
    return held && held.member === member && each === number + 1 ? [text, held.text] : [text];
  };
}

// A message comes again when all others have come long since.
function repeated(number) {
  let held = null;
  return (member, each, text) => {
    if (each === number && held === null) held = { member, text };
    if (each !== null || held?.member !== member) return [text];
    const again = held.text;
    held = {};
    return [again, text];
  };
}

const altered = (text) => text.replace(/(.)(..)("}}$)/, (_, c, rest, end) => (c === 'x' ? 'y' : 'x') + rest + end);

const FAULTS = [
  ['drops a message', toFirst(50, () => []), { lost: 1, received: 399 }],
  ['drops the first message', toFirst(0, () => []), { lost: 1, received: 399 }],
  ['drops the last message', toFirst(99, () => []), { lost: 1, received: 399 }],
  ['doubles a message', toFirst(50, (text) => [text, text]), { doubled: 1 }],
  ['doubles the last message', toFirst(99, (text) => [text, text]), { doubled: 1 }],
  ['doubles a message, much later', repeated(50), { doubled: 1 }],
  ['swaps two messages', swapped(50), { reordered: 1 }],
  ['swaps the last two messages', swapped(98), { reordered: 1 }],
  ['alters a message', toFirst(50, (text) => [altered(text)]), { altered: 1, lost: 1, received: 399 }],
];
for (const [what, mangle, difference] of FAULTS) {
  test(`a server that ${what}`, async (t) => {
    const server = await startImitation(t, { mangle });
    const { status, report } = await bench('fanout', server.url, ...FLAGS);
    const { sent, expected, received, lost, doubled, reordered, altered: changed } = report;
    assert.deepEqual({ sent, expected, received, lost, doubled, reordered, altered: changed }, {
      sent: 100,
      expected: 400,
      received: 400,
      lost: 0,
      doubled: 0,
      reordered: 0,
      altered: 0,
      ...difference,
    });
    assert.equal(status, 1);
  });
}

test('a lost message ends a closed loop, and is told', async (t) => {
  const server = await startImitation(t, { mangle: toFirst(10, () => []) });
  const { status, report } = await bench('fanout', server.url, '--clients', '4', '--in-flight', '2',
    '--messages', '100', '--timeout', '2s');
  assert.equal(status, 1);
  assert.equal(report.lost, 1);
  assert.ok(report.sent >= 11 && report.sent < 100, `${report.sent} sent`);
});

test('a server that closes a client', async (t) => {
  const server = await startImitation(t, {
    mangle: toFirst(50, (text) => {
      for (const socket of [...server.server.clients].slice(1, 2)) socket.close(4321, 'no more');
      return [text];
    }),
  });
  const { status, stderr, report } = await bench('fanout', server.url, ...FLAGS);
  assert.equal(status, 1);
  assert.equal(report.clients_gone, 1);
  assert.ok(report.lost > 0);
  assert.match(stderr, /4321 no more/);
});

test('late messages are late from when they were due', async (t) => {
  // It stands still for a while, so that the messages of that time wait to be published.
  let stood = false;
  const mangle = (member, number, text) => {
    if (number === 50 && !stood) {
      stood = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
    return [text];
  };
  const server = await startImitation(t, { mangle });
  const report = await goodBench('fanout', server.url, ...FLAGS);
  checkTraffic(report, 100, 4);
  // At 500 a second half of the 100 messages were due within the 200 ms or soon after them.
  assert.ok(report.latency_us.max >= 199_000, `${report.latency_us.max} us`);
  assert.ok(report.latency_us.p90 >= 90_000, `${report.latency_us.p90} us`);
});

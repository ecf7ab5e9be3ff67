// `cresset bench`, run to its end.

import assert from 'node:assert/strict';

import { run } from './server.mjs';

// What it printed with --json, its exit status, and what it said on stderr.
export async function bench(mode, url, ...flags) {
  const { status, stdout, stderr } = await run('cresset', ['bench', mode, url, '--json', ...flags]);
  return { status, stderr, report: stdout === '' ? null : JSON.parse(stdout) };
}

// The report of a run in which everything went well.
export async function goodBench(mode, url, ...flags) {
  const { status, stderr, report } = await bench(mode, url, ...flags);
  assert.equal(status, 0, stderr);
  assert.equal(report.mode, mode);
  assert.equal(report.url, url);
  assert.equal(report.clients_failed, 0);
  assert.equal(report.clients_gone, 0);
  return report;
}

const PERCENTILES = ['p50', 'p90', 'p99', 'p99.9', 'p99.99', 'max'];

export function checkHistogram(histogram, count) {
  assert.equal(histogram.count, count);
  assert.ok(histogram.p50 > 0);
  for (let i = 1; i < PERCENTILES.length; i += 1) {
    const [less, more] = PERCENTILES.slice(i - 1, i + 1).map((name) => histogram[name]);
    assert.ok(less <= more, `${PERCENTILES[i - 1]} is ${less}, ${PERCENTILES[i]} is ${more}`);
  }
  assert.ok(histogram.mean > 0 && histogram.mean <= histogram.max);
}

// So many messages to so many members each, all of which came, once and in order.
export function checkTraffic(report, sent, members) {
  const { expected, received, lost, doubled, reordered, altered } = report;
  assert.deepEqual(
    { sent: report.sent, expected, received, lost, doubled, reordered, altered },
    {
      sent,
      expected: sent * members,
      received: sent * members,
      lost: 0,
      doubled: 0,
      reordered: 0,
      altered: 0,
    },
  );
  checkHistogram(report.latency_us, sent * members);
  assert.ok(report.seconds > 0);
  const rate = report.deliveries_per_second;
  assert.ok(Math.abs(rate * report.seconds - received) < received / 100 + rate / 1000);
}

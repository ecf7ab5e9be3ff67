// The conformance suite; README.md has its usage.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { parseArgs } from 'node:util';

import { diff, strayDifferences, translated } from './support/compare.mjs';
import { groupsOf, loadScenarios } from './support/registry.mjs';
import { Server } from './support/server.mjs';
import { Stage } from './support/stage.mjs';

const USAGE = `node run.mjs --server reference|cresset | --compare
  --program PATH    the program under test: Cresset's, or with --server reference another one for bun
  --only PATTERN    only scenarios whose names match this regular expression
  --record DIR      write each transcript into DIR (with --compare: DIR/reference and DIR/cresset)
  --against DIR     compare with transcripts of the reference, recorded earlier, instead of running it
  --parallel N      servers that run at the same time (default 4)`;

function readArguments() {
  const string = { type: 'string' };
  const { values } = parseArgs({
    options: {
      server: string, compare: { type: 'boolean' }, program: string, only: string, record: string,
      against: string, parallel: { type: 'string', default: '4' },
    },
  });
  const sides = values.compare ? ['reference', 'cresset'] : [values.server];
  if (!sides.every((side) => ['reference', 'cresset'].includes(side))) throw new Error('no --server');
  // The program runs in a folder of its own.
  const program = values.program && resolve(values.program);
  return { ...values, program, sides };
}

let flags;
try {
  flags = readArguments();
} catch (error) {
  console.error(`run.mjs: ${error.message}\n${USAGE}`);
  process.exit(2);
}

// With --compare, --program is Cresset's.
function programOf(side) {
  return flags.compare && side === 'reference' ? undefined : flags.program;
}

async function transcriptOf(scenario, server) {
  const stage = new Stage(server);
  try {
    await scenario.play(stage);
  } catch (error) {
    stage.transcript.trouble(error.message);
  }
  await stage.finish();
  return stage.transcript.lines();
}

// --- files of transcripts ---

function fileOf(scenario) {
  return `${scenario.name.replace(/[^A-Za-z0-9]+/g, '-')}.txt`;
}

function record(scenario, side, lines) {
  if (!flags.record) return;
  const folder = flags.compare ? join(flags.record, side) : flags.record;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, fileOf(scenario)), `${lines.join('\n')}\n`);
}

function recorded(scenario) {
  return readFileSync(join(flags.against, fileOf(scenario)), 'utf8').split('\n').slice(0, -1);
}

// --- verdicts ---

function expectEqual(expected, seen, what) {
  const difference = diff(expected, seen);
  assert.ok(difference === null, `${what} (- expected, + seen):\n${difference}`);
}

function expectNoTrouble(side, lines) {
  const troubles = lines.filter((line) => line.startsWith('! ') || line.includes('"! '));
  assert.ok(troubles.length === 0, `the ${side}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

// One side does what differences.mjs says that it does.
function expectDifferences(name, side, lines) {
  const { missing } = translated(name, lines, side, side === 'reference' ? 'cresset' : 'reference');
  assert.ok(missing.length === 0, `${missing.join('\n')}\nbut it does this:\n  ${lines.join('\n  ')}`);
}

// What the reference does, with the differences put in, is what Cresset does.
function judge({ name }, transcripts, earlier) {
  for (const [side, lines] of Object.entries(transcripts)) expectNoTrouble(side, lines);
  const { cresset } = transcripts;
  const reference = transcripts.reference ?? earlier;
  if (earlier && transcripts.reference) {
    expectEqual(earlier, reference, 'the reference, earlier and now');
  }
  if (reference) expectDifferences(name, 'reference', reference);
  if (reference && cresset) {
    const expected = translated(name, reference, 'reference', 'cresset').lines;
    expectEqual(expected, cresset, 'the reference with its differences, and Cresset');
  } else if (cresset) {
    expectDifferences(name, 'cresset', cresset);
  }
}

// --- the run ---

async function runScenario(scenario, servers) {
  const played = servers.map(async (server) => {
    const lines = await transcriptOf(scenario, server);
    record(scenario, server.side, lines);
    return [server.side, lines];
  });
  const transcripts = Object.fromEntries(await Promise.all(played));
  judge(scenario, transcripts, flags.against && recorded(scenario));
}

// The servers of one group of scenarios, which share them one after the other. One that has ended,
// as it was told or not, is replaced by a new one for the next scenario.
class Servers {
  #running = new Map();
  #badEnds = [];

  constructor(options) {
    this.options = options;
  }

  async all() {
    for (const side of flags.sides) {
      if (this.#running.get(side)?.hasEnded) await this.#stop(side);
    }
    const missing = flags.sides.filter((side) => !this.#running.has(side));
    const start = async (side) => {
      this.#running.set(side, await Server.start(side, programOf(side), this.options));
    };
    const started = await Promise.allSettled(missing.map(start));
    const failed = started.find(({ reason }) => reason);
    if (failed) throw failed.reason;
    return flags.sides.map((side) => this.#running.get(side));
  }

  async #stop(side) {
    const badEnd = await this.#running.get(side).stop();
    this.#running.delete(side);
    if (badEnd !== null) this.#badEnds.push(`the ${side}: ${badEnd}`);
  }

  async stop() {
    await Promise.all([...this.#running.keys()].map((side) => this.#stop(side)));
    assert.ok(this.#badEnds.length === 0, this.#badEnds.join('\n'));
  }
}

async function runGroup(t, group) {
  const servers = new Servers(group.server);
  try {
    for (const scenario of group.scenarios) {
      await t.test(scenario.name, async () => runScenario(scenario, await servers.all()));
    }
  } finally {
    await servers.stop();
  }
}

const scenarios = await loadScenarios();
const pattern = new RegExp(flags.only ?? '', 'i');
const groups = groupsOf(scenarios.filter(({ name }) => pattern.test(name)));

test('differences.mjs names only scenarios that exist', () => {
  assert.deepEqual(strayDifferences(scenarios.map(({ name }) => name)), []);
});

test('conformance', { concurrency: Number(flags.parallel), timeout: 300_000 }, async (t) => {
  assert.ok(groups.length > 0, 'no scenario has such a name');
  await Promise.all(groups.map((group) => t.test(group.name, (g) => runGroup(g, group))));
});

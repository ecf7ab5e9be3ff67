// A fleet under mixed load for a while, in which something breaks every few seconds, and every
// message is accounted for. README.md tells how.
//
//   node soak.mjs [MINUTES] [--clients NUMBER] [--to FOLDER]

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { lasts } from '../fleet/support/fleet.mjs';
import { Beacons } from './support/beacons.mjs';
import { Chance } from './support/chance.mjs';
import { clientFaults } from './support/client_faults.mjs';
import { Crowd } from './support/crowd.mjs';
import { expectNothingLeft, expectTotals } from './support/endings.mjs';
import { FLEET_FAULTS } from './support/fleet_faults.mjs';
import { Fleet } from './support/fleet.mjs';
import { Lane } from './support/lane.mjs';
import { Ledger } from './support/ledger.mjs';
import { figuresOf, markdownOf, progressLine } from './support/report.mjs';
import { Samples } from './support/samples.mjs';

const PROGRESS_MS = process.stdout.isTTY ? 5000 : 60_000;
const JUDGE_MS = 5000;
const FLEET_PAUSE = { low: 1000, high: 8000 };
const CLIENT_PAUSE = { low: 500, high: 5000 };

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { clients: { type: 'string', default: '120' }, to: { type: 'string' } },
    });
  } catch {
    return { values: {}, positionals: [NaN] };
  }
}

function settings() {
  const { values, positionals } = parsed();
  const minutes = Number(positionals[0] ?? 10);
  const size = Number(values.clients);
  const seed = Number(process.env.CRESSET_SEED ?? Math.floor(Math.random() * 1e9));
  if (!(minutes > 0) || !(size > 0) || !Number.isInteger(seed) || positionals.length > 1) {
    console.error('soak.mjs [MINUTES] [--clients NUMBER] [--to FOLDER]; CRESSET_SEED is a number');
    process.exit(2);
  }
  return { minutes, size, seed, to: values.to };
}

async function run({ minutes, size, seed }) {
  const ledger = new Ledger();
  const fleet = await Fleet.start(ledger);
  const startedAt = performance.now();
  const samples = new Samples(fleet);
  const beacons = new Beacons(fleet);
  const crowd = new Crowd(fleet, seed, size);
  const background = []; // strangers that have not gone yet
  const lanes = [
    new Lane({
      fleet,
      chance: new Chance(seed, 1),
      menu: FLEET_FAULTS,
      pause: FLEET_PAUSE,
      before: () => fleet.beginFault(),
      after: () => fleet.recovered(),
    }),
    new Lane({
      fleet,
      chance: new Chance(seed, 2),
      menu: clientFaults(fleet, background),
      pause: CLIENT_PAUSE,
    }),
  ];
  const state = { startedAt, seed, size, ledger, fleet, lanes, samples };
  const timers = [
    setInterval(() => ledger.judge(), JUDGE_MS),
    setInterval(() => console.log(progressLine(state)), PROGRESS_MS),
  ];

  await lasts(minutes * 60_000);
  await Promise.all(lanes.map((lane) => lane.stop()));
  await Promise.all(background);
  await crowd.stop();
  await beacons.stop();
  fleet.emitter.stop();
  await expectNothingLeft(fleet);
  samples.stop();
  timers.forEach(clearInterval);
  await Promise.all(fleet.living.map((node) => node.stop()));
  ledger.judge({ all: true });
  for (const node of fleet.nodes) if (node.stopped) expectTotals(fleet, node);
  if (ledger.outstanding !== 0) ledger.fault(`${ledger.outstanding} are neither heard nor missing`);
  await fleet.redis.stop();
  return { figures: figuresOf(state), nodes: fleet.nodes };
}

function write(folder, { figures, nodes }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.md'), `${markdownOf(figures)}\n`);
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(figures, null, 2)}\n`);
  for (const { name, log } of nodes) writeFileSync(join(folder, `${name}.log`), log.join('\n'));
}

const asked = settings();
console.log(`${asked.minutes} minutes, ${asked.size} clients; CRESSET_SEED=${asked.seed}`);
const outcome = await run(asked);
if (asked.to) write(asked.to, outcome);
console.log(`\n${markdownOf(outcome.figures)}`);
process.exit(outcome.figures.wrong.length === 0 ? 0 : 1);

// What each fault costs others: `./dev faults`, or `./dev faults RE` for those whose names match.
//
// The server has one core, and all others the next, where attackers give way to clients. Time and
// again clients talk without the fault and then with it, so that whatever else the machine does
// comes to both; the medians are compared.

import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

import { certificates } from '../integration/support/certificates.mjs';
import { run, startServer } from '../integration/support/server.mjs';
import { Program } from '../support/program.mjs';
import { ATTACKS, TLS_ATTACKS } from './support/attacks.mjs';
import { totals } from './support/endures.mjs';

const ROUNDS = Number(process.env.CRESSET_ROUNDS ?? 5);
const TALK = ['--clients', '50', '--rate', '50', '--duration', '3s', '--json'];
const SETTLING_MS = 12_000; // the longest deadline of a fault that has ended

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
const lasts = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const pin = (pid, core) => execFileSync('taskset', ['-acp', `${core}`, `${pid}`], { stdio: 'pipe' });

// The 99th percentile, in microseconds, of what clients tell each other.
async function talk(server) {
  const insecure = server.tls ? ['--insecure'] : [];
  const { status, stdout, stderr } =
    await run('cresset', ['bench', 'latency', server.urlOf('/ws'), ...TALK, ...insecure]);
  if (status !== 0) throw new Error(`messages were lost: ${stdout}${stderr}`);
  return Math.round(JSON.parse(stdout).latency_us.p99);
}

async function during(server, name, work) {
  const attacker = new Program(process.execPath, [
    fileURLToPath(new URL('support/attacker.mjs', import.meta.url)), `${server.port}`, name]);
  await attacker.line(/^begun/, 'the attack has begun');
  const found = await work();
  await attacker.stop();
  return found;
}

async function settle(server, descriptors) {
  const end = Date.now() + SETTLING_MS;
  while (server.descriptors > descriptors && Date.now() < end) await lasts(100);
}

async function measure(name, flags) {
  const ends = [];
  const server = await startServer({ after: (end) => ends.push(end) },
    ['--join', '*', '--publish', '*', '--threads', '1', ...flags]);
  pin(server.program.pid, 0);
  const { descriptors } = server;
  await talk(server); // what it needs, it has from here on
  await settle(server, descriptors);
  const before = { bytes: server.residentBytes, descriptors: server.descriptors };
  const [quiet, loud] = [[], []];
  for (let i = 0; i < ROUNDS; i += 1) {
    quiet.push(await talk(server));
    loud.push(await during(server, name, () => talk(server)));
    await settle(server, before.descriptors);
  }
  const after = { bytes: server.residentBytes, descriptors: server.descriptors };
  const counted = Object.entries(await totals(server))
    .filter(([key, value]) => /^(dropped|refused|closed|longest)/.test(key) && value > 0)
    .map(([key, value]) => `${key} ${value}`);
  for (const end of ends) await end();
  const [p99, p99During] = [median(quiet), median(loud)];
  return [name, `${p99} us`, `${p99During} us`, (p99During / p99).toFixed(2),
    `${mib(before.bytes)}, ${mib(after.bytes)} MiB`, `${before.descriptors}, ${after.descriptors}`,
    counted.join(', ')];
}

const row = (cells) => console.log(`| ${cells.join(' | ')} |`);
const wanted = new RegExp(process.argv[2] ?? '.');

const cores = availableParallelism();
if (cores > 1) pin(process.pid, 1);
console.log(`${cpus()[0].model}, ${cores} cores; ${ROUNDS} rounds, medians\n`);
row(['fault', 'p99 without', 'p99 with', 'ratio', 'memory before, after',
  'descriptors before, after', 'counters']);
row(Array(7).fill('---'));
for (const [attacks, flags] of [[ATTACKS, []], [TLS_ATTACKS, certificates().flags]]) {
  for (const name of Object.keys(attacks).filter((each) => wanted.test(each))) {
    row(await measure(name, flags));
  }
}

// Measures, several times over, and prints a table. Exit status 1 if anything was lost or out of
// order; a figure over its bound is only marked.
//
//   node run.mjs ROUNDS [FIGURE...]

import { run } from '../support/table.mjs';
import * as cpu from './cpu.mjs';
import * as interest from './interest.mjs';
import * as joins from './joins.mjs';
import * as latency from './latency.mjs';

await run('fleet', { interest, cpu, joins, latency }, process.argv.slice(2));

// Measures, several times over, and prints a table. Exit status 1 if anything was lost or could not
// be inflated; a figure over its bound is only marked.
//
//   node run.mjs ROUNDS [FIGURE...]

import { run } from '../support/table.mjs';
import * as deliveries from './deliveries.mjs';
import * as memory from './memory.mjs';

await run('deflate', { deliveries, memory }, process.argv.slice(2));

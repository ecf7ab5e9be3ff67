// The results that are kept in the tree.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../results/compare.json', import.meta.url);

export function keepResults(results) {
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
}

export const keptResults = () => JSON.parse(readFileSync(file));

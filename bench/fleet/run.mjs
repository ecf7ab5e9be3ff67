// Measures, several times over, and prints a table. Exit status 1 if anything was lost or out of
// order; a figure over its bound is only marked.
//
//   node run.mjs ROUNDS [FIGURE...]

import { loadavg } from 'node:os';

import * as cpu from './cpu.mjs';
import * as interest from './interest.mjs';
import * as joins from './joins.mjs';
import * as latency from './latency.mjs';
import { median } from './statistics.mjs';

const figures = { interest, cpu, joins, latency };

const say = (text) => process.stderr.write(`fleet: ${text}\n`);

const loadText = () => loadavg().map((load) => load.toFixed(1)).join(', ');

function numberText(value) {
    if (Number.isInteger(value)) return `${value}`;
    return value.toFixed(value < 10 ? 2 : value < 1000 ? 1 : 0);
}

function printRow(name, ...cells) {
    console.log(`  ${name.padEnd(56)}${cells.map((cell) => cell.padStart(10)).join('')}`);
}

function printTable(title, rows) {
    console.log(title);
    for (const [name, { values, bound }] of rows) {
        const shown = [median(values), Math.min(...values), Math.max(...values)].map(numberText);
        if (bound !== undefined) shown.push(`${bound}`, median(values) <= bound ? '' : 'over');
        printRow(name, ...shown);
    }
}

async function measure(name, figure, rounds) {
    const rows = new Map();
    const report = (row, value, { bound } = {}) => {
        if (!rows.has(row)) rows.set(row, { values: [], bound });
        rows.get(row).values.push(value);
    };
    for (let round = 1; round <= rounds; ++round) {
        say(`${name}, round ${round} of ${rounds}, load ${loadText()}`);
        await figure.measure(report);
    }
    return rows;
}

function fail(error) {
    say(error.stack);
    process.exit(1);
}
process.on('uncaughtException', fail);

const [rounds, ...asked] = process.argv.slice(2);
const chosen = asked.length > 0 ? asked : Object.keys(figures);
const unknown = chosen.find((name) => !(name in figures));
if (unknown) fail(new Error(`no figure '${unknown}'; there are ${Object.keys(figures).join(' ')}`));

printRow(`load at the beginning: ${loadText()}`, 'median', 'lowest', 'highest', 'bound');
for (const name of chosen) {
    const figure = figures[name];
    printTable(figure.title, await measure(name, figure, Number(rounds)));
}
console.log(`  load at the end: ${loadText()}`);
process.exit(0);

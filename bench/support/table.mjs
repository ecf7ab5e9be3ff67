// Measures figures, several times over, and prints a table: the median of the rounds, the lowest
// and the highest. What is over its bound is marked.

import { loadavg } from 'node:os';

import { spreadOf } from './statistics.mjs';

export const loadText = () => loadavg().map((load) => load.toFixed(1)).join(', ');

export function numberText(value) {
    if (Number.isInteger(value)) return `${value}`;
    return value.toFixed(value < 10 ? 2 : value < 1000 ? 1 : 0);
}

export function printRow(name, ...cells) {
    console.log(`  ${name.padEnd(56)}${cells.map((cell) => cell.padStart(10)).join('')}`);
}

export const printHead = (title) => printRow(title, 'median', 'lowest', 'highest', 'bound');

export const spreadCells = (spread) =>
    [spread.median, spread.lowest, spread.highest].map(numberText);

function printTable(title, rows) {
    console.log(title);
    for (const [name, { values, bound }] of rows) {
        const spread = spreadOf(values);
        const shown = spreadCells(spread);
        if (bound !== undefined) shown.push(`${bound}`, spread.median <= bound ? '' : 'over');
        printRow(name, ...shown);
    }
}

async function measure(name, figure, rounds, say) {
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

// Ends the process: with 1 if a figure failed, 0 otherwise. A figure, of `figures` by its name, has
// a title and measure(report), which calls report(row, value, { bound }). words: the rounds, and
// the names of the figures, all without any.
export async function run(bench, figures, [rounds, ...asked]) {
    const say = (text) => process.stderr.write(`${bench}: ${text}\n`);
    const fail = (error) => {
        say(error.stack);
        process.exit(1);
    };
    process.on('uncaughtException', fail);

    const chosen = asked.length > 0 ? asked : Object.keys(figures);
    const unknown = chosen.find((name) => !(name in figures));
    if (unknown)
        fail(new Error(`no figure '${unknown}'; there are ${Object.keys(figures).join(' ')}`));

    printHead(`load at the beginning: ${loadText()}`);
    for (const name of chosen) {
        const figure = figures[name];
        printTable(figure.title, await measure(name, figure, Number(rounds), say));
    }
    console.log(`  load at the end: ${loadText()}`);
    process.exit(0);
}

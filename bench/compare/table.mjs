// The results on a terminal.

import { printHead, printRow, spreadCells } from '../support/table.mjs';
import { alone } from './cores.mjs';
import { machineText } from './machine.mjs';
import { othersText } from './others.mjs';
import { shownFigures, isOver } from './results.mjs';

const where = alone
    ? 'servers on core 0; clients and Redis on core 1'
    : 'servers, clients and Redis on the only core';

function printSpread(name, spread) {
    const over = isOver(spread) ? 'over' : '';
    printRow(`  ${name}`, ...spreadCells(spread), `${spread.bound ?? ''}`, over);
}

function printFigure({ title, unit, names, rows }) {
    console.log(title);
    for (const row of rows) {
        for (const [server, spread] of Object.entries(row.servers)) {
            const bound = server === 'cresset' ? row.bound : undefined;
            printSpread(`${names[server]}: ${row.title}, ${unit}`, { ...spread, bound });
        }
        for (const [server, ratio] of Object.entries(row.to))
            printSpread(`${names.cresset} to ${names[server]}: ${row.title}`, ratio);
    }
}

export function printFigures({ machine, rounds, others, figures }) {
    console.log(`${machineText(machine)}; ${where}.`);
    console.log(`Rounds: ${rounds}. What others took of the cores before each: ${othersText(others)}`);
    printHead('');
    Object.values(shownFigures(figures)).forEach(printFigure);
}

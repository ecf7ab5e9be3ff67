// What was measured, as rows to show.

import { spreadOf } from '../support/statistics.mjs';
import { serverNames, stages } from './figures.mjs';

// Each round has its own ratio: what was measured in it was measured at about the same time.
const ratios = (ours, theirs) => ours.map((value, round) => value / theirs[round]);

function rowOf(row, name, measured) {
    const values = (server) => measured[server].map((round) => round[name]);
    const servers = {};
    const to = {};
    for (const server of Object.keys(measured)) {
        servers[server] = spreadOf(values(server));
        if (server === 'cresset') continue;
        const ratio = spreadOf(ratios(values('cresset'), values(server)));
        to[server] = { ...ratio, bound: row[server] };
    }
    return { title: row.title, servers, bound: row.cresset, to };
}

export const isOver = ({ median, bound }) => bound !== undefined && median > bound;

// By the names of the figures: title, unit, names of the servers, plot, and rows. A row has a title,
// `servers` with the spread of each, the bound of Cresset's own, and `to`: the spread of its ratio
// to each of the others, with bound.
// `measured`: by figure and server, the values of each round.
export function shownFigures(measured) {
    const shown = {};
    for (const { figures, names = serverNames } of stages)
        for (const [key, { title, unit, rows, plot }] of Object.entries(figures)) {
            if (!(key in measured)) continue;
            const all = Object.entries(rows).map(([name, row]) => rowOf(row, name, measured[key]));
            shown[key] = { title, unit, names, plot, rows: all };
        }
    return shown;
}

// The kept results as tables of docs/benchmarks.md and as plots of docs/images.
//
//   node documents.mjs        once more from the results in the tree

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { numberText } from '../support/table.mjs';
import { keptResults } from './kept.mjs';
import { machineText } from './machine.mjs';
import { othersMax, othersText } from './others.mjs';
import { plotCpu, plotLatency } from './plots.mjs';
import { isOver, shownFigures } from './results.mjs';

const page = new URL('../../docs/benchmarks.md', import.meta.url);
const between = /(<!-- compare:begin.*-->\n)[^]*(<!-- compare:end -->)/;

const units = { us: 'µs', ms: 'ms', bytes: 'bytes' };

const line = (cells) => `| ${cells.join(' | ')} |`;

function spreadText({ median, lowest, highest }, unit) {
    const [m, l, h] = [median, lowest, highest].map((value) =>
        unit === 'bytes' ? `${Math.round(value)}` : numberText(value),
    );
    return lowest === highest ? m : `${m} (${l} to ${h})`;
}

function ratioText(ratio) {
    if (!ratio) return '';
    const [m, ...spread] = spreadText(ratio).split(' ');
    const text = [`**${m}**`, ...spread].join(' ');
    if (ratio.bound === undefined) return text;
    return `${text}, bound ${ratio.bound}${isOver(ratio) ? ': over' : ''}`;
}

// The table of figures that have the same servers; `to` are those that Cresset is held against.
function tableOf(figures, servers, to) {
    const { names } = figures[0];
    const head = [
        '',
        ...servers.map((server) => names[server]),
        ...to.map((server) => `${names.cresset} to ${names[server]}`),
    ];
    const lines = [line(head), line(head.map(() => '---'))];
    for (const { title, unit, rows } of figures) {
        for (const row of rows) {
            const cells = servers.map((server) =>
                row.servers[server] ? spreadText(row.servers[server], units[unit]) : '',
            );
            if (row.bound !== undefined) {
                const ours = { ...row.servers.cresset, bound: row.bound };
                const at = servers.indexOf('cresset');
                cells[at] = `**${cells[at]}**, bound ${row.bound}${isOver(ours) ? ': over' : ''}`;
            }
            const what = `${title}: ${row.title}, ${units[unit]}`;
            lines.push(line([what, ...cells, ...to.map((server) => ratioText(row.to[server]))]));
        }
    }
    return lines.join('\n');
}

function textOf({ taken, machine, rounds, others = [], figures }) {
    const { threads, ...rest } = shownFigures(figures);
    const busy = others.some((part) => part > othersMax)
        ? '**Other work ran on the machine: these figures are no good.**'
        : '';
    const many = `Medians of ${rounds} rounds, the lowest and the highest`;
    const alone = others.length === 0 ? ''
        : `; what else ran took ${othersText(others)} of the cores before them`;
    const how = `${rounds === 1 ? 'One round' : many}${alone}.`;
    return [
        `${taken.slice(0, 10)}, ${machineText(machine)}. ${how} ${busy}`.trim(),
        '![CPU of the server, by kind of work](images/compare-cpu.svg)',
        tableOf(Object.values(rest), ['reference', 'cresset', 'floor'], ['reference', 'floor']),
        '![Latency by percentile](images/compare-latency.svg)',
        tableOf([threads], ['one', 'cresset'], ['one']),
    ].join('\n\n');
}

export function writeDocuments(results) {
    const old = readFileSync(page, 'utf8');
    if (!between.test(old))
        throw new Error('docs/benchmarks.md has no place for it: compare:begin and compare:end');
    const text = textOf(results);
    writeFileSync(page, old.replace(between, (_, begin, end) => `${begin}\n${text}\n\n${end}`));
    plotCpu(results.figures);
    plotLatency(results.figures);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeDocuments(keptResults());

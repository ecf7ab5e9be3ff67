// Plots of the results, by gnuplot.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { numberText } from '../support/table.mjs';
import { spreadOf } from '../support/statistics.mjs';
import { percentiles, serverNames } from './figures.mjs';
import { shownFigures } from './results.mjs';

const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));

// Okabe and Ito's, which people tell apart whatever colours they see; on white, whatever the page
// is.
const colours = { reference: '#e69f00', cresset: '#0072b2', floor: '#999999' };
const servers = Object.keys(colours);
const labelOf = (server) => serverNames[server].replace('the ', '');

function draw(name, [width, height], commands) {
    const script = [
        'set encoding utf8',
        `set terminal svg size ${width},${height} font "sans-serif,16" background "#ffffff"`,
        `set output "${images}${name}.svg"`,
        ...commands,
    ].join('\n');
    execFileSync('gnuplot', ['-'], { input: script, stdio: ['pipe', 'inherit', 'inherit'] });
}

const block = (name, lines) => [`$${name} << END`, ...lines, 'END'];

// --- bars of CPU, a panel for each kind of work ---

const columns = 3;

// Columns: x, median, lowest, highest, the value as text, the colour.
function barOf(server, x, { median, lowest, highest }) {
    const colour = Number.parseInt(colours[server].slice(1), 16);
    return `${x} ${median} ${lowest} ${highest} "${numberText(median)}" ${colour}`;
}

function panel({ plot, rows: [row] }, i) {
    const shown = servers.filter((server) => row.servers[server]);
    const highest = Math.max(...shown.map((server) => row.servers[server].highest));
    return [
        ...block(`bars${i}`, shown.map((server, x) => barOf(server, x, row.servers[server]))),
        `set title "${plot}" font ",18"`,
        `set ylabel "µs ${row.title.replace('CPU ', '')}"`,
        `set xrange [-0.6:${shown.length - 0.4}]`,
        `set yrange [0:${highest * 1.25}]`,
        `set xtics (${shown.map((server, x) => `"${labelOf(server)}" ${x}`).join(', ')})`,
        `plot $bars${i} using 1:2:6 with boxes linecolor rgb variable, ` +
            `'' using 1:3:(0):($4-$3) with vectors nohead linecolor rgb "#222222" linewidth 2, ` +
            `'' using 1:4:5 with labels offset 0,0.8 font ",17"`,
    ];
}

export function plotCpu(measured) {
    const panels = Object.values(shownFigures(measured)).filter(({ plot }) => plot);
    const rows = Math.ceil(panels.length / columns);
    draw('compare-cpu', [1200, 60 + 380 * rows], [
        `set multiplot layout ${rows},${columns} title "CPU of the server, ` +
            'in user and kernel mode. Less is better" font ",20"',
        'unset key',
        'set boxwidth 0.7',
        'set style fill solid noborder',
        'set border 3 linecolor rgb "#333333"',
        'set tics nomirror',
        'set grid ytics linecolor rgb "#dddddd"',
        ...panels.flatMap(panel),
        'unset multiplot',
    ]);
}

// --- latency by percentile ---

const medianOf = (rounds, name) => spreadOf(rounds.map((values) => values[name])).median;

export function plotLatency({ latency }) {
    const shown = ['reference', 'cresset'];
    const marks = { reference: 7, cresset: 5 }; // a disc and a square
    const points = percentiles.map((name) =>
        shown.map((server) => medianOf(latency[server], name)),
    );
    const pointsOf = (server) => points.map((values, x) => `${x} ${values[shown.indexOf(server)]}`);
    // Labels keep out of each other's way: the higher one stands above its point.
    const labels = (choose) =>
        points.map((values, x) => `${x} ${choose(...values)} "${numberText(choose(...values))}"`);
    const curves = shown.map(
        (server) =>
            `$${server} using 1:2 with linespoints linecolor rgb "${colours[server]}" linewidth 3 ` +
            `pointtype ${marks[server]} pointsize 1.1 title "${labelOf(server)}"`,
    );
    const labelled = (name, offset) =>
        `$${name} using 1:2:3 with labels offset 0,${offset} font ",16" notitle`;
    draw('compare-latency', [1000, 560], [
        ...shown.flatMap((server) => block(server, pointsOf(server))),
        ...block('higher', labels(Math.max)),
        ...block('lower', labels(Math.min)),
        'set title "100 messages a second to 1,000 clients: from publish to receive. ' +
            'Less is better" font ",20"',
        'set xlabel "percentile of deliveries"',
        'set ylabel "milliseconds, logarithmic"',
        'set logscale y',
        `set xtics (${percentiles.map((name, x) => `"${name}" ${x}`).join(', ')})`,
        `set xrange [-0.4:${percentiles.length - 0.6}]`,
        'set offsets 0, 0, graph 0.12, graph 0.12',
        'set key top left',
        'set border 3 linecolor rgb "#333333"',
        'set tics nomirror',
        'set grid ytics linecolor rgb "#dddddd"',
        `plot ${[...curves, labelled('higher', 1.1), labelled('lower', -1.1)].join(', ')}`,
    ]);
}

// Measures the reference, Cresset and the floor, several times over, and prints a table. Exit
// status 1 if anything was lost; a figure over its bound is only marked.
//
//   node run.mjs [--write] ROUNDS [FIGURE...]
//
// --write keeps the results, and puts them into the documentation.

import { loadText } from '../support/table.mjs';
import { alone } from './cores.mjs';
import { writeDocuments } from './documents.mjs';
import { stages } from './figures.mjs';
import { keepResults } from './kept.mjs';
import { describeMachine } from './machine.mjs';
import { measureOthers } from './others.mjs';
import { printFigures } from './table.mjs';

const say = (text) => process.stderr.write(`compare: ${text}\n`);

function end(error) {
    say(error.stack);
    process.exit(1);
}
process.on('uncaughtException', end);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const words = process.argv.slice(2);
const write = words[0] === '--write';
if (write) words.shift();
const [rounds, ...asked] = words;

const known = stages.flatMap(({ figures }) => Object.keys(figures));
const unknown = asked.find((name) => !known.includes(name));
if (unknown !== undefined) {
    say(`no figure '${unknown}'; there are ${known.join(' ')}`);
    process.exit(2);
}
if (write && asked.length > 0) {
    say('--write is for all figures: leave their names out');
    process.exit(2);
}
const isAsked = (name) => asked.length === 0 || asked.includes(name);

const measured = {}; // by figure and server, the values of each round

async function measureStage({ servers, figures }, round) {
    const chosen = Object.entries(figures).filter(([name]) => isAsked(name));
    if (chosen.length === 0) return;
    for (const [serverName, start] of Object.entries(servers)) {
        const server = await start();
        for (const [name, { measure }] of chosen) {
            say(`round ${round} of ${rounds}, load ${loadText()}: ${name}, ${serverName}`);
            measured[name] ??= {};
            (measured[name][serverName] ??= []).push(await measure(server));
        }
        await server.stop();
    }
}

if (!alone)
    say('this machine has one core: servers and clients share it, and times say little');
const begun = { taken: new Date().toISOString(), machine: describeMachine() };
const others = [];
for (let round = 1; round <= Number(rounds); ++round) {
    others.push(await measureOthers());
    for (const stage of stages) await measureStage(stage, round);
}

const results = { ...begun, rounds: Number(rounds), others, figures: measured };
printFigures(results);
if (write) {
    keepResults(results);
    writeDocuments(results);
}
process.exit(0);

// All scenarios of scenarios/*.mjs. A file exports its `theme`, and a default function that is given
// scenario(title, [options,] play):
//   options.server  the options of the server (README.md); equal ones share a process
//   options.alone   a process of its own, for what ends it or takes long
//   play(s)         the script, on the stage s (stage.mjs)

import { readdirSync } from 'node:fs';

const FOLDER = new URL('../scenarios/', import.meta.url);

const SERVER_DEFAULTS = {
  withValidateRoom: true, withMessageHandler: true, withHandshake: false, withTransformer: false,
  withEcdh: false,
};

export async function loadScenarios() {
  const scenarios = [];
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.mjs')).sort()) {
    const { theme, default: tell } = await import(new URL(file, FOLDER));
    tell((title, ...rest) => {
      const play = rest.pop();
      const { server = {}, alone = false } = rest[0] ?? {};
      scenarios.push({ name: `${theme}: ${title}`, server: { ...SERVER_DEFAULTS, ...server }, alone, play });
    });
  }
  const names = scenarios.map(({ name }) => name);
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  if (twice.length > 0) throw new Error(`two scenarios of one name: ${twice.join('; ')}`);
  return scenarios;
}

// Those that share a server: [{name, server, alone, scenarios}], those with a server of their own,
// which take longest, first.
export function groupsOf(scenarios) {
  const groups = new Map();
  for (const scenario of scenarios) {
    const key = scenario.alone ? scenario.name : JSON.stringify(scenario.server);
    const group = groups.get(key) ?? { server: scenario.server, alone: scenario.alone, scenarios: [] };
    group.scenarios.push(scenario);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map((group) => ({ ...group, name: groupName(group) }))
    .sort((a, b) => Number(b.alone) - Number(a.alone));
}

function groupName({ server, alone }) {
  if (alone) return 'a server of its own';
  const special = Object.entries(server).filter(([name, value]) => SERVER_DEFAULTS[name] !== value);
  return special.length === 0 ? 'with the defaults' : JSON.stringify(Object.fromEntries(special));
}

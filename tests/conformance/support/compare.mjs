// Transcripts side by side, and the differences that are meant (differences.mjs).

import { differences } from '../differences.mjs';

export function differencesOf(name) {
  return differences.filter(({ scenario }) => scenario === name);
}

// What is wrong with the list itself, given all scenarios' names.
export function strayDifferences(names) {
  return differences.map(({ scenario }) => scenario).filter((name) => !names.includes(name));
}

function indexOfLines(lines, wanted, from) {
  for (let at = from; at + wanted.length <= lines.length; at += 1) {
    if (wanted.every((line, i) => lines[at + i] === line)) return at;
  }
  return -1;
}

// The lines of `side` that the list says stand in the transcript, replaced by those of `other`:
// {lines, missing}. Each hunk is looked for behind the one before it.
export function translated(name, lines, side, other) {
  const result = [...lines];
  const missing = [];
  let from = 0;
  for (const { number, hunks } of differencesOf(name)) {
    for (const hunk of hunks) {
      const at = indexOfLines(result, hunk[side], from);
      if (at < 0) {
        missing.push(`difference ${number} says that the ${side} does this:\n  ${hunk[side].join('\n  ')}`);
        continue;
      }
      result.splice(at, hunk[side].length, ...hunk[other]);
      from = at + hunk[other].length;
    }
  }
  return { lines: result, missing };
}

// Lines marked with " ", "-" (only expected) and "+" (only seen); null if they are equal.
export function diff(expected, seen) {
  if (expected.length === seen.length && expected.every((line, i) => line === seen[i])) return null;
  const common = Array.from({ length: expected.length + 1 }, () => new Uint32Array(seen.length + 1));
  for (let i = expected.length - 1; i >= 0; i -= 1) {
    for (let j = seen.length - 1; j >= 0; j -= 1) {
      common[i][j] = expected[i] === seen[j]
        ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < expected.length || j < seen.length) {
    if (i < expected.length && j < seen.length && expected[i] === seen[j]) {
      lines.push(`  ${expected[i]}`); i += 1; j += 1;
    } else if (i < expected.length && (j === seen.length || common[i + 1][j] >= common[i][j + 1])) {
      lines.push(`- ${expected[i]}`); i += 1;
    } else {
      lines.push(`+ ${seen[j]}`); j += 1;
    }
  }
  return lines.join('\n');
}

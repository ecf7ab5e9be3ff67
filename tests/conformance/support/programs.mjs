// The processes of a run: the program under test, and the reference on Bun.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Program } from '../../support/program.mjs';

const HERE = fileURLToPath(new URL('..', import.meta.url));

export const REFERENCE_PROGRAM = join(HERE, 'reference_server.ts');
export const REFERENCE_EMITTER = join(HERE, 'reference_emitter.ts');
export const CRESSET_PROGRAM =
  process.env.CRESSET_CONFORMANCE_PROGRAM ?? join(HERE, '../../build/dev/bin/conformance_server');

// npm unpacks the binaries of this platform beside the package `bun`, whose install script would
// only move one of them. The first that runs is the one.
function findBun() {
  const modules = join(HERE, 'node_modules');
  const oven = join(modules, '@oven');
  const siblings = existsSync(oven) ? readdirSync(oven).sort() : [];
  const candidates = [
    ...siblings.map((name) => join(oven, name, 'bin/bun')),
    join(modules, 'bun/bin/bun.exe'),
  ];
  const found = candidates
    .filter(existsSync)
    .find((path) => spawnSync(path, ['--version']).status === 0);
  if (!found) throw new Error(`no bun in ${modules}: run npm ci in ${HERE}`);
  return found;
}

let bun;

// What to run for it.
export function referenceCommand(program, options) {
  bun ??= findBun();
  return {
    command: bun,
    args: [program, JSON.stringify(options)],
    // Its logger writes files too, into its working directory.
    env: { APP_ENV_LOGGER_FOLDER_PATH: './', NODE_ENV: 'production', DO_NOT_TRACK: '1' },
  };
}

export function startReference(program, options) {
  const { command, args, env } = referenceCommand(program, options);
  return new Program(command, args, env);
}

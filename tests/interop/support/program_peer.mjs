// A peer that is a program: it is asked by a line of JSON, and answers by one.

import { fileURLToPath } from 'node:url';

import { Program } from '../../support/program.mjs';
import { within } from '../../support/wait.mjs';

const TESTS = new URL('../../', import.meta.url);
const BIN_DIR = process.env.CRESSET_BIN_DIR ?? fileURLToPath(new URL('../build/dev/bin', TESTS));
const PATIENCE_MS = 45_000;

export class ProgramPeer {
  #program;

  constructor(t, program) {
    this.#program = program;
    t.after(() => program.stop());
  }

  // One of ours, by its target's name.
  static start(t, name) {
    return new ProgramPeer(t, new Program(`${BIN_DIR}/${name}`, []));
  }

  ask(asked) {
    const answered = new Promise((resolve, reject) => {
      this.#program.onLine = (line) => resolve(JSON.parse(line));
      this.#program.ended.then(() => reject(new Error(`it ended: ${this.#program.lastWords}`)));
    });
    this.#program.child.stdin.write(`${JSON.stringify(asked)}\n`);
    return within(answered, `the answer to ${JSON.stringify(asked).slice(0, 100)}`, PATIENCE_MS);
  }
}

// The clock of the machine is set, back and forward, by libfaketime: no deadline is by it, and
// nobody is dropped.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { newFolder } from '../support/program.mjs';
import { endures } from './support/endures.mjs';
import { strangers, upgraded } from './support/strangers.mjs';

const LIBRARY = readdirSync('/usr/lib')
  .map((name) => `/usr/lib/${name}/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));

const skip = !LIBRARY && 'there is no libfaketime (Debian: faketime)';

class Clock {
  #file = join(newFolder(), 'clock');

  constructor() {
    this.set('+0');
  }

  get env() {
    return {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1', // as the kernel's is not, when somebody sets the time
    };
  }

  // As libfaketime has it: '-1d'. It is read at each look, and so is put there whole.
  set(offset) {
    writeFileSync(`${this.#file}.new`, `${offset}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}

const SETTINGS = ['+1h', '-1h', '-1d', '+400d', '+0'];

test('the clock is set while clients talk', { skip }, async (t) => {
  const clock = new Clock();
  const server = await startServer(t, OPEN_ROOMS, { env: clock.env });
  await endures(t, server, async (talk) => {
    for (const offset of SETTINGS) {
      clock.set(offset);
      const client = await server.client();
      const skew = new Date(client.connected.time) - Date.now();
      t.diagnostic(`${offset}: the server is ${Math.round(skew / 60_000)} minutes ahead`);
      assert.equal(offset === '+0', Math.abs(skew) < 60_000, 'it sees the clock that was set');
      await client.close(1000);
      await talk.flows();
    }
  });
});

// One that was connected before the clock was set, beside one that comes after: each has its time.
for (const offset of ['+1h', '-1h']) {
  test(`deadlines are what they were when the clock is set ${offset}`, { skip }, async (t) => {
    const clock = new Clock();
    const server = await startServer(t, [...OPEN_ROOMS, '--auth-timeout', '2s', '--threads', '1'],
      { env: clock.env });
    await endures(t, server, async (talk) => {
      const begun = performance.now();
      const [before] = await strangers(server, 1, upgraded);
      clock.set(offset);
      await talk.flows();
      const [after] = await strangers(server, 1, upgraded);
      assert.ok(!before.ended, 'not before its time');
      assert.equal((await before.closeFrame()).code, 4001);
      assert.ok(performance.now() - begun >= 1_900, 'not before its time');
      assert.equal((await after.closeFrame()).code, 4001);
      for (const raw of [before, after]) raw.socket.destroy();
    });
  });
}

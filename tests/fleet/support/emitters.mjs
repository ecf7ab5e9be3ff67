// Emitters: processes that serve nobody and send to clients of the fleet.
//
// A message is {to, target?, event, data?, exclude?}; `to` is "client", "user", "room" or
// "broadcast".

import assert from 'node:assert/strict';

import { REFERENCE_EMITTER } from '../../conformance/support/programs.mjs';
import { Server } from '../../conformance/support/server.mjs';
import { atEnd } from '../../integration/support/at_end.mjs';
import { within } from '../../integration/support/wait.mjs';
import { Program } from '../../support/program.mjs';
import { ALL_REFERENCE, BIN_DIR, cressetRedisFlags, referenceRedisOptions } from './nodes.mjs';

export class ReferenceEmitter {
  name = 'emitter of the reference';

  static async start(t, redis) {
    const server = await Server.start('reference', REFERENCE_EMITTER, referenceRedisOptions(redis));
    atEnd(t, async () => assert.equal(await server.stop(), null));
    return new ReferenceEmitter(server);
  }

  constructor(server) {
    this.server = server;
  }

  async send(messages) {
    for (const { to, target, event, data, exclude } of messages) {
      await this.server.call(...this.#callOf(to, target, { event, data, exclude }));
    }
  }

  #callOf(to, target, rest) {
    switch (to) {
      case 'client':
        return ['toClient', { clientId: target, ...rest }];
      case 'user':
        return ['toUser', { userId: target, ...rest }];
      case 'room':
        return ['toRoom', { room: target, ...rest }];
      default:
        return ['broadcast', rest];
    }
  }
}

export async function runEmit(redis, args, input = '') {
  const program = new Program(`${BIN_DIR}/cresset`, ['emit', ...cressetRedisFlags(redis), ...args]);
  program.child.stdin.end(input);
  const status = await within(program.ended, 'the end of cresset emit');
  return { status, stdout: program.stdout, stderr: program.stderr };
}

export class CressetEmitter {
  name = 'cresset emit';

  constructor(redis) {
    this.redis = redis;
  }

  // One process for each row of messages that differ in their data alone.
  async send(messages) {
    for (let i = 0; i < messages.length;) {
      const { to, target, event, data, exclude } = messages[i];
      let end = i + 1;
      while (end < messages.length && differInDataAlone(messages[i], messages[end])) end += 1;
      const args = [
        ...destination(to, target),
        ...(exclude ?? []).flatMap((id) => ['--exclude', id]),
        event,
      ];
      const lines = messages.slice(i, end).map((message) => `${JSON.stringify(message.data)}\n`);
      if (end > i + 1) await this.#run([...args, '-'], lines.join(''));
      else await this.#run(data === undefined ? args : [...args, JSON.stringify(data)]);
      i = end;
    }
  }

  async #run(args, input) {
    const { status, stderr } = await runEmit(this.redis, args, input);
    assert.equal(status, 0, `cresset emit ${args.join(' ')}: ${stderr}`);
  }
}

function destination(to, target) {
  return to === 'broadcast' ? ['--broadcast'] : [`--${to}`, target];
}

function differInDataAlone({ data, ...a }, { data: otherData, ...b }) {
  return data !== undefined && otherData !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

// Both, or the reference's alone.
export async function startEmitters(t, redis) {
  const reference = await ReferenceEmitter.start(t, redis);
  return ALL_REFERENCE ? [reference] : [reference, new CressetEmitter(redis)];
}

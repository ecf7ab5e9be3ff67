// The reference's emitter, IGNIS' WebSocketEmitter, behind lines of stdin as in the contract of
// README.md: {"id":1,"call":"toRoom","args":{...}}. Run by bun:
//   bun reference_emitter.ts '{"redis":"redis://127.0.0.1:6379"}'

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { connectTo } from './support/reference_redis.ts';

// As in reference_server.ts.
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
console.log = console.info = console.debug = console.error;
const { WebSocketEmitter } = await import('@venizia/ignis-helpers');

type Json = any;

const options = JSON.parse(process.argv[2] ?? '{}');
const redisConnection = await connectTo(options.redis, options.redisTls);
const emitter: Json = new WebSocketEmitter({ identifier: 'emitter', redisConnection });
await emitter.configure();

const CALLS = ['toClient', 'toUser', 'toRoom', 'broadcast', 'shutdown'];

function writeLine(said: Json) {
  writeSync(1, `${JSON.stringify(said)}\n`);
}

async function run(line: string) {
  const { id, call, args = {} } = JSON.parse(line);
  try {
    if (!CALLS.includes(call)) throw new Error(`no call ${call}`);
    await emitter[call](args);
    writeLine({ id, done: true, result: null });
  } catch (error) {
    writeLine({ id, done: true, result: null, error: String(error) });
  }
}

let queue = Promise.resolve();
createInterface({ input: process.stdin })
  .on('line', (line) => { queue = queue.then(() => run(line)); })
  .on('close', () => process.exit(0));

writeSync(1, 'READY {}\n');

// The reference's ECDH class behind the lines of tests/interop/README.md. Run by bun.

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

// As in reference_server.ts.
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
console.log = console.info = console.debug = console.error;
const { ECDH } = await import('@venizia/ignis-helpers');

type Json = any;

let ecdh: Json;
let keyPair: Json;
let secret: Json;

const COMMANDS: Record<string, (asked: Json) => Promise<Json>> = {
  async pair({ info }) {
    ecdh = ECDH.withAlgorithm(info === undefined ? undefined : { hkdfInfo: info });
    const made = await ecdh.generateKeyPair();
    keyPair = made.keyPair;
    return { publicKey: made.publicKeyB64 };
  },
  async derive({ publicKey, salt }) {
    const peerPublicKey = await ecdh.importPublicKey({ rawKeyB64: publicKey });
    const { privateKey } = keyPair;
    const derived = await ecdh.deriveAESKey({ privateKey, peerPublicKey, salt });
    secret = derived.key;
    return { salt: derived.salt };
  },
  async encrypt({ message, additionalData }) {
    return ecdh.encrypt({ message, secret, opts: { additionalData } });
  },
  async decrypt({ iv, ct, additionalData }) {
    const message = await ecdh.decrypt({ message: { iv, ct }, secret, opts: { additionalData } });
    return { message };
  },
};

async function answer(line: string) {
  const { do: command, ...asked } = JSON.parse(line);
  const said = await COMMANDS[command](asked).catch((error: Json) => ({ error: String(error) }));
  writeSync(1, `${JSON.stringify(said)}\n`);
}

let queue = Promise.resolve();
createInterface({ input: process.stdin })
  .on('line', (line) => { queue = queue.then(() => answer(line)); })
  .on('close', () => queue.then(() => process.exit(0)));

// The reference with encryption as its documentation has it ("Enforced Encryption"): keys in a map
// by client, a handshakeFn and an outboundTransformer. But `connected` stays plain, as no client
// could read it before it knows the salt that is in it. Run by bun, and ends with its stdin:
//   bun reference_server.ts '{"redis":"redis://127.0.0.1:6379", ...}'

import { writeSync } from 'node:fs';

import { connectTo } from '../../tests/conformance/support/reference_redis.ts';

type Json = any;

// stdout belongs to the line that says it is ready; the helper's logger, which writes there, goes
// to stderr. It takes hold of console when it is loaded, so this comes first.
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
console.log = console.info = console.debug = console.error;
const conformance = new URL('../../tests/conformance', import.meta.url).pathname;
const helpers = Bun.resolveSync('@venizia/ignis-helpers', conformance);
const { applicationLogger, ECDH, WebSocketServerHelper } = await import(helpers);

const { redis, heartbeatTimeout, sendPings, silent = false } = JSON.parse(process.argv[2] ?? '{}');
applicationLogger.silent = silent;

const ecdh = ECDH.withAlgorithm();
const serverKeyPair = await ecdh.generateKeyPair();
const clientKeys = new Map<string, CryptoKey>();

async function handshake({ clientId, data }: Json) {
  const clientPubKeyB64 = data.publicKey as string;
  if (!clientPubKeyB64) return null;
  const peerPublicKey = await ecdh.importPublicKey({ rawKeyB64: clientPubKeyB64 });
  const { privateKey } = serverKeyPair.keyPair;
  const { key, salt } = await ecdh.deriveAESKey({ privateKey, peerPublicKey });
  clientKeys.set(clientId, key);
  return { serverPublicKey: serverKeyPair.publicKeyB64, salt };
}

async function transformer({ client, event, data }: Json) {
  if (!client.encrypted || event === 'connected') return null;
  const secret = clientKeys.get(client.id);
  if (!secret) return null;
  const encrypted = await ecdh.encrypt({ message: JSON.stringify({ event, data }), secret });
  return { event: 'encrypted', data: encrypted };
}

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () => new Response('', { status: 503 }),
  websocket: { message() {} },
});

const helper: Json = new WebSocketServerHelper({
  identifier: 'bench',
  server: server as Json,
  redisConnection: await connectTo(redis),
  heartbeatTimeout,
  serverOptions: { sendPings },
  requireEncryption: true,
  authenticateFn: () => ({}),
  validateRoomFn: ({ rooms }: Json) => rooms.filter((room: string) => room.startsWith('public-')),
  handshakeFn: handshake,
  outboundTransformer: transformer,
  clientDisconnectedFn: ({ clientId }: Json) => clientKeys.delete(clientId),
});
await helper.configure();

server.reload({
  fetch: (request: Request) => {
    const data = { clientId: crypto.randomUUID() };
    if (server.upgrade(request, { data } as Json)) return undefined;
    return new Response('', { status: 426 });
  },
  websocket: helper.getBunWebSocketHandler(),
} as Json);

process.stdin.resume().on('close', async () => {
  await helper.shutdown();
  server.stop(true);
  process.exit(0);
});

writeSync(1, `READY ${JSON.stringify({ port: server.port })}\n`);

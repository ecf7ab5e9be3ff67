// The reference, IGNIS' WebSocketServerHelper, behind the contract of README.md. Run by bun:
//   bun reference_server.ts '{"redis":"redis://127.0.0.1:6379", ...}'

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { connectTo } from './support/reference_redis.ts';

// stdout belongs to the contract; the helper's logger, which writes there, goes to stderr. It takes
// hold of console when it is loaded, so this comes first and the import is a dynamic one.
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
console.log = console.info = console.debug = console.error;
const { ECDH, WebSocketServerHelper } = await import('@venizia/ignis-helpers');

type Json = any;

const options = JSON.parse(process.argv[2] ?? '{}');

function writeLine(text: string) {
  writeSync(1, `${text}\n`);
}

function report(callback: string, details: Json) {
  writeLine(JSON.stringify({ callback, ...details }));
}

// --- what is answered later: by resolveLate ---

const pending = new Map<string, (answer: string) => void>();

function held(key: string): Promise<string> {
  return new Promise((resolve) => pending.set(key, resolve));
}

// --- the handlers, which do what the client asks for ---

const IDENTITY_MODES: Record<string, (who: Json) => Json> = {
  accept: (who) => who,
  reject: () => null,
  rejectFalse: () => false,
  throw: () => { throw new Error('the authenticate handler throws'); },
  never: () => new Promise(() => {}),
};

function authenticate(data: Json) {
  const { mode = 'accept', key, userId, metadata } = data;
  const who = { userId, metadata };
  const answer = mode === 'late' ? held(key) : null;
  report('authenticate', { data });
  if (answer) return answer.then((late) => IDENTITY_MODES[late](who));
  return IDENTITY_MODES[mode](who);
}

const HANDSHAKE_MODES: Record<string, () => Json> = {
  accept: () => ({ serverPublicKey: 'spk', salt: 'salt' }),
  reject: () => null,
  rejectFalse: () => false,
  throw: () => { throw new Error('the handshake handler throws'); },
  never: () => new Promise(() => {}),
};

function handshake({ clientId, userId, data }: Json) {
  const { handshake: mode = 'reject', handshakeKey } = data;
  const answer = mode === 'late' ? held(handshakeKey) : null;
  report('handshake', { client: clientId, userId, data });
  if (answer) return answer.then((late) => HANDSHAKE_MODES[late]());
  return HANDSHAKE_MODES[mode]();
}

function allowedOf(rooms: string[]) {
  const allowed = rooms.filter((room) => /^(public-|late-|more-)/.test(room));
  if (rooms.some((room) => room.startsWith('more-'))) allowed.push('extra');
  return allowed;
}

function validateRoom({ clientId, userId, rooms }: Json) {
  const key = rooms.find((room: string) => room.startsWith('late-'));
  const answer = key === undefined ? null : held(key);
  report('validateRoom', { client: clientId, userId, rooms });
  if (rooms.some((room: string) => room.startsWith('throw-'))) {
    throw new Error('the validateRoom handler throws');
  }
  if (!answer) return allowedOf(rooms);
  return answer.then((late) => {
    if (late === 'throw') throw new Error('the validateRoom handler throws late');
    return late === 'accept' ? allowedOf(rooms) : [];
  });
}

function clientConnected({ clientId, userId, metadata }: Json) {
  report('clientConnected', { client: clientId, userId, metadata });
  if (metadata?.greet) {
    const event = 'greeting';
    helper.sendToClient({ clientId, event, data: { by: 'client' } });
    helper.sendToRoom({ room: clientId, event, data: { by: 'room' } });
    if (userId) helper.sendToUser({ userId, event, data: { by: 'user' } });
    helper.broadcast({ event, data: { by: 'broadcast' } });
  }
  if (metadata?.throwOnConnected) throw new Error('the clientConnected handler throws');
}

function clientDisconnected({ clientId, userId }: Json) {
  clientKeys.delete(clientId);
  report('clientDisconnected', { client: clientId, userId });
  if (userId?.startsWith('throw-')) throw new Error('the clientDisconnected handler throws');
}

// The four ways to send, in turn: what one sender sends keeps its order across them.
function burst({ clientId, userId, data: { room, count } }: Json) {
  const event = 'burst';
  for (let n = 0; n < count; n += 4) {
    helper.sendToClient({ clientId, event, data: { n, by: 'client' } });
    helper.sendToUser({ userId, event, data: { n: n + 1, by: 'user' } });
    helper.sendToRoom({ room, event, data: { n: n + 2, by: 'room' } });
    helper.broadcast({ event, data: { n: n + 3, by: 'broadcast' } });
  }
}

function messageHandler({ clientId, userId, message }: Json) {
  const { event, data, id } = message;
  const answer = event === 'echo-late' ? held(data.key) : null;
  const messageId = typeof id === 'string' ? id : undefined;
  report('message', { client: clientId, userId, event, data, messageId });
  switch (event) {
    case 'echo':
      helper.sendToClient({ clientId, event: 'echoed', data });
      return;
    case 'echo-late':
      return answer!.then((late) => {
        if (late === 'throw') throw new Error('the message handler throws late');
        if (late === 'accept') helper.sendToClient({ clientId, event: 'echoed', data });
      });
    case 'burst':
      return burst({ clientId, userId, data });
    case 'enable-encryption':
      helper.enableClientEncryption({ clientId });
      helper.sendToClient({ clientId, event: 'encryption-enabled', data: {} });
      return;
    case 'throw':
      throw new Error('the message handler throws');
  }
}

function wrapped(event: string, data: Json) {
  const ct = Buffer.from(JSON.stringify({ event, data })).toString('base64');
  return { event: 'encrypted', data: { iv: 'x', ct } };
}

async function transformer({ event, data }: Json) {
  if (event === 'plain-please') return null;
  if (event === 'transform-throw') throw new Error('the transformer throws');
  if (event === 'transform-late') await held(data.key);
  return wrapped(event, data);
}

// --- encryption, as the reference's documentation shows it ---

const ecdh: Json = new ECDH();
const serverKeyPair = await ecdh.generateKeyPair();
const clientKeys = new Map<string, Json>();

async function ecdhHandshake({ clientId, data }: Json) {
  if (!data.publicKey) return null;
  try {
    const peerPublicKey = await ecdh.importPublicKey({ rawKeyB64: data.publicKey });
    const { privateKey } = serverKeyPair.keyPair;
    const { key, salt } = await ecdh.deriveAESKey({ privateKey, peerPublicKey });
    clientKeys.set(clientId, key);
    const keys = { serverPublicKey: serverKeyPair.publicKeyB64, salt };
    writeLine(JSON.stringify({ keys }));
    return keys;
  } catch {
    return null;
  }
}

async function ecdhTransformer({ client, event, data }: Json) {
  const secret = clientKeys.get(client.id);
  if (!secret) return null;
  const message = JSON.stringify({ event, data });
  return { event: 'encrypted', data: await ecdh.encrypt({ message, secret }) };
}

// --- the server ---

const redisConnection = await connectTo(options.redis, options.redisTls);

const given = (names: string[]) =>
  Object.fromEntries(names.filter((name) => name in options).map((name) => [name, options[name]]));

let fetchUpgrade: (request: Request) => Response | undefined = () => new Response('', { status: 503 });

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request) => fetchUpgrade(request),
  websocket: { message() {} },
});

const helper: Json = new WebSocketServerHelper({
  identifier: 'conformance',
  server: server as Json,
  redisConnection,
  ...given(['path', 'authTimeout', 'heartbeatInterval', 'heartbeatTimeout', 'defaultRooms',
    'requireEncryption', 'encryptedBatchLimit']),
  serverOptions: given(['maxPayloadLength', 'idleTimeout', 'sendPings']),
  authenticateFn: authenticate,
  clientConnectedFn: clientConnected,
  clientDisconnectedFn: clientDisconnected,
  ...((options.withValidateRoom ?? true) && { validateRoomFn: validateRoom }),
  ...((options.withMessageHandler ?? true) && { messageHandler }),
  ...((options.withHandshake ?? false) && { handshakeFn: handshake }),
  ...((options.withTransformer ?? false) && { outboundTransformer: transformer }),
  ...((options.withEcdh ?? false) && {
    handshakeFn: ecdhHandshake, outboundTransformer: ecdhTransformer,
  }),
});
await helper.configure();

fetchUpgrade = (request) => {
  if (new URL(request.url).pathname !== helper.getPath()) return new Response('', { status: 404 });
  const data = { clientId: crypto.randomUUID() };
  if (server.upgrade(request, { data } as Json)) return undefined;
  return new Response('', { status: 426 });
};
server.reload({
  fetch: (request: Request) => fetchUpgrade(request),
  websocket: helper.getBunWebSocketHandler(),
} as Json);

// --- the calls ---

function snapshot({ id, userId, metadata, state, encrypted, rooms }: Json) {
  return { id, userId, metadata, state, encrypted, rooms: [...rooms].sort() };
}

function snapshots(clients: Iterable<Json>) {
  return [...clients].map(snapshot).sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function shutdown() {
  await helper.shutdown();
  server.stop(true);
}

const CALLS: Record<string, (args: Json) => Json> = {
  sendToClient: (args) => helper.sendToClient(args),
  sendToUser: (args) => helper.sendToUser(args),
  sendToRoom: (args) => helper.sendToRoom(args),
  broadcast: (args) => helper.broadcast(args),
  send: ({ destination, topic, data }) => helper.send({ destination, payload: { topic, data } }),
  joinRoom: (args) => helper.joinRoom(args),
  leaveRoom: (args) => helper.leaveRoom(args),
  enableClientEncryption: (args) => helper.enableClientEncryption(args),
  getClients: ({ id }) => {
    if (id === undefined) return snapshots(helper.getClients().values());
    const client = helper.getClients({ id });
    return client ? [snapshot(client)] : [];
  },
  getClientsByUser: (args) => snapshots(helper.getClientsByUser(args)),
  getClientsByRoom: (args) => snapshots(helper.getClientsByRoom(args)),
  resolveLate: ({ key, answer = 'accept' }) => {
    const resolve = pending.get(key);
    pending.delete(key);
    resolve?.(answer);
    return resolve !== undefined;
  },
  shutdown,
};

async function run(line: string) {
  const { id, call, args = {} } = JSON.parse(line);
  let answer: Json;
  try {
    answer = { result: (await CALLS[call](args)) ?? null };
  } catch (error) {
    answer = { result: null, error: String(error) };
  }
  writeLine(JSON.stringify({ id, done: true, ...answer }));
  if (call === 'shutdown') process.exit(0);
}

// One call after another, each when the one before is done.
let queue = Promise.resolve();
createInterface({ input: process.stdin })
  .on('line', (line) => { queue = queue.then(() => run(line)); })
  .on('close', () => { queue.then(shutdown).finally(() => process.exit(0)); });

writeLine(`READY ${JSON.stringify({ port: server.port })}`);

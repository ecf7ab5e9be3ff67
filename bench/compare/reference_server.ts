// The reference behind the application that `cresset serve --join '*' --publish '*'` is: a message
// that a client publishes goes to the other members of the room, or to all of them. Each is sent by
// the helper's own call that is fastest for it; none of the log's lines that the helper writes for
// clients and messages costs it anything, as Cresset writes none. Run by bun, until SIGTERM:
//   bun reference_server.ts '{"redis":"redis://127.0.0.1:6379","publishToSelf":true}'

import { writeSync } from 'node:fs';

import { connectTo } from '../../tests/conformance/support/reference_redis.ts';

type Json = any;

// stdout belongs to the line that says it is ready; the helper's logger, which writes there, goes
// to stderr. It takes hold of console when it is loaded, so this comes first.
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
console.log = console.info = console.debug = console.error;
const conformance = new URL('../../tests/conformance', import.meta.url).pathname;
const helpers = Bun.resolveSync('@venizia/ignis-helpers', conformance);
const { applicationLogger, WebSocketServerHelper } = await import(helpers);
applicationLogger.silent = true;

const { redis, publishToSelf = false, tls } = JSON.parse(process.argv[2] ?? '{}');

// To a room without exclusion the helper sends by the server's own publish, which is its fast way.
function publish(clientId: string, { room, event, data }: Json) {
  if (room === clientId) helper.sendToClient({ clientId, event, data });
  else if (publishToSelf) helper.sendToRoom({ room, event, data });
  else helper.sendToRoom({ room, event, data, exclude: [clientId] });
}

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  ...(tls && { tls: { cert: Bun.file(tls.cert), key: Bun.file(tls.key) } }),
  fetch: () => new Response('', { status: 503 }),
  websocket: { message() {} },
});

const helper: Json = new WebSocketServerHelper({
  identifier: 'bench',
  server: server as Json,
  redisConnection: await connectTo(redis),
  heartbeatTimeout: 3_600_000,
  serverOptions: { sendPings: false },
  authenticateFn: ({ userId }: Json) => ({ userId }),
  validateRoomFn: ({ rooms }: Json) => rooms,
  messageHandler: ({ clientId, message }: Json) => {
    if (message.event === 'publish') publish(clientId, message.data);
  },
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

process.on('SIGTERM', async () => {
  await helper.shutdown();
  server.stop(true);
  process.exit(0);
});

writeSync(1, `READY ${JSON.stringify({ port: server.port })}\n`);

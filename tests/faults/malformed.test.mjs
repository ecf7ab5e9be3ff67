// Malformed inputs by the thousand: none ends the server, hinders others, or leaves anything behind.
// CRESSET_MALFORMED says how many of each kind, CRESSET_SEED which.

import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';

import { certificates } from '../integration/support/certificates.mjs';
import { Random } from '../integration/support/random.mjs';
import { OPEN_ROOMS, startServer } from '../integration/support/server.mjs';
import { within } from '../integration/support/wait.mjs';
import { endures } from './support/endures.mjs';
import { KINDS, PROXY_V1 } from './support/malformed.mjs';

const COUNT = Number(process.env.CRESSET_MALFORMED ?? 2000);
const SEED = Number(process.env.CRESSET_SEED ?? Date.now() % 2 ** 32);
const AT_ONCE = 400; // some end only by a deadline
// malloc keeps what so many unfinished handshakes took, 46 KiB each, however many there were.
const TLS_KEPT_MAX_BYTES = 2 * AT_ONCE * 46 * 1024;

// Sends all, and no more, so that the server ends it at the latest when it has read that.
async function say(port, bytes) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {}); // its close tells
  socket.resume().end(bytes);
  await within(once(socket, 'close'), 'the end of a connection');
}

// Honest clients come by way of the proxy too.
function behindProxy(server) {
  const createConnection = (options) => {
    const socket = connect(options.port, options.host);
    socket.write(PROXY_V1);
    return socket;
  };
  const direct = server.connect.bind(server);
  server.connect = (options) => direct({ createConnection, ...options });
}

for (const [kind, { makers, greeting, each = 1, flags = [], tls, proxied }] of Object.entries(KINDS)) {
  test(`${COUNT} malformed ${kind}`, async (t) => {
    t.diagnostic(`CRESSET_SEED=${SEED}`);
    const random = new Random(SEED);
    const server = await startServer(t, [...OPEN_ROOMS, '--handshake-timeout', '3s',
      ...flags, ...(tls ? certificates().flags : [])]);
    if (proxied) behindProxy(server);
    const begun = performance.now();
    const counted = await endures(t, server, async () => {
      let sent = 0;
      const send = async () => {
        while (sent < COUNT) {
          const some = Math.min(each, COUNT - sent);
          sent += some;
          const inputs = Array.from({ length: some }, () => Buffer.from(random.pick(makers)(random)));
          await say(server.port, Buffer.concat([...greeting, ...inputs]));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, send));
    }, tls ? { keptMaxBytes: TLS_KEPT_MAX_BYTES } : {});
    const { messages_received: messages, refused_proxies: proxies } = counted;
    t.diagnostic(`${Math.round(performance.now() - begun)} ms; messages received: ${messages}, `
      + `proxies refused: ${proxies}`);
  });
}

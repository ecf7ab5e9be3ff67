// A port for a server that has to be found again where it was, after it was away.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

// The kernel gives the ports from here on to whoever asks for any; one of those could be somebody
// else's by the time that the server comes back.
const EPHEMERAL = Number(
  readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split('\t')[0],
);
const LOWEST = 10_240;

async function isFree(port) {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}

// The UDP port of the same number, which nobody uses, tells other runs that it is taken, also while
// the server is away. It is held until the end of this process.
async function claim(port) {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port, address: '127.0.0.1', exclusive: true });
    await once(socket, 'listening');
  } catch {
    socket.close();
    return false;
  }
  socket.unref();
  return true;
}

export async function freePort() {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (EPHEMERAL - LOWEST));
    if ((await claim(port)) && (await isFree(port))) return port;
  }
}

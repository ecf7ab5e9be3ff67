// A port for a server that has to be found again where it was, after it was away.

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

export async function freePort() {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (EPHEMERAL - LOWEST));
    if (await isFree(port)) return port;
  }
}

// Redis as a fleet has it: real servers, on free ports, that end with their test. Those with
// Sentinels, and Clusters, have files of their own.

import { atEnd } from '../../integration/support/at_end.mjs';
import { RedisServer } from '../../support/redis_server.mjs';

// What all of them have: `url` for nodes, `flags` for Cresset, `tls` for the reference.

function endsWith(t, server) {
  atEnd(t, () => server.stop());
  return server;
}

// Lines of redis.conf; options of RedisServer.
export async function startRedis(t, lines = [], options = {}) {
  return endsWith(t, await RedisServer.start(lines, options));
}

// Nobody listens there before its begin().
export async function absentRedis(t, lines = [], options = {}) {
  return endsWith(t, await RedisServer.absent(lines, options));
}

// --- what Redis counts ---

// The number of a line "name:number" of INFO.
export async function infoNumber(redis, section, name) {
  const info = await redis.cli('info', section);
  return Number(info.match(new RegExp(`^${name}:(\\d+)`, 'm'))?.[1] ?? 0);
}

// How often a command was called since the start or CONFIG RESETSTAT.
export async function callsOf(redis, command) {
  const stats = await redis.cli('info', 'commandstats');
  return Number(stats.match(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm'))?.[1] ?? 0);
}

export async function subscribersOf(redis, channel) {
  return Number((await redis.cli('pubsub', 'numsub', channel)).split('\n')[1]);
}

// Ids of connections: type "normal" or "pubsub". The one that asks is normal too.
export async function connectionsOf(redis, type) {
  const list = await redis.cli('client', 'list', 'type', type);
  return [...list.matchAll(/^id=(\d+)/gm)].map(([, id]) => id);
}

// --- TLS ---

// `server` is a certificate; with `clientAuthority` clients have to show one of its.
export function startTlsRedis(t, authority, { server, clientAuthority }) {
  const own = authority.issue('redis-cli');
  const lines = (port) => [
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${server.cert}`,
    `tls-key-file ${server.key}`,
    `tls-ca-cert-file ${(clientAuthority ?? authority).cert}`,
    `tls-auth-clients ${clientAuthority ? 'yes' : 'no'}`,
  ];
  const cliOptions = ['--tls', '--insecure', '--cert', own.cert, '--key', own.key];
  return startRedis(t, lines, { scheme: 'rediss', cliOptions });
}

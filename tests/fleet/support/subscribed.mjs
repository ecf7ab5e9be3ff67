// A join is done before Redis knows of it. What is sent from elsewhere meanwhile may be missed, so
// tests of who hears what wait until Redis knows.

import { eventually } from '../../integration/support/wait.mjs';

const DEFAULT_ROOMS = ['ws-default', 'ws-notification'];

function channelsOf({ id, userId, rooms }) {
  const named = [...rooms, ...DEFAULT_ROOMS, id].map((room) => `room:${room}`);
  return [...named, `client:${id}`, ...(userId === undefined ? [] : [`user:${userId}`])];
}

// How many nodes have to subscribe to each channel, as lines of PUBSUB NUMSUB.
function wantedBy(clients, prefix) {
  const nodes = new Map();
  for (const client of clients.filter(({ node }) => node.subscribesExactly)) {
    for (const channel of channelsOf(client)) {
      nodes.set(channel, (nodes.get(channel) ?? new Set()).add(client.node));
    }
  }
  return new Map([...nodes].map(([channel, set]) => [prefix + channel, set.size]));
}

async function countsAt(server, channels) {
  const lines = (await server.cli('pubsub', 'numsub', ...channels).catch(() => '')).split('\n');
  return channels.map((_, i) => Number(lines[2 * i + 1] ?? 0));
}

// `redis` may be many servers, each of which knows its own subscribers.
export async function subscribed(redis, clients, prefix = 'ws:') {
  const wanted = wantedBy(clients, prefix);
  const channels = [...wanted.keys()];
  if (channels.length === 0) return;
  await eventually(async () => {
    const servers = redis.servers ?? [redis];
    const counts = await Promise.all(servers.map((server) => countsAt(server, channels)));
    return channels.every((channel, i) => {
      const sum = counts.reduce((all, here) => all + here[i], 0);
      return sum >= wanted.get(channel);
    });
  }, 'Redis knows what nodes want');
}

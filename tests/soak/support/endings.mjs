// What has to be true when the load is gone: nothing is left of anybody, and what nodes have
// counted agrees with what clients have seen.

import { eventually } from '../../integration/support/wait.mjs';

const MIB = 1024 * 1024;

// Over what an idle node had when it was new: pages that the allocator keeps.
export const RSS_MARGIN = 16 * MIB;

const GONE_MS = 60_000; // ends what hangs

async function demand(ledger, check, what) {
  try {
    await eventually(check, what, GONE_MS);
  } catch {
    ledger.fault(`it is not so that ${what}`);
  }
}

// Channels go after a linger, descriptors with their connections, memory now and then.
export async function expectNothingLeft(fleet) {
  const { ledger } = fleet;
  const noChannels = async () => (await fleet.channels()).length === 0;
  await demand(ledger, noChannels, 'nobody subscribes to channels of clients or rooms');
  for (const node of fleet.living) {
    const { idle } = node;
    await demand(
      ledger,
      () => node.usage.descriptors <= idle.descriptors,
      `${node.name} has no more descriptors than when it was new, ${idle.descriptors}`,
    );
    await demand(
      ledger,
      () => node.usage.rss <= idle.rss + RSS_MARGIN,
      `${node.name} has at most ${RSS_MARGIN / MIB} MiB more than when it was new`,
    );
    node.rest = node.usage;
  }
}

const NEVER = [
  'dropped_no_event',
  'dropped_undecryptable',
  'dropped_in_transit',
  'refused_joins',
  'refused_users',
  'refused_origins',
  'refused_proxies',
  'refused_connections',
  'refused_upgrades',
  'closed_for_memory',
];

// Of a node that has written what it counted: one that was not killed.
export function expectTotals({ ledger, junkSent }, node) {
  const { name, seen, stopped, leftRedis, bursts, outages } = node;
  const told = [...bursts.values()].reduce((sum, burst) => sum + burst.told, 0);
  const dropped = stopped.dropped_slow_client + stopped.dropped_oldest +
    stopped.dropped_superseded + stopped.dropped_queue_memory;
  const expect = (isSo, what) => {
    if (!isSo) ledger.fault(`what ${name} counted is not what was seen: ${what}`);
  };
  for (const counter of NEVER) expect(stopped[counter] === 0, `${counter} ${stopped[counter]}`);
  expect(
    seen.settled <= stopped.messages_received && stopped.messages_received <= seen.sent,
    `${stopped.messages_received} received, of ${seen.sent} sent and ${seen.settled} answered`,
  );
  expect(
    seen.heard <= stopped.messages_delivered,
    `${stopped.messages_delivered} delivered, ${seen.heard} heard`,
  );
  expect(told <= dropped, `${dropped} dropped for slow clients, who were told of ${told}`);
  expect(
    seen.closedOverRate <= stopped.closed_over_rate,
    `${stopped.closed_over_rate} closed over their rate, ${seen.closedOverRate} seen`,
  );
  expect(
    leftRedis.received_invalid <= junkSent,
    `${leftRedis.received_invalid} messages were none, of ${junkSent} that we sent`,
  );
  expect(
    leftRedis.outages === outages.length,
    `${leftRedis.outages} outages, ${outages.length} told`,
  );
}

// What happens to nodes and to Redis. One at a time: the next begins when all have recovered.

import { lasts } from '../../fleet/support/fleet.mjs';

const JUNK = [
  'no JSON',
  '{}',
  '[1, 2, 3]',
  '{"serverId":"emitter","type":"room","target":"public-0"}',
  '{"serverId":7,"type":"broadcast","event":"note","data":{}}',
];

// So many messages that nobody has asked for, or that are none.
function junk(chance, count) {
  return Array.from({ length: count }, (_, i) =>
    chance.oneIn(20)
      ? ['ws:broadcast', chance.pick(JUNK)]
      : [`ws:room:nobody-${i % 100}`, JSON.stringify({ serverId: 'emitter', type: 'room',
          target: `nobody-${i % 100}`, event: 'note', data: 'x'.repeat(200) })],
  );
}

async function freeze(what, ms) {
  what.freeze();
  await lasts(ms);
  what.thaw();
}

// By name; each gets the fleet and what chooses.
export const FLEET_FAULTS = {
  'a node is stopped (SIGSTOP)': ({ slots }, chance) =>
    freeze(chance.pick(slots).node, chance.between(1000, 3000)),

  'a node is killed and restarted': async ({ slots: [, south] }, chance) => {
    await south.kill();
    await lasts(chance.between(0, 2000));
    await south.start();
  },

  'a node restarts in good order': ({ slots: [, south] }) => south.restart(),

  'a node is taken over': ({ slots: [, south] }) => south.takeOver(),

  'Redis is stopped (SIGSTOP)': ({ redis }, chance) => freeze(redis, chance.between(500, 6000)),

  'Redis is killed and restarted': async ({ redis }, chance) => {
    await redis.kill9();
    await lasts(chance.between(0, 3000));
    await redis.begin();
  },

  'Redis restarts in good order': ({ redis }) => redis.restart(),

  'CLIENT KILL TYPE pubsub': ({ redis }) => redis.cli('client', 'kill', 'type', 'pubsub'),

  'CLIENT KILL TYPE normal': ({ redis }) => redis.cli('client', 'kill', 'type', 'normal'),

  'CLIENT PAUSE': async ({ redis }, chance) => {
    const ms = chance.between(500, 2000);
    await redis.cli('client', 'pause', `${ms}`, 'all');
    await lasts(ms);
  },

  'PUBSUB flood': (fleet, chance) => {
    const pairs = junk(chance, 5000);
    fleet.junkSent += pairs.filter(([channel]) => channel === 'ws:broadcast').length;
    return fleet.emitter.publish(pairs);
  },
};

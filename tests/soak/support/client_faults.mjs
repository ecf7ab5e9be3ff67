// What clients of the crowd do that they had better not, and strangers.

import { lasts } from '../../fleet/support/fleet.mjs';
import { STRANGERS } from './strangers.mjs';
import { padding } from './session.mjs';

const LARGE = padding(90_000); // encrypted, and so in base64, it is still under 128 KiB
const LARGE_MAX = 200; // more than the kernel's buffers and the queue hold, less than Redis keeps

function someone(fleet, chance) {
  const members = fleet.sessions.filter(({ node, isOpen }) => isOpen && !node.isEnding);
  const candidates = members.filter((session) => session.node.beacon !== session);
  return candidates.length > 0 ? chance.pick(candidates) : null;
}

// More than it reads, until its node says that it loses some. It may go before that.
async function overwhelm({ emitter }, session) {
  for (let sent = 0; sent < LARGE_MAX; sent += 5) {
    if (!session.isOpen || !emitter.isUp || session.listener.burst?.isOpen) return;
    for (let i = 0; i < 5 && emitter.isUp; i += 1) {
      emitter.send(`client:${session.id}`, { pad: LARGE });
    }
    await emitter.taken();
    await lasts(5);
  }
}

const OF_MEMBERS = {
  'clients are reset': async (fleet, chance) => {
    for (let i = chance.between(1, 8); i > 0; i -= 1) someone(fleet, chance)?.reset();
  },

  'a client stops reading': async (fleet, chance) => {
    const session = someone(fleet, chance);
    if (!session) return;
    session.pause();
    await overwhelm(fleet, session);
    await lasts(chance.between(0, 4000));
    session.resume();
  },

  'a client stops reading, and is reset': async (fleet, chance) => {
    const session = someone(fleet, chance);
    if (!session) return;
    session.pause();
    await overwhelm(fleet, session);
    session.reset();
  },

  'a client reads slowly': async (fleet, chance) => {
    const session = someone(fleet, chance);
    if (!session) return;
    for (let i = 0; i < 10 && session.isOpen; i += 1) {
      session.pause();
      for (let k = 0; k < 10 && fleet.emitter.isUp; k += 1) {
        fleet.emitter.send(`client:${session.id}`, { pad: LARGE });
      }
      await lasts(chance.between(100, 500));
      session.resume();
      await lasts(chance.between(20, 100));
    }
  },

  'large messages in a room': async (fleet, chance) => {
    const session = someone(fleet, chance);
    for (let i = 0; session?.isOpen && session.rooms.size > 0 && i < 10; i += 1) {
      session.publish(chance.pick([...session.rooms]), { pad: LARGE });
      await lasts(50);
    }
  },
};

// Strangers go on beside what comes next; whoever ends the run waits for them.
function ofStrangers(fleet, background) {
  return Object.entries(STRANGERS).map(([name, come]) => [
    name,
    (_, chance) => {
      const slot = chance.pick(fleet.slots);
      if (!slot.isOpen) return;
      const { node } = slot;
      const coming = come(slot).catch((error) => error.message);
      background.push(
        coming.then((wrong) => {
          if (wrong && !node.isEnding) fleet.ledger.fault(`${name} at ${node.name}: ${wrong}`);
        }),
      );
    },
  ]);
}

export function clientFaults(fleet, background) {
  return { ...OF_MEMBERS, ...Object.fromEntries(ofStrangers(fleet, background)) };
}

// All that is published on a Redis, by redis-cli; but for the probes, by which nodes of Cresset see
// whether what they say arrives.

import { atEnd } from '../../integration/support/at_end.mjs';
import { Inbox } from '../../integration/support/wait.mjs';
import { Supervised } from '../../support/program.mjs';

export class Spy {
  #inbox = new Inbox();

  static async start(t, redis, pattern = '*') {
    const program = new Supervised('redis-cli', ['-p', `${redis.port}`, 'psubscribe', pattern]);
    atEnd(t, () => program.stop());
    await program.line(/^psubscribe$/, 'redis-cli listens');
    return new Spy(program);
  }

  // Three lines say that it is subscribed; then four a message, if it has no line break.
  constructor(program) {
    const lines = [];
    program.onLine = (line) => {
      lines.push(line);
      const at = lines.indexOf('pmessage');
      if (at < 0 || lines.length < at + 4) return;
      const [, , channel, payload] = lines.slice(at);
      if (!channel.includes(':probe:')) this.#inbox.push({ channel, payload });
      lines.splice(0);
    };
  }

  // {channel, payload}
  next() {
    return this.#inbox.next('something published');
  }
}

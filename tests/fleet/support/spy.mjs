// All that is published on a Redis, by redis-cli.

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
      this.#inbox.push({ channel: lines[at + 2], payload: lines[at + 3] });
      lines.splice(0);
    };
  }

  // {channel, payload}
  next() {
    return this.#inbox.next('something published');
  }
}

// Between nodes and Redis: connections that stay open and carry nothing any more, as when a
// firewall forgets them.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

import { atEnd } from '../../integration/support/at_end.mjs';

export class Proxy {
  #flows = new Set();
  #delayMs = 0;

  static async start(t, redis) {
    const proxy = new Proxy(redis);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    atEnd(t, () => proxy.#stop());
    proxy.url = `redis://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  constructor(redis) {
    this.server = createServer((near) => this.#flow(near, connect(redis.port, '127.0.0.1')));
  }

  // What nodes say takes that long from now on.
  slow(ms) {
    this.#delayMs = ms;
  }

  #pass(far, bytes) {
    if (this.#delayMs === 0) far.write(bytes);
    else setTimeout(() => far.write(bytes), this.#delayMs);
  }

  #flow(near, far) {
    const flow = { near, far, hung: false, subscribes: false };
    this.#flows.add(flow);
    near.on('data', (bytes) => {
      flow.subscribes ||= /subscribe/i.test(bytes.toString('latin1'));
      if (!flow.hung) this.#pass(far, bytes);
    });
    far.on('data', (bytes) => {
      if (!flow.hung) near.write(bytes);
    });
    for (const [side, other] of [
      [near, far],
      [far, near],
    ]) {
      side.on('error', () => {});
      side.on('close', () => {
        if (!flow.hung) other.destroy();
      });
    }
  }

  // Those that are there, or some of them; new ones work. Returns when.
  hang(which = () => true) {
    for (const flow of this.#open(which)) flow.hung = true;
    return performance.now();
  }

  // Says something to nodes that Redis has not said.
  say(bytes, which = () => true) {
    for (const { near } of this.#open(which)) near.write(bytes);
    return performance.now();
  }

  #open(which) {
    const open = [...this.#flows].filter(
      (flow) => !flow.near.destroyed && !flow.hung && which(flow),
    );
    if (open.length === 0) throw new Error('no such connection');
    return open;
  }

  async #stop() {
    for (const { near, far } of this.#flows) {
      near.destroy();
      far.destroy();
    }
    this.server.close();
    await once(this.server, 'close');
  }
}

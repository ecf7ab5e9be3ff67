// A client that wants to be connected all of the time: when it is closed it comes back at once, to
// the next of the URLs.

import { Client } from './client.mjs';

export class Faithful {
  failures = []; // to connect
  gaps = []; // milliseconds without a connection
  connections = 0;
  #over = false;

  // Options are those of ws; `onConnected` is called with each new connection.
  constructor(urls, options, onConnected = () => {}) {
    this.urls = urls;
    this.options = options;
    this.onConnected = onConnected;
  }

  // Until it is ended.
  async run() {
    let lost;
    for (let i = 0; !this.#over; ++i) {
      this.client = new Client(this.urls[i % this.urls.length], this.options);
      try {
        await this.client.opened();
        await this.client.authenticate({});
        ++this.connections;
        if (this.connections > 1) this.gaps.push(performance.now() - lost);
        this.onConnected(this.client);
        await this.client.closed();
        lost = performance.now();
      } catch (error) {
        if (!this.#over) this.failures.push(error.message);
      }
    }
  }

  end() {
    this.#over = true;
    return this.client.terminate();
  }
}

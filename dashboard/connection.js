// One conversation with the server, and another one when it breaks. Speaks PROTOCOL.md section 1:
//
//   connecting --socket open--> authenticating --"connected"--> online
//        ^                             |                           |
//        +------ offline, countdown <--+---------- close ----------+
//
// Every attempt reads /demo.json first: a server that was started again may have other settings.

const HEARTBEAT_MS = 30_000;
const OPEN_TIMEOUT_MS = 10_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;

// Closed with one of these, the same attempt would end the same way again.
const FINAL_CODES = new Set([4001, 4003, 4004]);

const encoder = new TextEncoder();

const strings = (value) =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

async function readSettings() {
  const response = await fetch('/demo.json', {
    cache: 'no-store',
    signal: AbortSignal.timeout(OPEN_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`demo.json: ${response.status}`);
  const { path, join, publish, version } = await response.json();
  return {
    path: typeof path === 'string' ? path : '/ws',
    join: strings(join),
    publish: strings(publish),
    version: typeof version === 'string' ? version : '',
  };
}

export class Connection {
  #handlers;
  #credentials;
  #socket = null;
  #attempt = 0; // a late answer to an earlier attempt is told by its number, and dropped
  #failures = 0;
  #retryTimer = 0;
  #heartbeatTimer = 0;
  #openTimer = 0;
  state = 'offline';
  retryAt = 0; // when the next attempt begins, in performance.now() time; 0: none is planned

  // handlers: settings(settings), endpoint(url), state(state, close), event(event, data),
  // frame({direction, text, bytes}), note(text, bad). credentials() gives authenticate's data.
  constructor(credentials, handlers) {
    this.#credentials = credentials;
    this.#handlers = handlers;
  }

  async start() {
    this.#drop();
    const attempt = this.#attempt;
    this.#enter('connecting');
    let settings;
    try {
      settings = await readSettings();
    } catch {
      if (attempt === this.#attempt) this.#retry();
      return;
    }
    if (attempt !== this.#attempt) return;
    this.#handlers.settings(settings);
    this.#open(settings.path, attempt);
  }

  stop() {
    this.#drop();
    this.#failures = 0;
    this.#enter('offline');
  }

  send(event, data) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    const text = JSON.stringify({ event, data });
    this.#socket.send(text);
    this.#frame('out', text);
    return true;
  }

  #open(path, attempt) {
    const url = new URL(path, location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#handlers.endpoint(url.href);
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#openTimer = setTimeout(() => socket.close(), OPEN_TIMEOUT_MS);
    socket.onopen = () => {
      if (attempt !== this.#attempt) {
        socket.close(1000);
        return;
      }
      clearTimeout(this.#openTimer);
      this.#handlers.note(`Open ${url.href}`);
      this.#enter('authenticating');
      this.send('authenticate', this.#credentials());
    };
    socket.onmessage = ({ data }) => {
      const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
      this.#frame('in', text);
      if (attempt === this.#attempt) this.#receive(text);
    };
    socket.onclose = (close) => {
      const reason = close.reason ? ` ${close.reason}` : '';
      const bad = close.code !== 1000 && close.code !== 1005;
      this.#handlers.note(`Closed ${close.code}${reason}`, bad);
      if (attempt === this.#attempt) this.#closed(close);
    };
  }

  #receive(text) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof message?.event !== 'string') return;
    if (message.event === 'connected' && this.state === 'authenticating') {
      this.#failures = 0;
      this.#heartbeatTimer = setInterval(() => this.send('heartbeat'), HEARTBEAT_MS);
      this.#enter('online');
    }
    this.#handlers.event(message.event, message.data);
  }

  #closed(close) {
    if (FINAL_CODES.has(close.code)) {
      this.#drop();
      this.#enter('offline', close);
    } else {
      this.#retry(close);
    }
  }

  // Half of the wait is by chance, so that the clients of a server that restarts do not all come
  // back at the same moment.
  #retry(close) {
    this.#drop();
    const ceiling = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    const wait = ceiling / 2 + (Math.random() * ceiling) / 2;
    this.retryAt = performance.now() + wait;
    this.#retryTimer = setTimeout(() => this.start(), wait);
    this.#enter('offline', close);
  }

  // Ends whatever goes on; what is still to come from it is no longer listened to.
  #drop() {
    this.#attempt += 1;
    this.retryAt = 0;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#openTimer);
    clearInterval(this.#heartbeatTimer);
    // A socket that is still opening closes itself when it is open: closed now, it would complain.
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.close(1000);
    this.#socket = null;
  }

  #enter(state, close) {
    this.state = state;
    this.#handlers.state(state, close);
  }

  #frame(direction, text) {
    this.#handlers.frame({ direction, text, bytes: encoder.encode(text).length });
  }
}

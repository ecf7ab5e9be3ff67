// Waiting for something to happen. The limits only end a test that hangs: none is a measure.

export const PATIENCE_MS = 45_000;

// The promise, or an error that says what did not happen.
export async function within(promise, what, limitMs = PATIENCE_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${limitMs} ms for ${what}`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// For what no event tells, such as a number in /proc: looks again until `check` is true.
export async function eventually(check, what, limitMs = PATIENCE_MS) {
  const end = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// What arrives, in its order, kept until somebody asks for it.
export class Inbox {
  #items = [];
  #waiting = [];
  #end = null;

  push(item) {
    if (this.#waiting.length > 0) this.#waiting.shift().resolve(item);
    else this.#items.push(item);
  }

  // Nothing more will come: whoever waits for it is told why.
  end(why) {
    this.#end = new Error(why);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#end);
  }

  get size() {
    return this.#items.length;
  }

  next(what) {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift());
    if (this.#end) return Promise.reject(this.#end);
    const asked = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    return within(asked, what);
  }
}

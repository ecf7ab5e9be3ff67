// Waiting for something to happen. The limits only end what hangs: none is a measure.

export class Impatience extends Error {}

// The promise, or an error that says what did not happen.
export async function within(promise, what, limitMs) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Impatience(`waited ${limitMs} ms for ${what}`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// For what no event tells, such as a number in /proc: looks again until `check` gives something
// true, and returns that.
export async function eventually(check, what, limitMs) {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Impatience(`waited ${limitMs} ms until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// 1, 2, 3 and so on.
export function counter() {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}

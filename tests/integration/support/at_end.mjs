// What a test leaves behind is cleared away, also when it failed.

const cleanups = new WeakMap();

// Runs at the end of test `t`, the last named first. Unlike hooks of t.after, all of them run even
// where one fails; then the test has failed too.
export function atEnd(t, run) {
  if (!cleanups.has(t)) {
    cleanups.set(t, []);
    t.after(() => runAll(cleanups.get(t)));
  }
  cleanups.get(t).unshift(run);
}

async function runAll(list) {
  const errors = [];
  for (const run of list) {
    try {
      await run();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The promise, or an error that says what did not happen.
export async function within(promise, what, limitMs = 60_000) {
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

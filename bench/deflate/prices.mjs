// Messages of about 1,000 bytes of data, as a server of prices would send them: alike, not the same.

const rows = 15;

// The nth, the same each time: a linear congruential generator.
function* numbers(n) {
    for (let x = n * 2654435761 + 1; ; ) {
        x = (Math.imul(x, 1103515245) + 12345) >>> 0;
        yield x >>> 8;
    }
}

function dataOf(n) {
    const random = numbers(n);
    const next = () => random.next().value;
    const list = Array.from({ length: rows }, () => ({
        symbol: `S${next() % 500}`,
        bid: (next() % 1_000_000) / 100,
        ask: (next() % 1_000_000) / 100,
        volume: next() % 100_000,
    }));
    return JSON.stringify({ n, prices: list });
}

export const prices = {
    dataOf,
    numberOf: (envelope) => {
        const { data } = JSON.parse(envelope);
        if (JSON.stringify(data) !== dataOf(data.n)) throw new Error(`not a message: ${envelope}`);
        return data.n;
    },
};

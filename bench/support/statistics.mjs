const sorted = (values) => Float64Array.from(values).sort();

// The value that `share` of all are not over, 0 to 1.
export function quantile(values, share) {
    const all = sorted(values);
    return all[Math.max(0, Math.ceil(share * all.length) - 1)];
}

export function median(values) {
    const all = sorted(values);
    const middle = all.length >> 1;
    return all.length % 2 === 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2;
}

export const spreadOf = (values) => ({
    median: median(values),
    lowest: Math.min(...values),
    highest: Math.max(...values),
});

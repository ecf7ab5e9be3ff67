// Milliseconds since some time ago, the same for all threads and processes of a machine.
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

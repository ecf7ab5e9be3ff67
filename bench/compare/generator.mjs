// `cresset bench`, on the clients' core.

import { binDir, Process } from '../support/processes.mjs';
import { clientCores } from './cores.mjs';

const limitMs = 120_000;

// Returns the JSON that it reports. It fails if a message was lost, came twice or out of order.
export async function generate(mode, server, flags) {
    const args = [
        ...['bench', mode, `${server.tls ? 'wss' : 'ws'}://127.0.0.1:${server.port}/ws`],
        ...(server.tls ? ['--insecure'] : []),
        ...['--json', '--workers', '1'],
        ...['--pid', `${server.pid}`],
        ...flags.map(String),
    ];
    const generator = new Process(`${binDir}/cresset`, args, { cores: clientCores });
    return JSON.parse(await generator.output(limitMs));
}

// Which core is whose: the server has the first to itself, and all that works it has the second.

import { availableParallelism, cpus } from 'node:os';

export const coreCount = availableParallelism?.() ?? cpus().length;
export const alone = coreCount > 1;

export const serverCores = '0';
export const clientCores = alone ? '1' : '0';
export const bothCores = alone ? '0,1' : '0';

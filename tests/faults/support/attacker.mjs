// Runs one attack on a port until stdin ends; once it has begun, it gives way to others.

import { setPriority } from 'node:os';

import { Raw } from '../../integration/support/raw.mjs';
import { ATTACKS, TLS_ATTACKS } from './attacks.mjs';

const [port, name] = process.argv.slice(2);
const raw = async () => {
  const connection = new Raw(Number(port), '127.0.0.1');
  await connection.opened();
  return connection;
};
process.stdin.resume().on('end', () => process.exit());
await { ...ATTACKS, ...TLS_ATTACKS }[name]({ raw });
setPriority(5);
console.log('begun');

// Runs on the far side: clients that join a room and read, until stdin ends.

import { Client } from '../../integration/support/client.mjs';

const [host, port, count, room] = process.argv.slice(2);

await Promise.all(Array.from({ length: Number(count) }, async () => {
  const client = new Client(`ws://${host}:${port}/ws`);
  await client.opened();
  await client.authenticate({ userId: 'far' });
  await client.join(room);
}));
console.log('joined');
process.stdin.resume().on('end', () => process.exit());

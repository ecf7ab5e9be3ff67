// New servers in the place of old ones: by a socket of systemd, and by taking over the port, while
// clients come and go; and how connections are shared among threads.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import test from 'node:test';

import { freePort } from '../support/free_port.mjs';
import { atEnd } from './support/at_end.mjs';
import { Client } from './support/client.mjs';
import { Faithful } from './support/faithful.mjs';
import { OPEN_ROOMS, run, startServer, startWithSocket } from './support/server.mjs';
import { eventually, within } from './support/wait.mjs';

// A socket that listens, as systemd opens one for a service.
async function listeningSocket(t) {
  const holder = createServer();
  holder.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(holder, 'listening');
  const close = () => holder.close();
  atEnd(t, close);
  return { fd: holder._handle.fd, port: holder.address().port, close };
}

test('a socket of systemd is served, and who comes between two servers waits in it', async (t) => {
  const { fd, close } = await listeningSocket(t);
  const server = await startWithSocket(t, fd, OPEN_ROOMS, { twice: true });
  close(); // the shell that starts both has it, and accepts nobody
  const ada = await server.client('ada', 'public-a');
  const shell = server.program.pid;
  const first = Number(readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8'));
  process.kill(first, 'SIGTERM');
  assert.equal((await ada.closed()).code, 1001);
  await eventually(() => server.program.stdout.includes('it ended with 0'), 'its end');

  const waiting = new Client(server.urlOf('/ws'), { ...server.tls });
  const connected = waiting.opened();
  server.program.type('go on\n');
  await connected;
  await waiting.authenticate({ userId: 'waited' });
  await waiting.terminate();
});

for (const [what, count, why] of [
  ['several sockets', '2', /one socket can be served/],
  ['a socket that does not listen', '1', /does not listen on TCP/],
]) {
  test(`refuses ${what}`, async (t) => {
    const { fd } = await listeningSocket(t);
    const socket = connect((await listeningSocket(t)).port, '127.0.0.1');
    await once(socket, 'connect');
    atEnd(t, () => socket.destroy());
    const given = count === '1' ? socket._handle.fd : fd;
    await assert.rejects(startWithSocket(t, given, [], { sockets: count }), why);
  });
}

test('a port in use is refused, unless it is taken over', async (t) => {
  const server = await startServer(t);
  const { status, stderr } = await run('cresset', ['serve', '--port', `${server.port}`]);
  assert.equal(status, 2);
  assert.match(stderr, /in use/);
  const none = await run('cresset', ['serve', '--port', '0', '--take-over']);
  assert.equal(none.status, 2);
  assert.match(none.stderr, /--take-over needs the --port/);
});

test('a port is taken over while clients come and go, and not one is turned away', async (t) => {
  const port = await freePort();
  const flags = ['--port', `${port}`, '--threads', '2', '--drain', '2s'];
  let server = await startServer(t, flags);
  const clients = Array.from({ length: 20 }, () => new Faithful([server.urlOf('/ws')], server.tls));
  const running = Promise.all(clients.map((client) => client.run()));
  await eventually(() => clients.every(({ connections }) => connections > 0), 'all connected');
  // New ones all of the time: none may meet a socket that closes.
  let over = false;
  const turnedAway = [];
  let came = 0;
  const keepComing = async () => {
    while (!over) {
      const client = new Client(server.urlOf('/ws'), { ...server.tls });
      try {
        await client.opened();
        await client.authenticate({});
        ++came;
      } catch (error) {
        turnedAway.push(error.message);
      }
      await client.terminate();
    }
  };
  const coming = Promise.all(Array.from({ length: 20 }, keepComing));

  for (let round = 0; round < 3; ++round) {
    const old = server;
    const before = clients.map(({ connections }) => connections);
    server = await startServer(t, [...flags, '--take-over']);
    old.program.signal('SIGTERM');
    await old.ended();
    const back = () => clients.every(({ connections }, i) => connections > before[i]);
    await eventually(back, 'all are back');
  }
  over = true;
  await coming;
  await Promise.all(clients.map((client) => client.end()));
  await running;
  assert.deepEqual(turnedAway, []);
  assert.ok(came > 50, `${came} came`);
  for (const { failures, gaps } of clients) {
    assert.deepEqual(failures, []);
    assert.equal(gaps.length, 3);
    for (const gap of gaps) assert.ok(gap < 2000, `${gap} ms without a connection`);
  }
});

// Sockets that each thread watches, by its epoll; without those that all have, such as mailboxes.
function sharesOf(server) {
  const folder = `/proc/${server.program.pid}/fdinfo`;
  const watched = (fd) => readFileSync(`${folder}/${fd}`, 'utf8').match(/^tfd:/gm)?.length ?? 0;
  return readdirSync(folder).map((fd) => {
    try {
      return watched(fd);
    } catch {
      return 0; // it has been closed since
    }
  }).filter((count) => count > 100);
}

async function crowd(t, server, count) {
  const sockets = [];
  atEnd(t, () => sockets.forEach((socket) => socket.destroy()));
  while (sockets.length < count) {
    const some = Array.from({ length: 500 }, () => {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => {});
      return socket;
    });
    sockets.push(...some);
    await within(Promise.all(some.map((socket) => once(socket, 'connect'))), '500 connections');
  }
}

async function expectEvenShares(t, server, threads) {
  const count = 9_500; // and as many descriptors in this process
  await crowd(t, server, count);
  const all = (shares) => shares.reduce((sum, share) => sum + share, 0);
  const shares = await eventually(() => {
    const found = sharesOf(server);
    return found.length === threads && all(found) >= count ? found : null;
  }, 'all connections accepted');
  assert.ok(Math.max(...shares) <= 1.3 * (count / threads), `shares: ${shares}`);
}

test('threads have even shares of the connections', async (t) => {
  const server = await startServer(t, ['--threads', '8']);
  await expectEvenShares(t, server, 8);
});

test('and of those that come to one socket', async (t) => {
  const { fd, close } = await listeningSocket(t);
  const server = await startWithSocket(t, fd, ['--threads', '4']);
  close(); // or this process would accept some
  await expectEvenShares(t, server, 4);
});

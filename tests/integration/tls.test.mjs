// TLS: what is agreed on, with openssl, curl, Node and Chromium; certificates by name, of clients,
// and new ones while clients stay. What all else does over it, the other tests tell.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { connect as connectTls } from 'node:tls';

import { Authority } from '../support/certificates.mjs';
import { newFolder } from '../support/program.mjs';
import { atEnd } from './support/at_end.mjs';
import { Browser } from './support/browser.mjs';
import { certificates } from './support/certificates.mjs';
import { upgradeRequest } from './support/raw.mjs';
import { OPEN_ROOMS, run, startEcho, startServer } from './support/server.mjs';
import { eventually, within } from './support/wait.mjs';

const { authority, ca, flags } = certificates();

// A command that ends by itself, with what it wrote.
async function finished(command, args, input = '') {
  const child = spawn(command, args, { stdio: 'pipe' });
  let output = '';
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (bytes) => { output += bytes; });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [status] = await within(once(child, 'close'), `the end of ${command}`);
  return { status, output };
}

const sClient = (server, ...more) =>
  finished('openssl', ['s_client', '-connect', `127.0.0.1:${server.port}`, '-CAfile',
    authority.cert, '-verify_return_error', ...more]);

// A TLS connection of Node, or why there is none.
async function connected(t, port, options = {}) {
  const socket = connectTls({ port, host: '127.0.0.1', ca, ...options });
  atEnd(t, () => socket.destroy());
  socket.on('error', () => {});
  await within(once(socket, 'secureConnect'), 'a TLS connection');
  return socket;
}

test('clients talk over it, whichever version they speak', async (t) => {
  const server = await startServer(t, [...flags, ...OPEN_ROOMS]);
  assert.match(server.line, /https:\/\/127\.0\.0\.1:/);
  const clients = [];
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const client = await server.connect({ minVersion: version, maxVersion: version });
    assert.equal(client.socket._socket.getProtocol(), version);
    await client.authenticate({ userId: version });
    await client.join('public-a');
    clients.push(client);
  }
  clients[0].publish('public-a', 'chat', 'from 1.2 to 1.3');
  await clients[1].expect('chat', 'from 1.2 to 1.3');
});

test('openssl finds the versions, the protocol and the chain that it expects', async (t) => {
  const server = await startServer(t, flags);
  for (const version of ['tls1_2', 'tls1_3']) {
    const { status, output } = await sClient(server, `-${version}`, '-alpn', 'h2,http/1.1');
    assert.equal(status, 0, output);
    assert.match(output, /ALPN protocol: http\/1\.1/);
    assert.match(output, /Verify return code: 0 \(ok\)/);
    assert.match(output, /Secure Renegotiation IS supported|TLSv1\.3/);
    assert.match(output, /Compression: NONE/);
  }
  const old = await sClient(server, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0');
  assert.notEqual(old.status, 0);
  assert.match(old.output, /alert protocol version|unsupported protocol|no protocols available/);
  const other = await sClient(server, '-alpn', 'h2');
  assert.notEqual(other.status, 0);
  assert.match(other.output, /no application protocol/);
});

test('sessions are resumed in both versions', async (t) => {
  const server = await startServer(t, flags);
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const fixed = { minVersion: version, maxVersion: version };
    const first = await connected(t, server.port, fixed);
    const [session] = first.getSession() && version === 'TLSv1.2'
      ? [first.getSession()]
      : await within(once(first, 'session'), 'a ticket');
    first.destroy();
    const second = await connected(t, server.port, { ...fixed, session });
    assert.equal(second.isSessionReused(), true, version);
  }
});

test('curl gets the page', async (t) => {
  const server = await startServer(t, flags);
  const { status, output } = await finished('curl', ['-sS', '-i', '--cacert', authority.cert,
    `https://localhost:${server.port}/healthz`]);
  assert.equal(status, 0, output);
  assert.match(output, /HTTP\/1\.1 200 OK/);
  const plain = await finished('curl', ['-sS', '-i', `http://localhost:${server.port}/healthz`]);
  assert.notEqual(plain.status, 0);
});

test('behind the header of a proxy', async (t) => {
  const server = await startServer(t, [...flags, '--proxy-protocol', '--trusted-proxy',
    'loopback']);
  const { status, output } = await finished('curl', ['-sS', '-i', '--haproxy-protocol', '--cacert',
    authority.cert, `https://localhost:${server.port}/healthz`]);
  assert.equal(status, 0, output);
  assert.match(output, /HTTP\/1\.1 200 OK/);
});

test('two tabs of Chromium talk over wss', async (t) => {
  const server = await startServer(t, [...flags, ...OPEN_ROOMS]);
  const browser = await Browser.launch(t);
  const window = await browser.window(t, { ignoreHTTPSErrors: true });
  const [ada, bob] = [await window.open(server.url), await window.open(server.url)];
  for (const tab of [ada, bob]) await tab.reaches('online');
  await ada.say('Hello over TLS');
  await bob.hears('Hello over TLS');
});

test('the echo server speaks it too', async (t) => {
  const server = await startEcho(t, flags);
  const client = await server.connect({ path: '/' });
  for (const size of [0, 1, 16_384, 1_000_000]) {
    client.sendText('x'.repeat(size));
    assert.equal((await client.nextText()).length, size);
  }
});

test('a client gets the certificate for the host that it names', async (t) => {
  const others = authority.issue('others', 'DNS:other.example,DNS:*.wild.example');
  const server = await startServer(t, [...flags, '--tls-cert', others.cert, '--tls-key',
    others.key]);
  const shown = async (servername) => {
    const socket = await connected(t, server.port, { servername, rejectUnauthorized: false });
    return socket.getPeerCertificate().subject.CN;
  };
  assert.equal(await shown('other.example'), 'others');
  assert.equal(await shown('a.wild.example'), 'others');
  assert.equal(await shown('localhost'), 'server');
  assert.equal(await shown('unknown.example'), 'server');
  assert.equal(await shown(''), 'server');
});

test('who shows no good certificate stays out, where one is required', async (t) => {
  const server = await startServer(t, [...flags, '--log-level', 'debug', '--tls-client-ca',
    authority.cert, '--tls-client-cert', 'required']);
  const known = authority.issue('a client');
  const own = { cert: readFileSync(known.cert), key: readFileSync(known.key) };
  const client = await server.connect(own);
  await client.authenticate({ userId: 'known' });

  const stranger = new Authority('strangers').issue('a client');
  const theirs = { cert: readFileSync(stranger.cert), key: readFileSync(stranger.key) };
  for (const options of [{}, theirs]) {
    const socket = connectTls({ port: server.port, host: '127.0.0.1', ca, ...options });
    atEnd(t, () => socket.destroy());
    const [error] = await within(once(socket, 'error'), 'an alert');
    assert.match(error.message, /alert (certificate required|unknown ca)/);
  }
  await eventually(() => server.logged('TLS handshake failed').length === 2, 'two lines');
  await client.expectNothing();
});

test('a handshake that does not come ends with its deadline, and holds up nobody', async (t) => {
  const server = await startServer(t, [...flags, '--handshake-timeout', '2s']);
  const begun = Date.now();
  const silent = connectTcp({ port: server.port, host: '127.0.0.1' });
  atEnd(t, () => silent.destroy());
  const dripping = connectTcp({ port: server.port, host: '127.0.0.1' });
  atEnd(t, () => dripping.destroy());
  const hello = Buffer.from('160301010001', 'hex');
  let at = 0;
  const drip = setInterval(() => dripping.write(hello.subarray(at, ++at)), 300);
  t.after(() => clearInterval(drip));
  const ends = [silent, dripping].map(async (socket) => {
    socket.on('error', () => {});
    socket.resume();
    await within(once(socket, 'close'), 'the end of the connection');
    return Date.now() - begun;
  });
  const client = await server.client('ada');
  for (const ms of await Promise.all(ends)) assert.ok(ms >= 1_900 && ms < 20_000, `${ms} ms`);
  await client.expectNothing();
});

test('what speaks no TLS is ended, and counted in the log', async (t) => {
  const server = await startServer(t, [...flags, '--log-level', 'debug']);
  const socket = connectTcp({ port: server.port, host: '127.0.0.1' });
  atEnd(t, () => socket.destroy());
  socket.on('error', () => {});
  socket.write(upgradeRequest());
  socket.resume();
  await within(once(socket, 'end'), 'the end of the connection');
  await eventually(() => server.logged('TLS handshake failed').length === 1, 'a line');
  assert.equal(server.logged('TLS handshake failed')[0].error, 'http request');
});

// A server whose certificate can be replaced.
async function withOwnFiles(t) {
  const folder = newFolder();
  const files = { cert: join(folder, 'tls.pem'), key: join(folder, 'tls.key') };
  const put = ({ cert, key }) => {
    copyFileSync(cert, files.cert);
    copyFileSync(key, files.key);
  };
  put(authority.issue('the first'));
  const server = await startServer(t, ['--tls-cert', files.cert, '--tls-key', files.key]);
  const shown = async () => {
    const socket = await connected(t, server.port);
    return socket.getPeerCertificate().subject.CN;
  };
  assert.equal(await shown(), 'the first');
  return { server, files, put, shown };
}

const anew = (server) => server.logged('TLS certificates read anew');

test('new certificates are taken by themselves, and clients stay', async (t) => {
  const { server, put, shown } = await withOwnFiles(t);
  const client = await server.client('ada');
  put(authority.issue('the second'));
  await eventually(() => anew(server).length === 1, 'a line of the new certificate');
  assert.equal(await shown(), 'the second');
  await client.expectNothing();
});

test('new certificates are taken on SIGHUP at once', async (t) => {
  const { server, put, shown } = await withOwnFiles(t);
  put(authority.issue('the second'));
  server.program.signal('SIGHUP');
  await eventually(() => anew(server).some(({ why }) => why === 'SIGHUP'), 'a line of SIGHUP');
  assert.equal(await shown(), 'the second');
});

test('a bad new certificate is refused, once in the log, and the old one stays', async (t) => {
  const { server, files, put, shown } = await withOwnFiles(t);
  const client = await server.client('ada');
  writeFileSync(files.cert, 'not a certificate');
  const refusals = () => server.logged(
    'TLS certificates could not be read anew, and the old ones stay');
  await eventually(() => refusals().length === 1, 'a line of the bad certificate');
  assert.match(refusals()[0].error, /cannot use the certificate .*tls\.pem: /);
  assert.equal(await shown(), 'the first');
  server.program.signal('SIGHUP');
  await eventually(() => refusals().length === 2, 'a line of SIGHUP');
  assert.equal(await shown(), 'the first');
  put(authority.issue('a good one'));
  await eventually(() => anew(server).length === 1, 'a line of the new certificate');
  assert.equal(await shown(), 'a good one');
  await client.expectNothing();
});

test('says whether the kernel or the process encrypts', async (t) => {
  const server = await startServer(t, flags);
  assert.match(server.logged('TLS is on')[0].encrypted_by, /^(kernel|process)$/);
});

for (const [what, refused, why] of [
  ['a certificate without its key', ['--tls-cert', 'a.pem'], /--tls-cert.*--tls-key/],
  ['a file that is not there', ['--tls-cert', '/no.pem', '--tls-key', '/no.key'],
    /cannot use the certificate \/no\.pem: No such file/],
  ['a key of another certificate', ['--tls-cert', flags[1], '--tls-key', authority.key],
    /cannot use the key .*mismatch/],
  ['clients\' certificates without TLS', ['--tls-client-cert', 'required'], /--tls-cert/],
  ['clients\' certificates by nobody', [...flags, '--tls-client-cert', 'required'],
    /--tls-client-ca/],
]) {
  test(`refuses ${what}`, async () => {
    const { status, stderr } = await run('cresset', ['serve', '--port', '0', ...refused]);
    assert.equal(status, 2);
    assert.match(stderr, why);
  });
}

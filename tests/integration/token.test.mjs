// `cresset token`: what it makes a server believes, and node:crypto too; what it reads it judges.

import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import test from 'node:test';

import { folderOfFiles } from './support/files.mjs';
import { Program, run, startServer } from './support/server.mjs';
import { inSeconds, newIssuer, tokenBySecret } from './support/tokens.mjs';

const SECRET = 'a secret of more than thirty-two bytes';

const part = (token, i) => JSON.parse(Buffer.from(token.split('.')[i], 'base64url'));

test('makes a token that a server believes', async (t) => {
  const secret = folderOfFiles()('secret', SECRET);
  const { status, stdout } = await run('cresset', ['token', 'make', '--secret', secret,
    '--user', 'ada', '--expires-in', '5m', '--claim', 'rooms=["lobby"]', '--claim', 'team=red']);
  assert.equal(status, 0);
  const token = stdout.trim();
  const claims = part(token, 1);
  assert.deepEqual([claims.sub, claims.rooms, claims.team], ['ada', ['lobby'], 'red']);
  assert.equal(claims.exp - claims.iat, 300);
  const server = await startServer(t, ['--auth', 'jwt', '--jwt-secret', secret]);
  const client = await server.connect();
  assert.equal((await client.authenticate({ token })).userId, 'ada');
});

test('makes tokens by keys of all kinds', async (t) => {
  const write = folderOfFiles();
  for (const [kind, options, algorithm] of [
    ['ec', { namedCurve: 'P-256' }, 'ES256'], ['rsa', { modulusLength: 2048 }, 'RS256'],
    ['ed25519', {}, 'EdDSA']]) {
    const { publicKey, privateKey } = generateKeyPairSync(kind, options);
    const key = write(kind, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { stdout } = await run('cresset',
      ['token', 'make', '--key', key, '--key-id', 'k1', '--user', 'ada']);
    const token = stdout.trim();
    assert.deepEqual(part(token, 0), { ...part(token, 0), alg: algorithm, kid: 'k1' });
    const [head, body, signature] = token.split('.');
    assert.ok(verify(kind === 'ed25519' ? null : 'sha256', Buffer.from(`${head}.${body}`),
      { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')), kind);
  }
});

test('reads a token, and says that it is not verified', async () => {
  const { status, stdout, stderr } = await run('cresset',
    ['token', 'read', newIssuer().sign({ sub: 'ada' }, { kid: 'k1' })]);
  assert.deepEqual(JSON.parse(stdout), { sub: 'ada' });
  assert.match(stderr, /^not verified.*ES256, key k1/);
  assert.equal(status, 0);
});

test('judges a token as a server would', async (t) => {
  const secret = folderOfFiles()('secret', SECRET);
  const read = (token) => run('cresset', ['token', 'read', token, '--jwt-secret', secret]);
  const good = await read(tokenBySecret(SECRET, { sub: 'ada', exp: inSeconds(60) }));
  assert.deepEqual([good.status, good.stderr], [0, 'believed (HS256)\n']);
  const old = await read(tokenBySecret(SECRET, { sub: 'ada', exp: inSeconds(-600) }));
  assert.deepEqual([old.status, old.stderr], [1, 'refused: expired (HS256)\n']);
  const forged = await read(tokenBySecret('another secret of thirty-two bytes', { exp: inSeconds(60) }));
  assert.deepEqual([forged.status, forged.stderr], [1, 'refused: bad signature (HS256)\n']);
});

test('reads from standard input, which no list of processes shows', async () => {
  const program = new Program('cresset', ['token', 'read', '-']);
  program.type(`Bearer ${newIssuer().sign({ sub: 'ada' })}\n`);
  assert.equal(await program.exit(), 0);
  assert.deepEqual(JSON.parse(program.stdout), { sub: 'ada' });
});

test('refuses what it can not do', async (t) => {
  const write = folderOfFiles();
  for (const [args, why] of [
    [['read', 'x.y'], /malformed token/],
    [['make', '--user', 'ada'], /one of --secret and --key/],
    [['make', '--user', 'ada', '--secret', write('short', 'x')], /32 bytes/],
    [['make', '--user', 'ada', '--key', write('public', newIssuer().pem)], /private key/],
    [['make', '--user', 'ada', '--secret', write('secret', SECRET), '--algorithm', 'ES256'], /ES256/],
    [['make', '--user', 'ada', '--secret', write('secret', SECRET), '--claim', 'x'], /NAME=VALUE/],
    [['make', '--secret', write('secret', SECRET)], /--user/],
  ]) {
    const { status, stderr } = await run('cresset', ['token', ...args]);
    assert.match(stderr, why);
    assert.equal(status, 2, args.join(' '));
  }
});

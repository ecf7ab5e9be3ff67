// Clients that come with a JSON Web Token (--auth jwt).

import assert from 'node:assert/strict';
import test from 'node:test';

import { folderOfFiles } from './support/files.mjs';
import { run, startServer } from './support/server.mjs';
import { inSeconds, newIssuer, tokenBySecret } from './support/tokens.mjs';

const SECRET = 'a secret of more than thirty-two bytes';

const withSecret = () => ['--auth', 'jwt', '--jwt-secret', folderOfFiles()('secret', `${SECRET}\n`)];

const ada = (more = {}) => ({ sub: 'ada', exp: inSeconds(600), ...more });

async function comeWith(server, token) {
  const client = await server.connect();
  client.connected = await client.authenticate({ token });
  return client;
}

async function expectRefusal(server, credentials) {
  const client = await server.connect();
  client.send('authenticate', credentials);
  await client.expectError('Authentication failed');
  assert.equal((await client.closed()).code, 4003);
}

test('the user of a good token comes in', async (t) => {
  const server = await startServer(t, withSecret());
  const client = await comeWith(server, tokenBySecret(SECRET, ada()));
  assert.equal(client.connected.userId, 'ada');
});

test('nobody comes in without one', async (t) => {
  const server = await startServer(t, withSecret());
  const good = tokenBySecret(SECRET, ada());
  for (const credentials of [{}, { userId: 'ada' }, { token: 7 }, { token: '' }, { token: 'x.y.z' },
    { token: good.slice(0, -1) }, { token: tokenBySecret('another secret of thirty-two bytes', ada()) },
    { token: tokenBySecret(SECRET, ada({ exp: inSeconds(-61) })) },
    { token: tokenBySecret(SECRET, ada({ sub: undefined })) },
    { token: tokenBySecret(SECRET, ada({ aud: 'others' })) },
    { token: tokenBySecret(SECRET, ada(), { alg: 'none' }) }]) {
    await expectRefusal(server, credentials);
  }
  await server.stop();
  assert.equal(server.logged('token refused')[0].why, 'no token');
  assert.equal(server.logged('stopped')[0].refused_tokens, 11);
  assert.doesNotMatch(server.log, new RegExp(good.slice(0, 20)));
});

test('the user is the token\'s, whatever the client calls itself', async (t) => {
  const server = await startServer(t, withSecret());
  const client = await server.connect();
  const { userId } = await client.authenticate(
    { token: tokenBySecret(SECRET, ada()), userId: 'root' });
  assert.equal(userId, 'ada');
});

test('keys are in PEM, by the id that tokens call them by, and in a JWK Set', async (t) => {
  const write = folderOfFiles();
  const [one, two, three] = [newIssuer(), newIssuer(), newIssuer()];
  const server = await startServer(t, ['--auth', 'jwt',
    '--jwt-key', write('one.pem', one.pem), '--jwt-key', `two=${write('two.pem', two.pem)}`,
    '--jwt-jwks', write('jwks.json', JSON.stringify({ keys: [
      { ...three.jwk, kid: 'three' }, { kty: 'oct', k: 'AAAA' }] }))]);
  for (const token of [one.sign(ada()), two.sign(ada(), { kid: 'two' }),
    three.sign(ada(), { kid: 'three' })]) {
    assert.equal((await comeWith(server, token)).connected.userId, 'ada');
  }
  await expectRefusal(server, { token: two.sign(ada(), { kid: 'three' }) });
  await expectRefusal(server, { token: newIssuer().sign(ada()) });
  assert.match(server.logged('a key is not used')[0].why, /jwks\.json: key 2: /);
});

test('the issuer, the audience, the algorithm and other claims may be asked for', async (t) => {
  const server = await startServer(t, [...withSecret(), '--jwt-issuer', 'https://a.example',
    '--jwt-audience', 'chat', '--jwt-require', 'team', '--jwt-algorithm', 'HS256']);
  const good = { iss: 'https://a.example', aud: ['chat', 'mail'], team: 'red' };
  await comeWith(server, tokenBySecret(SECRET, ada(good)));
  for (const wrong of [{ iss: 'https://b.example' }, { iss: undefined }, { aud: 'mail' },
    { aud: undefined }, { team: undefined }]) {
    await expectRefusal(server, { token: tokenBySecret(SECRET, ada({ ...good, ...wrong })) });
  }
});

test('another claim may be the user', async (t) => {
  const server = await startServer(t, [...withSecret(), '--jwt-user-claim', 'uid']);
  assert.equal((await comeWith(server, tokenBySecret(SECRET, ada({ uid: 42 })))).connected.userId, '42');
});

test('rooms may have the user and claims in their names', async (t) => {
  const server = await startServer(t, [...withSecret(), '--publish', '*',
    '--join', 'order:{user_id}:*,team:{team}', '--deny-join', 'order:*:secret',
    '--deny-publish', 'team:*']);
  const client = await comeWith(server, tokenBySecret(SECRET, ada({ team: 'red' })));
  const asked = ['order:ada:1', 'order:bob:1', 'order:ada:secret', 'team:red', 'team:blue'];
  await client.join(...asked);
  const refusals = [];
  for (const room of asked) {
    client.publish(room, 'probe');
    client.sendText('a fence');
    const { message } = await client.expect('error');
    if (message !== 'Invalid message format') {
      refusals.push(`${room}: ${message}`);
      await client.expectError('Invalid message format');
    }
  }
  assert.deepEqual(refusals, [
    'order:bob:1: Publish refused: not a member of the room',
    'order:ada:secret: Publish refused: not a member of the room',
    'team:red: Publish refused: the room does not allow it',
    'team:blue: Publish refused: the room does not allow it',
  ]);
});

test('a token may name rooms to be in, and rooms that may be joined', async (t) => {
  const server = await startServer(t, [...withSecret(), '--publish', '*',
    '--jwt-rooms-claim', 'rooms', '--jwt-join-claim', 'may']);
  const eve = await comeWith(server, tokenBySecret(SECRET, ada({ sub: 'eve', may: ['a', 'b-*'] })));
  await eve.join('a', 'b-1', 'c');
  const client = await comeWith(server, tokenBySecret(SECRET, ada({ rooms: ['a', 'c'] })));
  client.publish('a', 'note', 1);
  client.publish('c', 'note', 2);
  client.publish('a', 'note', 3);
  assert.equal(await eve.expect('note'), 1);
  assert.equal(await eve.expect('note'), 3);
});

test('what is denied is denied to tokens too', async (t) => {
  const server = await startServer(t, [...withSecret(), '--publish', '*',
    '--jwt-rooms-claim', 'rooms', '--jwt-join-claim', 'may', '--deny-join', 'secret-*,case:{team}:*']);
  const client = await comeWith(server, tokenBySecret(SECRET,
    ada({ rooms: ['a', 'secret-1', 'ws:x', 'case:red:1'], may: ['*'] })));
  await client.join('secret-2', 'case:red:2', 'b');
  for (const room of ['secret-1', 'secret-2', 'ws:x', 'case:red:1', 'case:red:2']) {
    client.publish(room, 'probe');
    await client.expectError('Publish refused: not a member of the room');
  }
  client.publish('a', 'probe');
  client.publish('b', 'probe');
  await client.expectNothing();
});

test('who has come in goes when the token expires', async (t) => {
  const server = await startServer(t, [...withSecret(), '--jwt-leeway', '0s']);
  const stays = await comeWith(server, tokenBySecret(SECRET, ada()));
  const goes = await comeWith(server, tokenBySecret(SECRET, ada({ exp: inSeconds(2) })));
  const { code, reason } = await goes.closed();
  assert.equal(code, 4005);
  assert.equal(reason, 'Token expired');
  stays.sendText('a fence');
  await stays.expectError('Invalid message format');
});

test('with tokens a server may listen anywhere, and has no page on which anybody is anybody', async (t) => {
  const server = await startServer(t, [...withSecret(), '--host', '0.0.0.0']);
  const raw = await server.raw();
  raw.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.equal((await raw.response()).status, 404);
});

const REFUSALS = {
  'no key': [[], /needs a key/],
  'a secret that is too short': [['--jwt-secret', 'short'], /32 bytes/],
  'a key that is none': [['--jwt-key', 'short'], /short: not one public key in PEM/],
  'a file that is not there': [['--jwt-jwks', 'nowhere'], /can't read .*nowhere/],
  'an unknown algorithm': [['--jwt-algorithm', 'none'], /--jwt-algorithm/],
  'a pattern with half a brace': [['--jwt-secret', 'secret', '--join', 'a{b'], /"a\{b" has a \{/],
};
for (const [what, [flags, why]] of Object.entries(REFUSALS)) {
  test(`--auth jwt is refused with ${what}`, async (t) => {
    const write = folderOfFiles();
    const files = { short: write('short', 'x'), secret: write('secret', SECRET) };
    const { status, stderr } = await run('cresset',
      ['serve', '--port', '0', '--auth', 'jwt', ...flags.map((each) => files[each] ?? each)]);
    assert.match(stderr, why);
    assert.equal(status, 2);
  });
}

test('keys are refused where no token is asked for', async (t) => {
  const { status, stderr } = await run('cresset',
    ['serve', '--port', '0', '--jwt-secret', folderOfFiles()('secret', SECRET)]);
  assert.match(stderr, /--auth jwt, which is off/);
  assert.equal(status, 2);
});

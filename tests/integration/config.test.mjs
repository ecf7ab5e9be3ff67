// The configuration of `cresset serve`: a file, the environment and flags.

import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';

import { folderOfFiles } from './support/files.mjs';
import { run, startServer } from './support/server.mjs';
import { eventually } from './support/wait.mjs';

const file = (text) => folderOfFiles()('a.toml', text);

const config = (...args) => run('cresset', ['config', ...args]);

test('a server takes its settings from a file', async (t) => {
  const name = file('[rooms]\njoin = ["public-*"]\npublish = ["public-*"]\n[listen]\npath = "/live"\n');
  const server = await startServer(t, ['--config', name]);
  const [ada, bob] = await Promise.all([1, 2].map(() => server.connect({ path: '/live' })));
  for (const each of [ada, bob]) {
    await each.authenticate({ userId: 'x' });
    await each.join('public-a');
  }
  ada.publish('public-a', 'note', 1);
  assert.equal(await bob.expect('note'), 1);
});

test('a file that is wrong stops the start, with all that is wrong in it', async (t) => {
  const name = file('[listen]\nprot = 1\npath = 2\n');
  const { status, stderr } = await run('cresset', ['serve', '--config', name]);
  assert.equal(status, 2);
  assert.deepEqual(stderr.trimEnd().split('\n'), [
    `cresset: ${name}:2:1: unknown key listen.prot; did you mean listen.port?`,
    `cresset: ${name}:3:1: listen.path is a text, in quotes`,
  ]);
});

test('`config check` finds a good file good', async (t) => {
  const { status, stdout, stderr } = await config('check', '--config', file('[listen]\nport = 80\n'));
  assert.equal(stdout, 'The configuration is fine.\n');
  assert.equal(stderr, '');
  assert.equal(status, 0);
});

const WRONG = {
  'an unknown key': ['[redis]\nurls = "x"\n', /a\.toml:2:1: unknown key redis\.urls; did you mean redis\.url\?/],
  'a wrong unit': ['[stop]\ndelay = "5 parsecs"\n', /a\.toml:2:1: "5 parsecs" is no duration/],
  'what goes together': ['[deflate]\ncontext-takeover = true\n', /--deflate-context-takeover is for --deflate/],
  'an origin': ['[access]\norigin = ["nonsense"]\n', /--origin/],
  'a certificate': ['[tls]\ncert = ["/nowhere.pem"]\nkey = ["/nowhere.pem"]\n', /nowhere/],
  'a text that would be taken for several': ['[rooms]\ndeny-join = ["a,b"]\n', /a\.toml:2:1: .*comma/],
  'a text that would lose its brackets': ['[rooms]\ndeny-join = ["[staff]"]\n', /a\.toml:2:1: .*brackets/],
  'everybody let in from everywhere': ['[listen]\nhost = "0.0.0.0"\n', /--auth none/],
  'a path that is taken': ['[listen]\npath = "/healthz"\n', /\/healthz/],
  'a URL of Redis': ['[redis]\nurl = "http://x"\n', /redis/],
  'an encryption key': ['[encryption]\nmode = "optional"\nkey = "/nowhere.pem"\n', /nowhere/],
  'a policy': ['[slow-clients]\nevent-policy = ["x"]\n', /--event-policy/],
};
for (const [what, [text, why]] of Object.entries(WRONG)) {
  test(`\`config check\` tells of ${what}`, async (t) => {
    const { status, stderr } = await config('check', '--config', file(text));
    assert.match(stderr, /^error: /);
    assert.match(stderr, why);
    assert.equal(status, 2);
  });
}

const RISKS = {
  'every room, to join': ['[rooms]\njoin = ["public-*", "*"]\n', /rooms\.join/],
  'every room, to publish': ['[rooms]\npublish = ["**"]\n', /rooms\.publish/],
  'pages of any site': ['[access]\norigin = ["*"]\n', /access\.origin/],
  'a proxy that is everybody': ['[access]\ntrusted-proxy = ["0.0.0.0/0"]\n', /access\.trusted-proxy/],
  'no log': ['[log]\nlevel = "off"\n', /log\.level/],
  'no rate': ['[limits]\nmessages-per-second = 0\n', /limits\.messages-per-second/],
};
for (const [what, [text, why]] of Object.entries(RISKS)) {
  test(`\`config check\` warns of ${what}`, async (t) => {
    const name = file(text);
    const { status, stderr } = await config('check', '--config', name);
    assert.match(stderr, /^warning: .*a\.toml:2:1: /);
    assert.match(stderr, why);
    assert.equal(status, 0);
    assert.equal((await config('check', '--strict', '--config', name)).status, 1);
  });
}

test('`config check` warns of a password that everybody may read', async (t) => {
  const name = file('[redis]\nurl = "redis://:secret@127.0.0.1"\n');
  chmodSync(name, 0o644);
  const open = await config('check', '--config', name);
  assert.match(open.stderr, /redis\.url has a password/);
  assert.doesNotMatch(open.stderr, /secret/);
  chmodSync(name, 0o600);
  assert.equal((await config('check', '--config', name)).stderr, '');
});

test('`config print` tells what holds, and where it is from', async (t) => {
  const name = file('[redis]\nurl = "redis://ann:secret@127.0.0.1"\n[rooms]\njoin = ["a", "b"]\n');
  const { status, stdout } = await config('print', '--config', name, '--port', '80');
  assert.equal(status, 0);
  const lines = stdout.split('\n');
  assert.ok(lines.includes(`url = 'redis://***@127.0.0.1' # ${name}:2:1`) ||
    lines.includes(`url = "redis://***@127.0.0.1" # ${name}:2:1`), stdout);
  assert.ok(lines.includes('port = 80 # --port'), stdout);
  assert.match(stdout, new RegExp(`^join = \\[.a., .b.\\] # ${name}:4:1$`, 'm'));
  assert.match(stdout, /^heartbeat-timeout = .90s. # default$/m);
  const again = await config('check', '--config', file(stdout.replace('***', ':x')));
  assert.doesNotMatch(again.stderr, /error/);
});

test('`config print` shows no password, however it is written', async () => {
  for (const url of ['redis://:s3cret@127.0.0.1', 'redis://a:p@s3cret@127.0.0.1', 'redis://s3cret@127.0.0.1',
    'redis://:s3cret', 's3cret', 'redis://a/b:s3cret@127.0.0.1']) {
    const { stdout } = await config('print', '--redis', url);
    assert.match(stdout, /^url = .*\*\*\*/m, url);
    assert.doesNotMatch(stdout, /s3cret/, url);
  }
  const { stdout } = await config('print', '--redis', 'redis://127.0.0.1:6379/2');
  assert.match(stdout, /^url = .redis:\/\/127\.0\.0\.1:6379\/2. /m);
});

test('the example has every setting, and holds when all of it is in force', async (t) => {
  const { stdout } = await config('example');
  assert.equal(stdout, readFileSync(new URL('../../packaging/cresset.example.toml', import.meta.url), 'utf8'));
  const inForce = stdout.replace(/^#([a-z-]+ = )/gm, '$1');
  const { status, stderr } = await config('check', '--config', file(inForce));
  assert.equal(stderr, '');
  assert.equal(status, 0);
});

// Until the log has such a line.
async function logged(server, message) {
  await eventually(() => server.logged(message).length > 0, `"${message}" is in the log`);
  return server.logged(message);
}

test('SIGHUP has a server follow its file where it can', async (t) => {
  const name = file('[rooms]\njoin = ["a"]\npublish = ["*"]\n[listen]\npath = "/ws"\n');
  const server = await startServer(t, ['--config', name]);
  const client = await server.client('ada');
  const tries = async (room) => {
    await client.join(room);
    client.publish(room, 'probe');
    client.sendText('a fence');
    const { message } = await client.expect('error');
    if (message === 'Invalid message format') return true;
    await client.expectError('Invalid message format');
    return false;
  };
  assert.deepEqual([await tries('a'), await tries('b')], [true, false]);
  writeFileSync(name, '[rooms]\njoin = ["b"]\npublish = ["*"]\n[listen]\npath = "/new"\n');
  server.program.signal('SIGHUP');
  await logged(server, 'configuration reloaded');
  assert.deepEqual(server.logged('setting changed').map(({ setting }) => setting), ['rooms.join']);
  assert.deepEqual(server.logged('setting needs a restart').map(({ setting }) => setting),
    ['listen.path']);
  assert.deepEqual([await tries('b'), await tries('c')], [true, false]);
});

test('SIGHUP changes nothing if the file is wrong', async (t) => {
  const name = file('[rooms]\njoin = ["a"]\npublish = ["*"]\n');
  const server = await startServer(t, ['--config', name]);
  writeFileSync(name, '[rooms]\njoin = ["b"]\npublihs = ["*"]\n');
  server.program.signal('SIGHUP');
  const [{ why }] = await logged(server, 'configuration not reloaded, nothing has changed');
  assert.match(why, /a\.toml:3:1: unknown key rooms\.publihs; did you mean rooms\.publish\?/);
  const client = await server.client('ada', 'a');
  client.publish('a', 'probe');
  await client.expectNothing();
});

test('SIGHUP may change how much is logged', async (t) => {
  const name = file('[log]\nlevel = "info"\n');
  const server = await startServer(t, ['--config', name]);
  await server.client('ada');
  assert.equal(server.logged('client authenticated').length, 0);
  writeFileSync(name, '[log]\nlevel = "debug"\n');
  server.program.signal('SIGHUP');
  await logged(server, 'configuration reloaded');
  await eventually(async () => {
    await server.client('bob');
    return server.logged('client authenticated').length > 0;
  }, 'clients are logged');
});

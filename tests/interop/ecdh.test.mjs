// Our encryption, the reference's and WebCrypto's: whoever speaks with whom, they understand each
// other and refuse the same.

import assert from 'node:assert/strict';
import test from 'node:test';

import { PEERS } from './support/peers.mjs';

const MESSAGES = ['', 'a', 'sixteen bytes...', 'ünï \u0000 🔥 "\\', 'x'.repeat(100_000)];
const ADDITIONAL = [undefined, 'client:1', 'ünï 🔥'];
const REFUSALS = { // of public keys; the reference's base64 is as strict as ours
  nothing: '',
  infinity: 'AA==',
  'infinity in 65 bytes': `${'A'.repeat(87)}=`,
  'no base64': '!'.repeat(88),
  'off the curve': `BB${'ERER'.repeat(21)}A=`,
};

async function said(peer, asked) {
  const answer = await peer.ask(asked);
  assert.equal(answer.error, undefined, JSON.stringify(asked).slice(0, 200));
  return answer;
}

const isRefused = async (peer, asked) => (await peer.ask(asked)).error !== undefined;

// One makes the salt, the other is told.
async function meet(one, other, info) {
  const [{ publicKey: ones }, { publicKey: others }] = [
    await said(one, { do: 'pair', info }), await said(other, { do: 'pair', info }),
  ];
  const { salt } = await said(one, { do: 'derive', publicKey: others });
  assert.equal(Buffer.from(salt, 'base64').length, 32);
  const { salt: kept } = await said(other, { do: 'derive', publicKey: ones, salt });
  assert.equal(kept, salt);
}

// What `from` encrypts, `to` reads.
async function tells(from, to) {
  for (const message of MESSAGES)
    for (const additionalData of ADDITIONAL) {
      const sealed = await said(from, { do: 'encrypt', message, additionalData });
      assert.deepEqual(Object.keys(sealed).sort(), ['ct', 'iv']);
      assert.equal(Buffer.from(sealed.iv, 'base64').length, 12);
      const read = await said(to, { do: 'decrypt', ...sealed, additionalData });
      assert.equal(read.message, message);
    }
}

const flipped = (text) => {
  const bytes = Buffer.from(text, 'base64');
  bytes[0] ^= 1;
  return bytes.toString('base64');
};

async function noticesChanges(from, to) {
  const additionalData = 'client:1';
  const sealed = await said(from, { do: 'encrypt', message: 'a message', additionalData });
  const good = { do: 'decrypt', ...sealed, additionalData };
  for (const bad of [
    { ct: flipped(sealed.ct) }, { iv: flipped(sealed.iv) }, { ct: '' }, { ct: 'AAAA' },
    { ct: sealed.ct.slice(0, -4) }, { additionalData: undefined }, { additionalData: 'client:2' },
  ]) assert.ok(await isRefused(to, { ...good, ...bad }), JSON.stringify(bad));
  assert.equal((await said(to, good)).message, 'a message');
}

test('cresset::ecdh and others', async (t) => {
  const peers = {};
  for (const [name, start] of Object.entries(PEERS)) peers[name] = await start(t);
  const { cresset: ours, ...others } = peers;

  for (const [name, other] of Object.entries(others)) {
    await t.test(`understands ${name}, whoever makes the salt`, async () => {
      for (const [one, two] of [[ours, other], [other, ours]]) {
        await meet(one, two);
        await tells(ours, other);
        await tells(other, ours);
      }
    });
    await t.test(`understands ${name} with another info`, async () => {
      await meet(ours, other, 'another protocol');
      await tells(ours, other);
      await tells(other, ours);
    });
    await t.test(`notices what was changed between it and ${name}`, async () => {
      await meet(ours, other);
      await noticesChanges(ours, other);
      await noticesChanges(other, ours);
    });
  }

  await t.test('refuses the keys that all refuse', async () => {
    for (const [name, peer] of Object.entries(peers)) {
      await said(peer, { do: 'pair' });
      for (const [what, publicKey] of Object.entries(REFUSALS))
        assert.ok(await isRefused(peer, { do: 'derive', publicKey }), `${name}: ${what}`);
    }
  });
});

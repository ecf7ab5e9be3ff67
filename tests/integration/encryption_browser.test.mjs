// Two tabs of Chromium that talk encrypted, by their own WebCrypto; and what was on the wire, as
// Chromium's developer tools see it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { Browser } from './support/browser.mjs';
import { encryptedClient } from './support/encrypted_client.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';

const ROOM = 'public-a';
const REQUIRED = [...OPEN_ROOMS, '--encryption', 'required', '--threads', '1'];
const CAPABILITIES = [[], ['encrypted-number'], ['room-key'], ['encrypted-number', 'room-key']];

// Beside the server's own pages, the modules of support/. A page that doesn't come from the server
// itself would do no good: Chromium keeps it from talking to a local address.
async function serveModules({ context }) {
  await context.route('**/favicon.ico', (route) => route.fulfill({ body: '' }));
  await context.route('**/support/*.mjs', (route) => {
    const { pathname } = new URL(route.request().url());
    const body = readFileSync(new URL(`.${pathname}`, import.meta.url), 'utf8');
    return route.fulfill({ contentType: 'text/javascript', body });
  });
}

// On a page of the server that has no script of its own.
class EncryptedTab {
  complaints = [];
  sent = [];
  received = [];

  static async open(window, server, userId, capabilities) {
    const { page, complaints } = await window.open(`${server.url}healthz`);
    const tab = new EncryptedTab();
    Object.assign(tab, { page, complaints });
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => tab.sent.push(JSON.parse(payload)));
      socket.on('framereceived', ({ payload }) => tab.received.push(JSON.parse(payload)));
    });
    await page.evaluate(async ([url, ...who]) => {
      const { enter } = await import('/support/encrypted_page.mjs');
      window.me = await enter(url, ...who);
    }, [`ws://${server.address.host}/ws`, userId, ROOM, capabilities]);
    return tab;
  }

  async say(data) {
    await this.page.evaluate(([room, text]) => (
      window.me.send('publish', { room, event: 'chat', data: text })), [ROOM, data]);
  }

  async hears(data) {
    await this.page.waitForFunction((text) => (
      window.me.heard.some((message) => message.event === 'chat' && message.data === text)), data);
  }

  // The answer to what comes behind a join shows that it is done.
  async isIn() {
    await this.page.evaluate(() => window.me.send('authenticate'));
    await this.page.waitForFunction(() => (
      window.me.heard.some(({ event, data }) => (
        event === 'error' && data.message === 'Already authenticated'))));
  }

  // But for the first of each way, which make the session.
  expectEncryptedWire(secrets) {
    const [{ event: asked }, ...out] = this.sent;
    const [{ event: answered }, ...back] = this.received;
    assert.deepEqual([asked, answered], ['authenticate', 'connected']);
    assert.ok(out.length > 0 && back.length > 0);
    for (const { event } of [...out, ...back]) assert.equal(event, 'encrypted');
    const wire = JSON.stringify([this.sent, this.received]);
    for (const text of [...secrets, 'publish', 'chat', 'Already']) assert.ok(!wire.includes(text));
  }
}

async function tabsTalk(t, browser, capabilities) {
  const server = await startServer(t, REQUIRED);
  const window = await browser.window(t);
  await serveModules(window);
  const ada = await EncryptedTab.open(window, server, 'ada', capabilities);
  const bob = await EncryptedTab.open(window, server, 'bob', capabilities);
  const script = await encryptedClient(server, 'a script', { capabilities, rooms: [ROOM] });
  for (const tab of [ada, bob]) await tab.isIn();

  await ada.say('Hello bob, this is between us');
  await bob.hears('Hello bob, this is between us');
  await script.expect('chat', 'Hello bob, this is between us');
  await bob.say('Grüße zurück 🔥');
  await ada.hears('Grüße zurück 🔥');
  await script.expect('chat', 'Grüße zurück 🔥');
  script.publish(ROOM, 'chat', 'and me');
  for (const tab of [ada, bob]) {
    await tab.hears('and me');
    tab.expectEncryptedWire(['Hello', 'between', 'Grüße', 'and me']);
    assert.deepEqual(tab.complaints, []);
  }
  const { capabilities: got = [] } = ada.received[0].data;
  assert.deepEqual(got, capabilities);
  if (capabilities.includes('room-key')) {
    const rooms = bob.received.filter(({ data }) => data.room === ROOM);
    assert.equal(rooms.length, 2, 'what was said to bob came under the key of the room');
  }
}

test('two tabs and a script talk encrypted', async (t) => {
  const browser = await Browser.launch(t);
  for (const capabilities of CAPABILITIES) {
    const name = capabilities.join(' and ') || 'no capabilities';
    await t.test(name, (one) => tabsTalk(one, browser, capabilities));
  }
});

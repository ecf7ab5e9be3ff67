// Chromium's own permessage-deflate.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Browser } from './support/browser.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';

const ROOM = 'public-a';

// A member of the room on a page of the server that has no script of its own.
async function enter(tab, server) {
  await tab.page.evaluate(([url, room]) => new Promise((resolve, reject) => {
    window.heard = [];
    window.socket = new WebSocket(url);
    const say = (event, data) => window.socket.send(JSON.stringify({ event, data }));
    window.publish = (data) => say('publish', { room, event: 'chat', data });
    window.socket.onopen = () => say('authenticate', {});
    window.socket.onclose = ({ code, reason }) => reject(new Error(`${code} ${reason}`));
    window.socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.event === 'chat') window.heard.push(message.data);
      if (message.event === 'connected') {
        say('join', { rooms: [room] });
        window.socket.send('a fence');
      }
      if (message.event === 'error') resolve();
    };
  }), [`ws://${server.address.host}/ws`, ROOM]);
}

test('a browser agrees on permessage-deflate, and talks by it', async (t) => {
  const browser = await Browser.launch(t);
  for (const more of [[], ['--deflate-context-takeover']]) {
    const flags = [...OPEN_ROOMS, '--deflate', '--deflate-threshold', '0', '--threads', '1'];
    const server = await startServer(t, [...flags, ...more]);
    const window = await browser.window(t);
    const tab = await window.open(`${server.url}healthz`);
    await enter(tab, server);
    const extensions = await tab.page.evaluate(() => window.socket.extensions);
    assert.match(extensions, /^permessage-deflate/);
    assert.equal(extensions.includes('server_no_context_takeover'), more.length === 0);

    const client = await server.connect({ perMessageDeflate: true });
    await client.authenticate({});
    await client.join(ROOM);
    const texts = [1, 10, 300, 5_000].map((count) => 'Grüße 🔥 '.repeat(count));
    for (const said of [...texts, ...texts]) {
      client.publish(ROOM, 'chat', said);
      await tab.page.waitForFunction((text) => window.heard.at(-1) === text, said);
      await tab.page.evaluate((text) => window.publish(text), said);
      await client.expect('chat', said);
    }
    await server.stop();
    assert.ok(server.logged('stopped')[0].messages_deflated > 0);
  }
});

// The demo page in Chromium: two tabs that talk, and what the page says when the server can't.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import test from 'node:test';

import { Browser } from './support/browser.mjs';
import { OPEN_ROOMS, startServer } from './support/server.mjs';

// One Chromium for all, because it takes seconds to start; each story has a window of its own.
const stories = [];
const story = (name, run) => stories.push({ name, run });

async function twoTabs(window, url, names = []) {
  const tabs = [await window.open(url, names[0]), await window.open(url, names[1])];
  for (const tab of tabs) await tab.reaches('online');
  return tabs;
}

story('a message of one tab is seen in the other, both ways', async (t, browser) => {
  const server = await startServer(t, OPEN_ROOMS);
  const [ada, bob] = await twoTabs(await browser.window(t), server.url);
  assert.notEqual(await ada.name(), await bob.name());
  assert.match(await ada.hook('client-id').innerText(), /^[0-9a-f-]{36}$/);

  await ada.say('Hello from one tab');
  await bob.hears('Hello from one tab');
  await bob.say('And <b>hello</b> from the other 🔥');
  await ada.hears('And <b>hello</b> from the other 🔥');
  assert.equal(await ada.hook('messages').locator('b').count(), 0, 'text is text');

  await ada.hasFrame('"event":"publish"');
  await bob.hasFrame('"event":"chat"');
  for (const tab of [ada, bob]) tab.expectNoComplaints();
});

story('rooms are apart from each other', async (t, browser) => {
  const server = await startServer(t, OPEN_ROOMS);
  const [ada, bob] = await twoTabs(await browser.window(t), server.url);
  await bob.fill('room', 'public-elsewhere');
  await bob.hears('You are in public-elsewhere');
  await ada.say('Nobody hears this');
  await ada.fill('room', 'public-elsewhere');
  await ada.say('Found you');
  await bob.hears('Found you');
  assert.equal(await bob.hook('messages').getByText('Nobody hears this').count(), 0);
  for (const tab of [ada, bob]) tab.expectNoComplaints();
});

story('a tab and a script talk to each other, also under a new name', async (t, browser) => {
  const server = await startServer(t, OPEN_ROOMS);
  const tab = await (await browser.window(t)).open(server.url);
  await tab.reaches('online');
  const room = await tab.hook('room').inputValue();
  const script = await server.client('a script', room);
  await tab.fill('name', 'Ada');
  await tab.hasFrame('"userId":"Ada","time"'); // greeted by it
  await tab.say('Who is there?');
  await script.expect('chat', { from: 'Ada', text: 'Who is there?' });
  script.publish(room, 'chat', { from: 'a script', text: 'Only me' });
  await tab.hears('Only me');
  tab.expectNoComplaints();
});

story('a server without --publish is explained', async (t, browser) => {
  const server = await startServer(t);
  const tab = await (await browser.window(t)).open(server.url);
  await tab.reaches('online');
  await tab.sees('This server keeps its rooms closed');
  await tab.sees("--publish 'public-*'");
  assert.equal(await tab.hook('send').isDisabled(), true);
  tab.expectNoComplaints();
});

story('the page can hang up and call again', async (t, browser) => {
  const server = await startServer(t, OPEN_ROOMS);
  const [ada, bob] = await twoTabs(await browser.window(t), server.url);
  await ada.hook('connect').click();
  await ada.reaches('offline');
  await ada.hook('connect').click();
  await ada.reaches('online');
  await ada.say('Here again');
  await bob.hears('Here again');
  for (const tab of [ada, bob]) tab.expectNoComplaints();
});

// A port that nobody is given by chance while the server is away: below those of port 0.
async function quietPort() {
  for (let port = 20_000 + (process.pid % 10_000); ; port += 1) {
    const probe = createServer().listen(port, '127.0.0.1');
    const free = await once(probe, 'listening').then(() => true, () => false);
    if (!free) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

story('the page goes offline with the server, and comes back with it', async (t, browser) => {
  const flags = [...OPEN_ROOMS, '--port', `${await quietPort()}`];
  const first = await startServer(t, flags);
  const [ada, bob] = await twoTabs(await browser.window(t), first.url);
  await first.stop();
  for (const tab of [ada, bob]) await tab.reaches('offline');

  await startServer(t, flags);
  for (const tab of [ada, bob]) await tab.reaches('online');
  await bob.say('We are back');
  await ada.hears('We are back');
});

for (const colorScheme of ['light', 'dark']) {
  story(`a picture of a conversation, ${colorScheme}`, async (t, browser) => {
    const server = await startServer(t, OPEN_ROOMS);
    const window = await browser.window(t, { colorScheme });
    const [ada, grace] = await twoTabs(window, server.url, ['Ada', 'Grace']);
    const lines = [
      [grace, 'Hello from the second tab!'],
      [ada, 'Hi Grace, I can read you.'],
      [ada, 'Every line here is one frame on the right.'],
      [grace, 'And nothing between us but one small server?'],
      [ada, 'One process, one port.'],
      [grace, 'Lovely. Open a third tab, somebody should join us.'],
    ];
    for (const [tab, line] of lines) {
      await tab.say(line);
      await (tab === ada ? grace : ada).hears(line);
    }
    await ada.screenshot(`demo-${colorScheme}.png`);
    for (const tab of [ada, grace]) tab.expectNoComplaints();
  });
}

test('the demo page', async (t) => {
  const browser = await Browser.launch(t);
  for (const { name, run } of stories) await t.test(name, (one) => run(one, browser));
});

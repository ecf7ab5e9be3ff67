// Who gets what the application sends, how often, and in which order.

export const theme = 'delivery';

const news = { event: 'news', data: { n: 1 } };

export default (scenario) => {
  scenario('to a client', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    await s.call('sendToClient', { clientId: ada.id, ...news });
    await s.fence(ada, bob);
    await s.call('sendToClient', { clientId: 'nobody', ...news });
    await s.call('sendToClient', { clientId: '0f14d0ab-9605-4a62-a9e4-5ed26688389b', ...news });
    await s.call('sendToClient', { clientId: 'ada', ...news });
    await s.fence(ada, bob);
  });

  scenario('to a client that has not authenticated', async (s) => {
    const ada = await s.connect('ada');
    await s.learnId(ada);
    await s.call('sendToClient', { clientId: ada.id, ...news });
    await ada.hears();
  });

  scenario('to a user of several sessions', async (s) => {
    const first = await s.client('first', { userId: 'ada' });
    const second = await s.client('second', { userId: 'ada' });
    const other = await s.client('other', { userId: 'Ada' });
    await s.call('getClientsByUser', { userId: 'ada' });
    await s.call('sendToUser', { userId: 'ada', ...news });
    await s.fence(first, second, other);
    await first.close(1000);
    await s.reported('clientDisconnected', first);
    await s.call('getClientsByUser', { userId: 'ada' });
    await s.call('sendToUser', { userId: 'ada', ...news });
    await s.fence(second, other);
    await second.close(1000);
    await s.reported('clientDisconnected', second);
    await s.call('getClientsByUser', { userId: 'ada' });
    await s.call('sendToUser', { userId: 'ada', ...news });
    await s.fence(other);
    const third = await s.client('third', { userId: 'ada' });
    await s.call('sendToUser', { userId: 'ada', ...news });
    await s.fence(third, other);
  });

  scenario('to users of any name', async (s) => {
    const names = ['Łukasz 🔥', 'a"b\\c\n', 'x'.repeat(1000), '__proto__', 'ws:user:1', ' ', '*'];
    for (const [i, userId] of names.entries()) {
      const one = await s.client(`client ${i}`, { userId });
      await s.call('sendToUser', { userId, ...news });
      await s.fence(one);
    }
    await s.call('sendToUser', { userId: 'nobody', ...news });
    await s.call('getClientsByUser', { userId: 'nobody' });
  });

  scenario('to a room', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    const cat = await s.client('cat');
    await ada.join('public-a');
    await bob.join('public-a', 'public-b');
    await s.call('sendToRoom', { room: 'public-a', ...news });
    await s.fence(ada, bob, cat);
    await s.call('sendToRoom', { room: 'public-b', ...news });
    await s.fence(ada, bob, cat);
    await s.call('sendToRoom', { room: 'public-nobody', ...news });
    await s.fence(ada, bob, cat);
  });

  scenario('to the room of a client\'s id', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    await s.call('sendToRoom', { room: ada.id, ...news });
    await s.fence(ada, bob);
    await s.call('sendToRoom', { room: ada.id, ...news, exclude: [bob.id] });
    await s.fence(ada, bob);
    await s.call('sendToRoom', { room: ada.id, ...news, exclude: [ada.id] });
    await s.fence(ada, bob);
  });

  scenario('to the room of a client\'s id that has not authenticated', async (s) => {
    const ada = await s.connect('ada');
    await s.learnId(ada);
    await s.call('getClientsByRoom', { room: ada.id });
    await s.call('sendToRoom', { room: ada.id, ...news });
    await s.fence(ada);
  });

  scenario('to a room, but not to these', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    const cat = await s.client('cat');
    for (const one of [ada, bob, cat]) await one.join('public-a');
    const lists = [[], [ada.id], [ada.id, cat.id], [ada.id, bob.id, cat.id], ['nobody'], ['nobody', bob.id, bob.id]];
    for (const exclude of lists) {
      await s.call('sendToRoom', { room: 'public-a', ...news, exclude });
      await s.fence(ada, bob, cat);
    }
    await s.call('sendToRoom', { room: 'public-nobody', ...news, exclude: [ada.id] });
    await s.fence(ada, bob, cat);
  });

  scenario('exclude names clients, not users or rooms', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a');
    await s.call('sendToRoom', { room: 'public-a', ...news, exclude: ['ada', 'public-a'] });
    await s.fence(ada);
    await s.call('broadcast', { ...news, exclude: ['ada', 'ws-default'] });
    await s.fence(ada);
  });

  scenario('to all', async (s) => {
    await s.call('broadcast', news);
    const ada = await s.client('ada');
    const bob = await s.client('bob', {});
    const stranger = await s.connect('stranger');
    const thinking = await s.connect('thinking');
    thinking.say({ event: 'authenticate', data: { mode: 'late', key: 'broadcast' } });
    await s.held('broadcast');
    await s.call('broadcast', news);
    await s.fence(ada, bob);
    await stranger.hearsNothingMore();
    await thinking.hearsNothingMore();
    await s.call('broadcast', { ...news, exclude: [ada.id] });
    await s.fence(ada, bob);
    await stranger.hearsNothingMore();
    await thinking.hearsNothingMore();
    await s.call('broadcast', { ...news, exclude: [] });
    await s.fence(ada, bob);
    await s.call('resolveLate', { key: 'broadcast' });
    await thinking.hears();
    await s.call('broadcast', news);
    await s.fence(ada, bob, thinking);
  });

  scenario('a client in many rooms gets each message once', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a', 'public-b', 'public-c');
    for (const room of ['public-a', 'public-b', 'ws-default', 'ws-notification', ada.id]) {
      await s.call('sendToRoom', { room, event: 'news', data: room });
    }
    await s.call('broadcast', { event: 'news', data: 'all' });
    await s.call('sendToUser', { userId: 'ada', event: 'news', data: 'user' });
    await s.fence(ada);
  });

  scenario('in the order in which one sender sent it, by calls', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob', { userId: 'ada' });
    await ada.join('public-a');
    await bob.join('public-a');
    for (let n = 0; n < 20; n += 4) {
      await s.call('sendToClient', { clientId: ada.id, event: 'n', data: n });
      await s.call('sendToUser', { userId: 'ada', event: 'n', data: n + 1 });
      await s.call('sendToRoom', { room: 'public-a', event: 'n', data: n + 2 });
      await s.call('broadcast', { event: 'n', data: n + 3 });
    }
    await s.fence(ada, bob);
  });

  scenario('in the order in which one sender sent it, by a handler', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob', { userId: 'ada' });
    await ada.join('public-a');
    await bob.join('public-a');
    ada.say({ event: 'burst', data: { room: 'public-a', count: 40 } });
    await ada.hears(40);
    await bob.hears(30);
    await s.fence(ada, bob);
  });

  scenario('data and events of any kind', async (s) => {
    const ada = await s.client('ada');
    const to = { clientId: ada.id };
    const kinds = [null, true, false, 0, -7, '', 'text', [], {}, [1, [2]], { b: 1, a: { c: null } }, 'Łódź 🔥 "\\\n'];
    for (const data of kinds) {
      await s.call('sendToClient', { ...to, event: 'news', data });
    }
    await s.call('sendToClient', { ...to, event: 'no data' });
    for (const event of ['connected', 'error', 'heartbeat', 'событие 🔥', 'a"b\\c\n', '']) {
      await s.call('sendToClient', { ...to, event, data: 1 });
    }
    await s.fence(ada);
  });

  scenario('messages without data, to many', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a');
    await s.call('sendToRoom', { room: 'public-a', event: 'no data' });
    await s.call('sendToUser', { userId: 'ada', event: 'no data' });
    await s.call('broadcast', { event: 'no data' });
    await s.fence(ada);
  });

  scenario('a message longer than a client may send', async (s) => {
    const ada = await s.client('ada');
    await s.call('broadcast', { event: 'long', data: 'x'.repeat(300_000) });
    await s.fence(ada);
  });

  // --- send ---

  scenario('send, to all', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    const stranger = await s.connect('stranger');
    await s.call('send', { topic: 'news', data: 1 });
    await s.call('send', { destination: '', topic: 'news', data: 2 });
    await s.fence(ada, bob);
    await stranger.hearsNothingMore();
  });

  scenario('send, to a client', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    await s.call('send', { destination: ada.id, topic: 'news', data: 1 });
    await s.fence(ada, bob);
  });

  scenario('send, to a room', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    await ada.join('public-a');
    await s.call('send', { destination: 'public-a', topic: 'news', data: 1 });
    await s.fence(ada, bob);
    await s.call('send', { destination: 'ws-default', topic: 'news', data: 2 });
    await s.fence(ada, bob);
  });

  scenario('send, to a user or to nobody here', async (s) => {
    const ada = await s.client('ada');
    await s.call('send', { destination: 'ada', topic: 'news', data: 1 });
    await s.call('send', { destination: 'public-nobody', topic: 'news', data: 2 });
    await s.call('send', { destination: '0f14d0ab-9605-4a62-a9e4-5ed26688389b', topic: 'news', data: 3 });
    await s.fence(ada);
  });

  scenario('send, without a topic or data', async (s) => {
    const ada = await s.client('ada');
    await s.call('send', { data: 1 });
    await s.call('send', { topic: '', data: 2 });
    await s.call('send', { topic: 'news' });
    await s.call('send', { destination: ada.id, data: 3 });
    await s.call('send', { destination: ada.id, topic: 'news' });
    await s.call('send', { destination: 'ws-default', topic: 'news' });
    await s.call('send', {});
    await s.fence(ada);
    for (const data of [null, false, 0, '']) await s.call('send', { topic: 'news', data });
    await s.fence(ada);
  });
};

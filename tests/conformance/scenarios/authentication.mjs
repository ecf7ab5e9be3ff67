// From `unauthorized` to `authenticated`, or to the end.

export const theme = 'authentication';

const AUTHENTICATE = 'authenticate';

export default (scenario) => {
  scenario('a client that is accepted is indexed, joined to its rooms and sent connected', async (s) => {
    const ada = await s.connect('ada');
    await ada.hearsNothingMore();
    await ada.authenticate({ mode: 'accept', userId: 'ada' });
    await s.call('getClients');
    await s.call('getClients', { id: ada.id });
    await s.call('getClientsByUser', { userId: 'ada' });
    await s.call('getClientsByRoom', { room: ada.id });
    await s.call('getClientsByRoom', { room: 'ws-default' });
    await s.call('getClientsByRoom', { room: 'ws-notification' });
  });

  scenario('a client without a user', async (s) => {
    const ada = await s.connect('ada');
    await ada.authenticate({ mode: 'accept' });
    await s.call('getClients');
  });

  scenario('a user id that is empty', async (s) => {
    const ada = await s.connect('ada');
    await ada.authenticate({ userId: '' });
    await s.call('getClientsByUser', { userId: '' });
  });

  scenario('metadata goes to the application only', async (s) => {
    const ada = await s.connect('ada');
    await ada.authenticate({ userId: 'ada', metadata: { role: 'admin', rights: ['read', 'write'] } });
    await s.call('getClients');
  });

  for (const [what, text] of Object.entries({
    'no data': '{"event":"authenticate"}',
    'data null': '{"event":"authenticate","data":null}',
    'an empty object': '{"event":"authenticate","data":{}}',
    'a string': '{"event":"authenticate","data":"token"}',
    'a number': '{"event":"authenticate","data":7}',
    'false': '{"event":"authenticate","data":false}',
    'an array': '{"event":"authenticate","data":["token",1]}',
  })) {
    scenario(`the credentials are ${what}`, async (s) => {
      const ada = await s.connect('ada');
      ada.say(text);
      await ada.hears();
    });
  }

  scenario('credentials reach the handler as they are', async (s) => {
    const ada = await s.connect('ada');
    await ada.authenticate({
      userId: 'Ada Łovelace 🔥', token: 'a"b\\c\n', deep: [[[{ x: null }]]], publicKey: 'BAAA', n: 1.5,
    });
  });

  for (const mode of ['reject', 'rejectFalse', 'throw']) {
    scenario(`the handler answers ${mode}`, async (s) => {
      const ada = await s.connect('ada');
      ada.say({ event: AUTHENTICATE, data: { mode, userId: 'ada' } });
      await ada.closes();
      await s.call('getClients');
      await s.call('getClientsByUser', { userId: 'ada' });
    });
  }

  for (const answer of ['accept', 'reject', 'throw']) {
    scenario(`the handler answers later: ${answer}`, async (s) => {
      const ada = await s.connect('ada');
      ada.say({ event: AUTHENTICATE, data: { mode: 'late', key: 'later', userId: 'ada' } });
      await s.held('later');
      await ada.hearsNothingMore();
      await s.call('resolveLate', { key: 'later', answer });
      if (answer === 'accept') await ada.hears();
      else await ada.closes();
      await s.call('getClientsByUser', { userId: 'ada' });
    });
  }

  scenario('while the handler thinks, the client is nobody yet', async (s) => {
    const ada = await s.connect('ada');
    await s.learnId(ada);
    await s.call('getClients');
    ada.say({ event: AUTHENTICATE, data: { mode: 'late', key: 'thinking', userId: 'ada' } });
    await s.held('thinking');
    await s.call('getClients');
    await s.call('getClientsByUser', { userId: 'ada' });
    await s.call('getClientsByRoom', { room: 'ws-default' });
    await s.call('getClientsByRoom', { room: ada.id });
    await s.call('broadcast', { event: 'news', data: 1 });
    await s.call('sendToUser', { userId: 'ada', event: 'news', data: 2 });
    await s.call('sendToRoom', { room: 'ws-default', event: 'news', data: 3 });
    await s.fence(ada);
    await s.call('resolveLate', { key: 'thinking' });
    await ada.hears();
    await s.call('getClients');
  });

  scenario('two clients, answered in the other order', async (s) => {
    const ada = await s.connect('ada');
    const bob = await s.connect('bob');
    ada.say({ event: AUTHENTICATE, data: { mode: 'late', key: 'first', userId: 'ada' } });
    await s.held('first');
    bob.say({ event: AUTHENTICATE, data: { mode: 'late', key: 'second', userId: 'bob' } });
    await s.held('second');
    await s.call('resolveLate', { key: 'second' });
    await bob.hears();
    await ada.hearsNothingMore();
    await s.call('resolveLate', { key: 'first', answer: 'reject' });
    await ada.closes();
    await s.call('getClients');
  });

  scenario('authenticate again, when authenticated', async (s) => {
    const ada = await s.client('ada');
    ada.say({ event: AUTHENTICATE, data: { userId: 'eve' } });
    await ada.hears();
    ada.say({ event: AUTHENTICATE, data: { mode: 'reject' } });
    await ada.hears();
    ada.say({ event: AUTHENTICATE });
    await ada.hears();
    await ada.hearsNothingMore();
    await s.call('getClients');
  });

  scenario('authenticate again, while authenticating', async (s) => {
    const ada = await s.connect('ada');
    ada.say({ event: AUTHENTICATE, data: { mode: 'late', key: 'once', userId: 'ada' } });
    await s.held('once');
    ada.say({ event: AUTHENTICATE, data: { userId: 'eve' } });
    await ada.hears();
    await ada.hearsNothingMore();
    await s.call('resolveLate', { key: 'once' });
    await ada.hears();
    await s.call('getClients');
  });

  scenario('nothing but authenticate and heartbeat before authentication', async (s) => {
    const ada = await s.connect('ada');
    ada.say({ event: 'heartbeat' });
    await ada.hearsNothingMore();
    for (const event of ['join', 'leave', 'echo', 'connected', 'disconnect', 'error', 'encrypted', 'Authenticate']) {
      ada.say({ event, data: { rooms: ['public-a'] } });
      await ada.hears();
    }
    await ada.hearsNothingMore();
    await ada.authenticate({ userId: 'ada' });
  });

  scenario('nothing but authenticate and heartbeat while authenticating', async (s) => {
    const ada = await s.connect('ada');
    ada.say({ event: AUTHENTICATE, data: { mode: 'late', key: 'meanwhile', userId: 'ada' } });
    await s.held('meanwhile');
    ada.say({ event: 'heartbeat' });
    await ada.hearsNothingMore();
    for (const event of ['join', 'leave', 'echo', 'connected', 'disconnect', 'error', 'encrypted']) {
      ada.say({ event, data: { rooms: ['public-a'] } });
      await ada.hears();
    }
    ada.say('no JSON');
    await ada.hears();
    await ada.hearsNothingMore();
    await s.call('resolveLate', { key: 'meanwhile' });
    await ada.hears();
  });

  scenario('messages behind authenticate, all at once', async (s) => {
    const ada = await s.connect('ada');
    ada.say({ event: AUTHENTICATE, data: { mode: 'late', key: 'at once', userId: 'ada' } });
    ada.say({ event: 'echo', data: 1 }).say('{').say({ event: 'heartbeat' });
    ada.say({ event: AUTHENTICATE, data: {} });
    await ada.hears(3);
    await s.held('at once');
    await s.call('resolveLate', { key: 'at once' });
    await ada.hears();
    ada.say({ event: 'echo', data: 2 });
    await ada.hears();
  });

  scenario('connected comes first, and the rooms are joined when client_connected is called', async (s) => {
    const ada = await s.connect('ada');
    await ada.authenticate({ userId: 'ada', metadata: { greet: true } });
    await s.reported('clientConnected', ada);
    await s.fence(ada);
  });

  scenario('the same without a user', async (s) => {
    const ada = await s.connect('ada');
    await ada.authenticate({ metadata: { greet: true } });
    await s.reported('clientConnected', ada);
    await s.fence(ada);
  });

  scenario('a late client gets its greeting too', async (s) => {
    const ada = await s.connect('ada');
    ada.say({ event: AUTHENTICATE, data: { mode: 'late', key: 'greeting', userId: 'ada', metadata: { greet: true } } });
    await s.held('greeting');
    await s.call('resolveLate', { key: 'greeting' });
    await ada.hears();
    await s.reported('clientConnected', ada);
    await s.fence(ada);
  });

  scenario('client_connected throws', async (s) => {
    const ada = await s.connect('ada');
    await ada.authenticate({ userId: 'ada', metadata: { throwOnConnected: true } });
    await s.reported('clientConnected', ada);
    await ada.hearsNothingMore();
    const bob = await s.client('bob');
    await bob.hearsNothingMore();
  });

  scenario('a client that is refused is heard no more', async (s) => {
    const ada = await s.raw('ada');
    await ada.upgrade();
    ada.say('{"event":"authenticate","data":{"mode":"late","key":"refused"}}');
    await s.held('refused');
    await s.call('resolveLate', { key: 'refused', answer: 'reject' });
    await ada.hears(2);
    ada.say('{"event":"authenticate","data":{"userId":"ada"}}');
    ada.sayClose(4003);
    await ada.closes();
  });

  scenario('a hundred clients, each with an id of its own', async (s) => {
    const ids = new Set();
    for (let i = 0; i < 100; i += 1) {
      const one = await s.connect(`client ${i}`);
      await one.authenticate({});
      ids.add(one.id);
    }
    s.note(`${ids.size} ids`);
  });
};

// join and leave, by the client and by the application.

export const theme = 'rooms';

const LONGEST = `public-${'x'.repeat(249)}`; // 256 characters
const ODD_PAYLOADS = {
  'no data': undefined, 'null': null, 'a number': 5, 'a string': 'public-a', 'true': true, 'an array': ['public-a'],
  'no rooms': {}, 'rooms null': { rooms: null }, 'no room': { rooms: [] }, 'rooms 5': { rooms: 5 },
  'rooms true': { rooms: true }, 'rooms an empty object': { rooms: {} }, 'rooms an empty string': { rooms: '' },
  'rooms in capitals': { Rooms: ['public-a'] },
};
const THROWING_PAYLOADS = {
  'rooms a string': { rooms: 'public-a' }, 'rooms like an array': { rooms: { 0: 'public-a', length: 1 } },
};

async function news(s, room, ...peers) {
  await s.call('sendToRoom', { room, event: 'news', data: { of: room } });
  await s.fence(...peers);
}

export default (scenario) => {
  scenario('a room that the application allows', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a');
    await s.call('getClientsByRoom', { room: 'public-a' });
    await s.call('getClients');
    await news(s, 'public-a', ada);
  });

  scenario('a room that it refuses, in silence', async (s) => {
    const ada = await s.client('ada');
    await ada.join('private-a');
    await s.call('getClientsByRoom', { room: 'private-a' });
    await news(s, 'private-a', ada);
  });

  scenario('some allowed, some refused', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a', 'private-b', 'public-c', 'Public-d');
    await s.call('getClients');
  });

  scenario('a room that nobody asked for', async (s) => {
    const ada = await s.client('ada');
    await ada.join('more-a', 'private-a');
    await s.call('getClients');
    await news(s, 'extra', ada);
  });

  scenario('names that never reach the application', async (s) => {
    const ada = await s.client('ada');
    await ada.join('', 5, null, true, ['public-a'], { public: 'a' }, 'ws:', 'ws:room:a', 'ws:internal:broadcast',
      `${LONGEST}x`, 'public-a');
    await s.call('getClients');
    await ada.join('', 'ws:public-a', 1);
    await s.call('getClients');
  });

  scenario('how long a name may be', async (s) => {
    const ada = await s.client('ada');
    await ada.join(LONGEST, `${LONGEST}y`);
    await s.call('getClientsByRoom', { room: LONGEST });
    await news(s, LONGEST, ada);
    const unicode = `public-a${'🔥'.repeat(124)}`; // 256 UTF-16 units
    await ada.join(unicode, `${unicode}z`);
    await s.call('getClients');
    await news(s, unicode, ada);
  });

  scenario('names of any characters', async (s) => {
    const ada = await s.client('ada');
    const names = ['public-комната 🔥', 'public-a"b\\c', 'public-a\nb\u0000c', 'public-', 'public-*', 'public- '];
    await ada.join(...names, '__proto__', 'constructor');
    await s.call('getClients');
    for (const room of names) await news(s, room, ada);
    await ada.leave(names[0], names[1], names[2]);
    await s.call('getClients');
  });

  scenario('names that look like those of the server', async (s) => {
    const ada = await s.client('ada');
    await ada.join('ws-default', 'ws-other', 'WS:a', ' ws:a', 'public-ws:a');
    await s.call('getClients');
  });

  scenario('joining twice is joining once', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a');
    await ada.join('public-a');
    await news(s, 'public-a', ada);
    await ada.leave('public-a');
    await news(s, 'public-a', ada);
  });

  scenario('a name twice in one request', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a', 'public-a');
    await news(s, 'public-a', ada);
  });

  scenario('a thousand rooms in one request', async (s) => {
    const ada = await s.client('ada');
    await ada.join(...Array.from({ length: 1000 }, (_, i) => `public-${i}`));
    await news(s, 'public-0', ada);
    await news(s, 'public-999', ada);
    await news(s, 'public-1000', ada);
  });

  scenario('somebody else\'s id, and one\'s own', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    await bob.join(ada.id);
    await bob.join(bob.id);
    await bob.join('0f14d0ab-9605-4a62-a9e4-5ed26688389b', 'public-b');
    await s.call('getClientsByRoom', { room: ada.id });
    await news(s, ada.id, ada, bob);
  });

  scenario('the application throws', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a', 'throw-a');
    await s.call('getClients');
    await ada.join('public-b');
    await s.call('getClientsByRoom', { room: 'public-b' });
  });

  for (const answer of ['accept', 'reject', 'throw']) {
    scenario(`the application answers later: ${answer}`, async (s) => {
      const ada = await s.client('ada');
      await ada.join('late-a', 'public-b', 'private-c');
      await s.held('late-a');
      await s.call('getClientsByRoom', { room: 'public-b' });
      ada.say({ event: 'echo', data: 'meanwhile' });
      await ada.hears();
      await s.call('resolveLate', { key: 'late-a', answer });
      await s.call('getClients');
      await news(s, 'late-a', ada);
    });
  }

  scenario('two requests, answered in the other order', async (s) => {
    const ada = await s.client('ada');
    await ada.join('late-1');
    await s.held('late-1');
    await ada.join('late-2');
    await s.held('late-2');
    await ada.leave('late-1');
    await s.call('resolveLate', { key: 'late-2' });
    await s.call('getClients');
    await s.call('resolveLate', { key: 'late-1' });
    await s.call('getClients');
  });

  scenario('join with odd payloads', async (s) => {
    const ada = await s.client('ada');
    for (const [what, data] of Object.entries({ ...ODD_PAYLOADS, ...THROWING_PAYLOADS })) {
      s.note(what);
      ada.say({ event: 'join', data });
      await ada.hearsNothingMore();
    }
    await s.call('getClients');
  });

  scenario('leave with odd payloads', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a');
    for (const [what, data] of Object.entries({ ...ODD_PAYLOADS, ...THROWING_PAYLOADS })) {
      s.note(what);
      ada.say({ event: 'leave', data });
      await ada.hearsNothingMore();
    }
    await ada.leave(5, null, {}, ['public-a'], true, '');
    await s.call('getClients');
    await news(s, 'public-a', ada);
  });

  scenario('leaving', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    await ada.join('public-a', 'public-b');
    await bob.join('public-a');
    await ada.leave('public-a');
    await s.call('getClientsByRoom', { room: 'public-a' });
    await news(s, 'public-a', ada, bob);
    await news(s, 'public-b', ada, bob);
    await bob.leave('public-a');
    await s.call('getClientsByRoom', { room: 'public-a' });
    await bob.join('public-a');
    await news(s, 'public-a', ada, bob);
  });

  scenario('leaving rooms never joined', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    await bob.join('public-a');
    await ada.leave('public-a', 'public-never', 'ws:internal:broadcast', 'ws:', bob.id, 'x'.repeat(1000));
    await s.call('getClients');
    await news(s, 'public-a', ada, bob);
    await s.call('broadcast', { event: 'news', data: 'to all' });
    await s.fence(ada, bob);
  });

  scenario('leaving joined and other rooms at once', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a', 'public-b', 'public-c');
    await ada.leave('public-x', 'public-a', 7, 'public-a', 'public-c');
    await s.call('getClients');
  });

  scenario('leaving the default rooms', async (s) => {
    const ada = await s.client('ada');
    await ada.leave('ws-default');
    await s.call('getClients');
    await news(s, 'ws-default', ada);
    await news(s, 'ws-notification', ada);
    await s.call('broadcast', { event: 'news', data: 'to all' });
    await s.fence(ada);
  });

  scenario('leaving the room of one\'s own id', async (s) => {
    const ada = await s.client('ada');
    await ada.leave(ada.id);
    await s.call('getClientsByRoom', { room: ada.id });
    await news(s, ada.id, ada);
    await s.call('sendToClient', { clientId: ada.id, event: 'news', data: 'by id' });
    await s.fence(ada);
  });

  scenario('the application joins and leaves for the client', async (s) => {
    const ada = await s.client('ada');
    await s.call('joinRoom', { clientId: ada.id, room: 'staff' });
    await s.call('getClientsByRoom', { room: 'staff' });
    await news(s, 'staff', ada);
    await s.call('joinRoom', { clientId: ada.id, room: 'staff' });
    await news(s, 'staff', ada);
    await s.call('leaveRoom', { clientId: ada.id, room: 'staff' });
    await s.call('getClientsByRoom', { room: 'staff' });
    await news(s, 'staff', ada);
    await s.call('leaveRoom', { clientId: ada.id, room: 'never-joined' });
    await s.call('joinRoom', { clientId: 'nobody', room: 'staff' });
    await s.call('leaveRoom', { clientId: 'nobody', room: 'staff' });
    await s.call('getClientsByRoom', { room: 'staff' });
    await s.call('joinRoom', { clientId: ada.id, room: 'staff' });
    await ada.leave('staff');
    await s.call('getClientsByRoom', { room: 'staff' });
  });

  scenario('the application puts a client into a room that has not authenticated', async (s) => {
    const ada = await s.connect('ada');
    await s.learnId(ada);
    await s.call('joinRoom', { clientId: ada.id, room: 'staff' });
    await s.call('getClientsByRoom', { room: 'staff' });
    await news(s, 'staff', ada);
  });

  scenario('a client that goes leaves its rooms', async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    await ada.join('public-a');
    await bob.join('public-a');
    await ada.close(1000);
    await s.reported('clientDisconnected', ada);
    await s.call('getClientsByRoom', { room: 'public-a' });
    await s.call('getClientsByRoom', { room: ada.id });
    await news(s, 'public-a', bob);
  });

  scenario('without a validate_room handler nobody joins',
    { server: { withValidateRoom: false } }, async (s) => {
      const ada = await s.client('ada');
      await ada.join('public-a', 'public-b');
      await s.call('getClients');
      await s.call('joinRoom', { clientId: ada.id, room: 'public-a' });
      await news(s, 'public-a', ada);
      await ada.leave('public-a');
      await s.call('getClients');
    });

  scenario('default rooms of one\'s own choice', { server: { defaultRooms: ['lobby', 'hall'] } }, async (s) => {
    const ada = await s.client('ada');
    await s.call('getClients');
    await news(s, 'lobby', ada);
    await news(s, 'ws-default', ada);
  });

  scenario('no default rooms', { server: { defaultRooms: [] } }, async (s) => {
    const ada = await s.client('ada');
    await s.call('getClients');
    await news(s, 'ws-default', ada);
    await s.call('broadcast', { event: 'news', data: 'to all' });
    await s.fence(ada);
  });
};

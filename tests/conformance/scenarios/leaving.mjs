// Clients that go, at any time and in any way.

export const theme = 'leaving';

export default (scenario) => {
  for (const [what, codeAndReason] of Object.entries({
    'no code': [], '1000': [1000], '1000 and a reason': [1000, 'bye'], '1001': [1001, 'going away'], '1011': [1011],
    '3000': [3000], '4000 and a reason': [4000, 'Łódź 🔥'], '4999': [4999, 'x'.repeat(123)],
  })) {
    scenario(`the client closes with ${what}`, async (s) => {
      const ada = await s.client('ada');
      await ada.close(...codeAndReason);
      await s.reported('clientDisconnected', ada);
      await s.call('getClients');
    });
  }

  scenario('the client closes before it authenticates', async (s) => {
    const ada = await s.connect('ada');
    await ada.close(1000);
    const bob = await s.connect('bob');
    bob.say({ event: 'echo' });
    await bob.close(4000);
  });

  scenario('the client vanishes', async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a');
    ada.vanish();
    await s.reported('clientDisconnected', ada);
    await s.call('getClients');
    await s.call('getClientsByUser', { userId: 'ada' });
    await s.call('getClientsByRoom', { room: 'public-a' });
    await s.call('sendToUser', { userId: 'ada', event: 'news' });
    await s.call('sendToClient', { clientId: ada.id, event: 'news' });
    await s.call('joinRoom', { clientId: ada.id, room: 'staff' });
    await s.call('getClientsByRoom', { room: 'staff' });
  });

  scenario('the client ends its TCP connection', async (s) => {
    const ada = await s.raw('ada');
    await ada.upgrade();
    ada.say('{"event":"authenticate","data":{"userId":"ada"}}');
    await ada.hears();
    ada.socket.end();
    await ada.closes();
  });

  scenario('what the client said before it closed is heard', async (s) => {
    const ada = await s.client('ada');
    ada.say({ event: 'echo', data: 1 }).say({ event: 'echo', data: 2 });
    await ada.close(1000);
  });

  scenario('what the client says behind its close frame is not', async (s) => {
    const ada = await s.raw('ada');
    await ada.upgrade();
    ada.say('{"event":"authenticate","data":{"userId":"ada"}}');
    await ada.hears();
    ada.sayClose(1000);
    ada.say('{"event":"echo","data":1}');
    await ada.closes();
  });

  for (const answer of ['accept', 'reject', 'throw']) {
    scenario(`the client closes while authenticating, and the answer is ${answer}`, async (s) => {
      const ada = await s.connect('ada');
      await s.learnId(ada);
      const data = { mode: 'late', key: 'gone', userId: 'ada', metadata: { greet: true } };
      ada.say({ event: 'authenticate', data });
      await s.held('gone');
      await ada.close(1000);
      await s.reported('clientDisconnected', ada);
      await s.call('resolveLate', { key: 'gone', answer });
      await s.call('getClients');
      await s.call('getClientsByUser', { userId: 'ada' });
      await s.call('getClientsByRoom', { room: 'ws-default' });
    });
  }

  scenario('the client vanishes while authenticating', async (s) => {
    const ada = await s.connect('ada');
    await s.learnId(ada);
    ada.say({ event: 'authenticate', data: { mode: 'late', key: 'vanished', userId: 'ada' } });
    await s.held('vanished');
    ada.vanish();
    await s.reported('clientDisconnected', ada);
    await s.call('resolveLate', { key: 'vanished' });
    await s.call('getClients');
  });

  scenario('the client closes while it joins', async (s) => {
    const ada = await s.client('ada');
    await ada.join('late-room');
    await s.held('late-room');
    await ada.close(1000);
    await s.reported('clientDisconnected', ada);
    await s.call('resolveLate', { key: 'late-room' });
    await s.call('getClientsByRoom', { room: 'late-room' });
  });

  scenario('the client closes while its message is handled', async (s) => {
    const ada = await s.client('ada');
    ada.say({ event: 'echo-late', data: { key: 'echo to nobody' } });
    await s.held('echo to nobody');
    await ada.close(1000);
    await s.reported('clientDisconnected', ada);
    await s.call('resolveLate', { key: 'echo to nobody' });
    await s.call('getClients');
  });

  scenario('client_disconnected throws', async (s) => {
    const bob = await s.client('bob');
    const ada = await s.client('ada', { userId: 'throw-ada' });
    await ada.close(1000);
    await s.reported('clientDisconnected', ada);
    await s.call('getClients');
    bob.say({ event: 'echo', data: 1 });
    await bob.hears();
  });

  scenario('a user comes back', async (s) => {
    const first = await s.client('first', { userId: 'ada' });
    await first.join('public-a');
    await first.close(1000);
    await s.reported('clientDisconnected', first);
    const second = await s.client('second', { userId: 'ada' });
    await s.call('getClients');
    s.note(first.id === second.id ? 'the same id' : 'another id');
  });
};

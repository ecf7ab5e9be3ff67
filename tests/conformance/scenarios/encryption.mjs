// requireEncryption, the handshake and the application's transformer. The servers' transformer wraps
// {event, data} in base64; the transcript shows what is inside.

export const theme = 'encryption';

const WITHOUT_HANDSHAKE = { server: { requireEncryption: true, withTransformer: true } };
const REQUIRED = { server: { requireEncryption: true, withHandshake: true, withTransformer: true } };
const OPTIONAL = { server: { withHandshake: true, withTransformer: true } };
const NO_TRANSFORMER = { server: { requireEncryption: true, withHandshake: true } };

function credentials(handshake, more = {}) {
  return { userId: 'ada', handshake, ...more };
}

export default (scenario) => {
  scenario('required, without a handshake handler', WITHOUT_HANDSHAKE, async (s) => {
    const ada = await s.connect('ada');
    await s.learnId(ada);
    ada.say({ event: 'authenticate', data: credentials('accept') });
    await ada.closes();
    await s.call('getClients');
  });

  for (const answer of ['reject', 'rejectFalse', 'throw']) {
    scenario(`required, and the handshake handler answers ${answer}`, REQUIRED, async (s) => {
      const ada = await s.connect('ada');
      await s.learnId(ada);
      ada.say({ event: 'authenticate', data: credentials(answer) });
      await ada.closes();
      await s.call('getClients');
      await s.call('getClientsByUser', { userId: 'ada' });
    });
  }

  for (const mode of ['reject', 'throw']) {
    scenario(`required, and authentication answers ${mode}`, REQUIRED, async (s) => {
      const ada = await s.connect('ada');
      ada.say({ event: 'authenticate', data: credentials('accept', { mode }) });
      await ada.closes();
    });
  }

  scenario('required and accepted', REQUIRED, async (s) => {
    const ada = await s.connect('ada');
    await ada.authenticate(credentials('accept'));
    await s.call('getClients');
    await s.call('getClientsByUser', { userId: 'ada' });
    await s.call('getClientsByRoom', { room: ada.id });
  });

  scenario('everything that an encrypted client gets is wrapped', REQUIRED, async (s) => {
    const ada = await s.client('ada', credentials('accept'));
    await ada.join('public-a');
    await s.call('sendToClient', { clientId: ada.id, event: 'news', data: 1 });
    await s.fence(ada);
    await s.call('sendToUser', { userId: 'ada', event: 'news', data: { n: 2 } });
    await s.fence(ada);
    await s.call('sendToRoom', { room: 'public-a', event: 'news', data: 'three' });
    await s.fence(ada);
    await s.call('sendToRoom', { room: 'public-a', event: 'news', data: 4, exclude: ['nobody'] });
    await s.fence(ada);
    await s.call('broadcast', { event: 'news', data: 5 });
    await s.fence(ada);
    await s.call('broadcast', { event: 'news', data: 6, exclude: ['nobody'] });
    await s.fence(ada);
    await s.call('sendToRoom', { room: ada.id, event: 'news', data: null });
    await s.fence(ada);
    await s.call('send', { destination: ada.id, topic: 'news', data: 8 });
    await s.fence(ada);
    await s.call('sendToClient', { clientId: ada.id, event: 'no data' });
    await s.fence(ada);
    ada.say('no JSON').say({ event: 'authenticate' });
    await ada.hears(2);
    ada.say({ event: 'echo', data: [1, 2] });
    await ada.hears();
  });

  scenario('connected comes first, wrapped', REQUIRED, async (s) => {
    const ada = await s.connect('ada');
    await ada.authenticate(credentials('accept', { metadata: { greet: true } }));
    await s.reported('clientConnected', ada);
    await s.fence(ada);
  });

  scenario('the transformer leaves a message plain', REQUIRED, async (s) => {
    const ada = await s.client('ada', credentials('accept'));
    await s.call('sendToClient', { clientId: ada.id, event: 'plain-please', data: { n: 1 } });
    await s.call('sendToRoom', { room: 'ws-default', event: 'plain-please', data: { n: 2 } });
    await s.fence(ada);
  });

  scenario('the transformer throws', REQUIRED, async (s) => {
    const ada = await s.client('ada', credentials('accept'));
    await s.call('sendToClient', { clientId: ada.id, event: 'transform-throw', data: 1 });
    await s.call('sendToRoom', { room: 'ws-default', event: 'transform-throw', data: 2 });
    await s.call('broadcast', { event: 'transform-throw', data: 3 });
    await s.call('sendToClient', { clientId: ada.id, event: 'news', data: 4 });
    await s.fence(ada);
  });

  scenario('the transformer takes its time', REQUIRED, async (s) => {
    const ada = await s.client('ada', credentials('accept'));
    await s.call('sendToClient', { clientId: ada.id, event: 'transform-late', data: { key: 'slow wrapping' } });
    await s.call('sendToClient', { clientId: ada.id, event: 'news', data: 'behind it' });
    await s.call('resolveLate', { key: 'slow wrapping' });
    await ada.hears(2);
  });

  scenario('the transformer takes its time for a room', REQUIRED, async (s) => {
    const ada = await s.client('ada', credentials('accept'));
    await s.call('sendToRoom', { room: 'ws-default', event: 'transform-late', data: { key: 'slow room' } });
    await s.call('broadcast', { event: 'news', data: 'behind it' });
    await s.call('resolveLate', { key: 'slow room' });
    await ada.hears(2);
  });

  scenario('the client goes while the transformer takes its time', REQUIRED, async (s) => {
    const ada = await s.client('ada', credentials('accept'));
    await s.call('sendToClient', { clientId: ada.id, event: 'transform-late', data: { key: 'for nobody' } });
    await ada.close(1000);
    await s.reported('clientDisconnected', ada);
    await s.call('resolveLate', { key: 'for nobody' });
    await s.call('getClients');
  });

  scenario('twenty encrypted clients of one room', REQUIRED, async (s) => {
    const clients = [];
    for (let i = 0; i < 20; i += 1) clients.push(await s.client(`client ${i}`, { handshake: 'accept' }));
    await s.call('sendToRoom', { room: 'ws-default', event: 'news', data: 1 });
    for (const one of clients) await one.hears();
    await s.call('broadcast', { event: 'news', data: 2, exclude: [clients[0].id] });
    for (const one of clients.slice(1)) await one.hears();
    await s.fence(...clients);
  });

  // --- the handshake takes its time ---

  scenario('the client speaks while the handshake goes on', REQUIRED, async (s) => {
    const ada = await s.connect('ada');
    ada.say({ event: 'authenticate', data: credentials('late', { handshakeKey: 'talking' }) });
    await s.held('talking');
    ada.say({ event: 'heartbeat' });
    await ada.hearsNothingMore();
    ada.say({ event: 'authenticate', data: credentials('accept') });
    await ada.hears();
    ada.say({ event: 'echo', data: 1 });
    await ada.hears();
    ada.say({ event: 'join', data: { rooms: ['public-a'] } });
    await ada.hearsNothingMore();
    await s.call('resolveLate', { key: 'talking' });
    await ada.hears();
    await s.call('getClients');
  });

  scenario('the server speaks while the handshake goes on', REQUIRED, async (s) => {
    const ada = await s.connect('ada');
    await s.learnId(ada);
    ada.say({ event: 'authenticate', data: credentials('late', { handshakeKey: 'listening' }) });
    await s.held('listening');
    await s.call('getClients');
    await s.call('broadcast', { event: 'news', data: 1 });
    await s.call('sendToUser', { userId: 'ada', event: 'news', data: 2 });
    await s.call('sendToRoom', { room: 'ws-default', event: 'news', data: 3 });
    await s.fence(ada);
    await s.call('resolveLate', { key: 'listening' });
    await ada.hears();
  });

  for (const answer of ['reject', 'throw']) {
    scenario(`the handshake ends late: ${answer}`, REQUIRED, async (s) => {
      const ada = await s.connect('ada');
      await s.learnId(ada);
      ada.say({ event: 'authenticate', data: credentials('late', { handshakeKey: 'failing' }) });
      await s.held('failing');
      await s.call('resolveLate', { key: 'failing', answer });
      await ada.closes();
      await s.call('getClients');
    });
  }

  scenario('the client goes while the handshake goes on', REQUIRED, async (s) => {
    const ada = await s.connect('ada');
    await s.learnId(ada);
    ada.say({ event: 'authenticate', data: credentials('late', { handshakeKey: 'left alone' }) });
    await s.held('left alone');
    await ada.close(1000);
    await s.reported('clientDisconnected', ada);
    await s.call('resolveLate', { key: 'left alone' });
    await s.call('getClients');
  });

  // --- encryption that is not required ---

  scenario('not required: the handshake handler is not asked', OPTIONAL, async (s) => {
    const ada = await s.client('ada', credentials('accept'));
    await s.call('getClients');
    await s.call('broadcast', { event: 'news', data: 1 });
    await s.fence(ada);
  });

  scenario('not required: enabled by a call', OPTIONAL, async (s) => {
    const ada = await s.client('ada');
    await ada.join('public-a');
    await s.call('enableClientEncryption', { clientId: ada.id });
    await s.call('getClients');
    await s.call('sendToClient', { clientId: ada.id, event: 'news', data: 1 });
    await s.call('sendToRoom', { room: 'public-a', event: 'news', data: 2 });
    await s.call('sendToRoom', { room: ada.id, event: 'news', data: 3 });
    await s.call('broadcast', { event: 'news', data: 4 });
    await s.fence(ada);
    await s.call('enableClientEncryption', { clientId: ada.id });
    await s.call('enableClientEncryption', { clientId: 'nobody' });
    await ada.join('public-b');
    await s.call('sendToRoom', { room: 'public-b', event: 'news', data: 5 });
    await s.fence(ada);
    await ada.leave('public-a');
    await s.call('sendToRoom', { room: 'public-a', event: 'news', data: 6 });
    await s.fence(ada);
  });

  scenario('not required: enabled by the message handler', OPTIONAL, async (s) => {
    const ada = await s.client('ada');
    ada.say({ event: 'echo', data: 'plain' });
    await ada.hears();
    ada.say({ event: 'enable-encryption' });
    await ada.hears();
    ada.say({ event: 'echo', data: 'wrapped' });
    await ada.hears();
  });

  scenario('plain and encrypted clients of one room', OPTIONAL, async (s) => {
    const ada = await s.client('ada');
    const bob = await s.client('bob');
    await s.call('enableClientEncryption', { clientId: bob.id });
    for (const one of [ada, bob]) await one.join('public-a');
    await s.call('sendToRoom', { room: 'public-a', event: 'news', data: 1 });
    await s.fence(ada, bob);
    await s.call('broadcast', { event: 'news', data: 2 });
    await s.fence(ada, bob);
    await s.call('sendToRoom', { room: 'public-a', event: 'news', data: 3, exclude: [ada.id] });
    await s.fence(ada, bob);
  });

  scenario('an encrypted event from the client is the application\'s', OPTIONAL, async (s) => {
    const ada = await s.client('ada');
    ada.say({ event: 'encrypted', data: { iv: 'x', ct: 'eA==' } });
    await ada.hearsNothingMore();
    await s.call('enableClientEncryption', { clientId: ada.id });
    ada.say({ event: 'encrypted', data: { iv: 'x', ct: 'eA==' } });
    await ada.hearsNothingMore();
  });

  // --- without a transformer ---

  scenario('a handshake without a transformer', NO_TRANSFORMER, async (s) => {
    const ada = await s.connect('ada');
    await ada.authenticate(credentials('accept'));
    await s.call('getClients');
    await s.call('sendToClient', { clientId: ada.id, event: 'news', data: 1 });
    await s.call('sendToUser', { userId: 'ada', event: 'news', data: 2 });
    await s.fence(ada);
  });

  scenario('rooms of a client with a handshake and without a transformer', NO_TRANSFORMER, async (s) => {
    const ada = await s.client('ada', credentials('accept'));
    await s.call('sendToRoom', { room: 'ws-default', event: 'news', data: 1 });
    await s.call('broadcast', { event: 'news', data: 2 });
    await s.call('sendToRoom', { room: ada.id, event: 'news', data: 3 });
    await s.call('sendToRoom', { room: 'ws-default', event: 'news', data: 4, exclude: ['nobody'] });
    await s.fence(ada);
  });
};

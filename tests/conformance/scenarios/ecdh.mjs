// Encryption of sessions in earnest: the reference by its documented handshake and transformer,
// Cresset by what is built in. What is sealed(...) in a transcript was encrypted on the wire.

import { PUBLIC_KEY } from '../support/sealing.mjs';

export const theme = 'ecdh';

const ECDH = { server: { requireEncryption: true, withEcdh: true } };
const SLOWLY = { server: { ...ECDH.server, encryptedBatchLimit: 1 } };

const byNumber = ({ data }) => data.n;
const GREETINGS = ['client', 'room', 'user', 'broadcast'];

const BAD_KEYS = {
  'an empty one': '',
  'no base64': 'no base64',
  'no padding': PUBLIC_KEY.replace('=', ''),
  'the alphabet of URLs': PUBLIC_KEY.replaceAll('+', '-').replaceAll('/', '_'),
  'a line break behind it': `${PUBLIC_KEY}\n`,
  'three bytes': 'AAAA',
  'the coordinates alone': Buffer.from(PUBLIC_KEY, 'base64').subarray(1).toString('base64'),
  'a byte more': Buffer.concat([Buffer.from(PUBLIC_KEY, 'base64'), Buffer.alloc(1)]).toString('base64'),
  'zeros': Buffer.alloc(65).toString('base64'),
  'a point beside the curve': Buffer.alloc(65, 4).toString('base64'),
  'coordinates beyond the field': Buffer.alloc(65, 255).fill(4, 0, 1).toString('base64'),
  'the point at infinity': 'AA==',
  'a number': 1,
  'a list': [],
  'an object': {},
};

export default (scenario) => {
  // --- the handshake ---

  scenario('accepted', ECDH, async (s) => {
    const ada = await s.sealedClient('ada');
    await s.call('getClients');
    await s.call('getClientsByUser', { userId: 'ada' });
    await s.call('getClientsByRoom', { room: ada.id });
  });

  scenario('accepted without a user', ECDH, async (s) => {
    await s.sealedClient('ada', {});
    await s.call('getClients');
  });

  scenario('connected comes first', ECDH, async (s) => {
    const ada = await s.sealedConnect('ada');
    const data = { userId: 'ada', metadata: { greet: true }, publicKey: PUBLIC_KEY };
    ada.say({ event: 'authenticate', data });
    await ada.hearsAsSent(5, (heard) => GREETINGS.indexOf(heard.data.by)); // `connected`: -1
    await s.reported('clientConnected', ada);
  });

  for (const [what, data] of [['no', {}], ['null for a', { publicKey: null }]]) {
    scenario(`${what} public key`, ECDH, async (s) => {
      const ada = await s.connect('ada');
      ada.say({ event: 'authenticate', data });
      await ada.closes();
      await s.call('getClients');
    });
  }

  for (const [what, publicKey] of Object.entries(BAD_KEYS)) {
    scenario(`a bad public key: ${what}`, ECDH, async (s) => {
      const ada = await s.connect('ada');
      ada.say({ event: 'authenticate', data: { publicKey } });
      await ada.closes();
      await s.call('getClients');
    });
  }

  scenario('a user with a bad public key', ECDH, async (s) => {
    const ada = await s.connect('ada');
    await s.learnId(ada);
    ada.say({ event: 'authenticate', data: { userId: 'ada', publicKey: 'AAAA' } });
    await ada.closes();
    await s.call('getClientsByUser', { userId: 'ada' });
  });

  for (const mode of ['reject', 'throw']) {
    scenario(`authentication answers ${mode}`, ECDH, async (s) => {
      const ada = await s.connect('ada');
      ada.say({ event: 'authenticate', data: { mode, publicKey: PUBLIC_KEY } });
      await ada.closes();
    });
  }

  scenario('before authentication', ECDH, async (s) => {
    const ada = await s.connect('ada');
    ada.say({ event: 'encrypted', data: { iv: 'AAAAAAAAAAAAAAAA', ct: 'AAAA' } });
    await ada.hears();
    await s.learnId(ada);
    await s.call('sendToClient', { clientId: ada.id, event: 'news', data: 'in the clear' });
    await s.call('broadcast', { event: 'news', data: 'for others' });
    await ada.hearsNothingMore();
    await ada.close();
  });

  // --- what the server says ---

  scenario('everything that an encrypted client gets is encrypted', ECDH, async (s) => {
    const ada = await s.sealedClient('ada');
    await ada.join('public-a');
    const calls = [
      ['sendToClient', { clientId: ada.id, event: 'news', data: 1 }],
      ['sendToClient', { clientId: ada.id, event: 'no data' }],
      ['sendToUser', { userId: 'ada', event: 'news', data: { n: 2 } }],
      ['sendToRoom', { room: 'public-a', event: 'news', data: 'three' }],
      ['sendToRoom', { room: 'public-a', event: 'news', data: 4, exclude: ['nobody'] }],
      ['sendToRoom', { room: ada.id, event: 'news', data: null }],
      ['broadcast', { event: 'news', data: [5] }],
      ['broadcast', { event: 'news', data: 6, exclude: ['nobody'] }],
      ['send', { destination: ada.id, topic: 'news', data: 7 }],
      ['send', { destination: 'public-a', topic: 'news', data: 8 }],
      ['send', { topic: 'news', data: 9 }],
    ];
    for (const [name, args] of calls) {
      await s.call(name, args);
      await ada.hears();
    }
    await s.fence(ada);
  });

  scenario('errors and answers are encrypted, to what was said in the clear', ECDH, async (s) => {
    const ada = await s.sealedClient('ada');
    for (const said of ['no JSON', { event: 'authenticate' }, { event: 'echo', data: [1, 2] }, { event: 'echo' }]) {
      ada.say(said);
      await ada.hears();
    }
    ada.say({ event: 'heartbeat' });
    await s.fence(ada);
  });

  scenario('contents of all kinds', ECDH, async (s) => {
    const ada = await s.sealedClient('ada');
    const contents = ['', 'ü 漢 😀', '"\\\n\u0000', {}, [[[]]], true, 0.5];
    for (const data of [...contents, 'x'.repeat(100_000)]) {
      await s.call('sendToClient', { clientId: ada.id, event: 'ü', data });
      await ada.hears();
    }
  });

  scenario('others', ECDH, async (s) => {
    const ada = await s.sealedClient('ada');
    const bob = await s.sealedClient('bob');
    const twin = await s.sealedClient('twin', { userId: 'ada' });
    const all = [ada, bob, twin];
    for (const one of [ada, bob]) await one.join('public-a', 'public-b');
    const calls = [
      ['sendToClient', { clientId: bob.id, event: 'news', data: 1 }, [bob]],
      ['sendToUser', { userId: 'ada', event: 'news', data: 2 }, [ada, twin]],
      ['sendToRoom', { room: 'public-a', event: 'news', data: 3 }, [ada, bob]],
      ['sendToRoom', { room: 'public-a', event: 'news', data: 4, exclude: [ada.id] }, [bob]],
      ['sendToRoom', { room: twin.id, event: 'news', data: 5 }, [twin]],
      ['broadcast', { event: 'news', data: 6 }, all],
      ['broadcast', { event: 'news', data: 7, exclude: [bob.id, twin.id] }, [ada]],
    ];
    for (const [name, args, reached] of calls) {
      await s.call(name, args);
      for (const one of reached) await one.hears();
      await s.fence(...all.filter((one) => !reached.includes(one)));
    }
    await ada.leave('public-a');
    await s.call('sendToRoom', { room: 'public-a', event: 'news', data: 8 });
    await bob.hears();
    await s.fence(...all);
  });

  scenario('twelve clients of one room', ECDH, async (s) => {
    const clients = [];
    for (let i = 0; i < 12; i += 1) clients.push(await s.sealedClient(`client ${i}`));
    await s.call('sendToRoom', { room: 'ws-default', event: 'news', data: 1 });
    for (const one of clients) await one.hears();
    await s.call('broadcast', { event: 'news', data: 2, exclude: [clients[0].id] });
    for (const one of clients.slice(1)) await one.hears();
    await s.fence(...clients);
  });

  scenario('a burst by all kinds of sending', ECDH, async (s) => {
    const ada = await s.sealedClient('ada');
    const bob = await s.sealedClient('bob');
    for (const one of [ada, bob]) await one.join('public-a');
    ada.say({ event: 'burst', data: { room: 'public-a', count: 200 } });
    await ada.hearsAsSent(200, byNumber);
    await bob.hearsAsSent(100, byNumber);
    await s.fence(ada, bob);
  });

  // With a limit of 1, what goes to a room and to everybody is encrypted one by one, ada's last;
  // what goes to her alone is encrypted at once.
  scenario('a burst past a queue', SLOWLY, async (s) => {
    const bob = await s.sealedClient('bob');
    const ada = await s.sealedClient('ada');
    for (const one of [bob, ada]) await one.join('public-a');
    ada.say({ event: 'burst', data: { room: 'public-a', count: 100 } });
    const ordered = await ada.hearsAsSent(100, byNumber);
    s.note(`${ordered ? '' : 'not '}in the order of sending`);
    await bob.hearsAsSent(50, byNumber);
  });

  // --- what the client says ---

  scenario('encrypted events of a client', ECDH, async (s) => {
    const ada = await s.sealedClient('ada');
    const said = [
      { event: 'echo', data: { 'ü': [1, 2] }, id: '7' },
      { event: 'join', data: { rooms: ['public-a', 'refused'] } },
      { event: 'heartbeat' },
      { event: 'authenticate', data: {} },
      { data: 'no event' },
      'no JSON',
    ];
    for (const message of said) {
      await ada.saySealed(message);
      await ada.hearsNothingMore();
    }
    await s.call('getClients');
    await ada.saySealed({ event: 'leave', data: { rooms: ['public-a'] } });
    await ada.hearsNothingMore();
    await s.call('getClients');
  });

  scenario('an encrypted event inside of another', ECDH, async (s) => {
    const ada = await s.sealedClient('ada');
    await ada.saySealed(await ada.sealed({ event: 'echo', data: 1 }));
    await ada.hearsNothingMore();
  });

  scenario('encrypted events that do not authenticate', ECDH, async (s) => {
    const ada = await s.sealedClient('ada');
    const bob = await s.sealedClient('bob');
    const message = { event: 'echo', data: 1 };
    const { event, data: { iv, ct } } = await ada.sealed(message);
    const turned = Buffer.from(ct, 'base64');
    turned[0] ^= 1;
    const payloads = [
      s.shown({ iv, ct: turned.toString('base64') }, '<a bit turned>'),
      s.shown({ iv: 'AAAAAAAAAAAAAAAA', ct }, '<another vector>'),
      s.shown({ iv, ct: ct.slice(0, -4) }, '<cut short>'),
      (await bob.sealed(message, 'sealed by bob')).data,
      { iv: 'AAAAAAAAAAAAAAAA', ct: 'AAAA' },
      { iv: '', ct: '' },
      { iv: 1, ct: 2 },
      {},
      [],
      null,
    ];
    for (const data of payloads) {
      ada.say({ event, data });
      await ada.hearsNothingMore();
    }
    ada.say({ event: 'echo', data: 'still here' });
    await ada.hears();
  });

  // --- the end ---

  scenario('the client goes', ECDH, async (s) => {
    const ada = await s.sealedClient('ada');
    await ada.close(1000);
    await s.reported('clientDisconnected', ada);
    const again = await s.sealedClient('again', { userId: 'ada' });
    await s.call('sendToUser', { userId: 'ada', event: 'news', data: 1 });
    await again.hears();
  });

  scenario('the server stops', { ...ECDH, alone: true }, async (s) => {
    const ada = await s.sealedClient('ada');
    const bob = await s.sealedClient('bob', {});
    await s.shutdown();
    for (const one of [ada, bob]) await one.closes();
  });
};

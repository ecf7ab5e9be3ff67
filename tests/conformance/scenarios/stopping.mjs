// The server stops. Each has a process of its own, which must end in peace.

export const theme = 'stopping';

const ALONE = { alone: true };

export default (scenario) => {
  scenario('with nobody there', ALONE, async (s) => {
    await s.shutdown();
  });

  scenario('with clients in every state', ALONE, async (s) => {
    const stranger = await s.connect('stranger');
    await s.learnId(stranger);
    const thinking = await s.connect('thinking');
    await s.learnId(thinking);
    thinking.say({ event: 'authenticate', data: { mode: 'late', key: 'at the end', userId: 'thinking' } });
    await s.held('at the end');
    const ada = await s.client('ada');
    const bob = await s.client('bob', {});
    await ada.join('public-a', 'late-b');
    await s.held('late-b');
    bob.say({ event: 'echo-late', data: { key: 'a last echo' } });
    await s.held('a last echo');
    await s.shutdown();
    for (const one of [stranger, thinking, ada, bob]) await one.closes();
  });

  scenario('with a client that has just been sent something', ALONE, async (s) => {
    const ada = await s.client('ada');
    await s.call('broadcast', { event: 'news', data: 'x'.repeat(10_000) });
    await s.call('sendToClient', { clientId: ada.id, event: 'last words', data: 1 });
    await s.shutdown();
    await ada.closes();
  });

  scenario('with an encrypted client',
    { server: { requireEncryption: true, withHandshake: true, withTransformer: true }, alone: true },
    async (s) => {
      const ada = await s.client('ada', { userId: 'ada', handshake: 'accept' });
      await s.shutdown();
      await ada.closes();
    });

  scenario('with a client that answers its close frame late', ALONE, async (s) => {
    const ada = await s.raw('ada');
    await ada.upgrade();
    ada.say('{"event":"authenticate","data":{"userId":"ada"}}');
    await ada.hears();
    const down = s.shutdown();
    await ada.hearsKind('close');
    ada.sayClose(1001);
    await ada.closes();
    await down;
  });
};

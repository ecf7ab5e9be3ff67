// The clocks, with short settings. A window's lower end is what is tested; its upper end is wide,
// for a machine under load, but ends before a timer that is three times as long.

export const theme = 'timeouts';

const AUTH = { server: { authTimeout: 1000 }, alone: true };
const SWEEP = { server: { authTimeout: 20_000, heartbeatInterval: 250, heartbeatTimeout: 1500 }, alone: true };

// The shortest idle timeout that the reference takes is 8 s, and it looks every 4 s.
const IDLE_PATIENCE_MS = 25_000;

// Says something every 150 ms until `over` is settled.
async function keepSaying(say, over) {
  let done = false;
  over.finally(() => { done = true; }).catch(() => {});
  while (!done) {
    say();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

export default (scenario) => {
  scenario('a client that does not authenticate', AUTH, async (s) => {
    const clock = s.clock();
    const ada = await s.connect('ada');
    await ada.closes();
    clock.expect(1000, 2900);
    await s.call('getClients');
  });

  scenario('a client that says anything but authenticate', AUTH, async (s) => {
    const clock = s.clock();
    const ada = await s.connect('ada');
    const closed = ada.closed;
    await keepSaying(() => ada.socket.send('{"event":"heartbeat"}'), closed);
    await ada.closes();
    clock.expect(1000, 2900);
  });

  scenario('a handler that never answers', AUTH, async (s) => {
    const ada = await s.connect('ada');
    const clock = s.clock();
    ada.say({ event: 'authenticate', data: { mode: 'never' } });
    await ada.closes();
    clock.expect(3000, 9000);
    await s.call('getClients');
  });

  scenario('authenticate restarts the clock, once', AUTH, async (s) => {
    const ada = await s.connect('ada');
    await new Promise((resolve) => setTimeout(resolve, 400));
    const clock = s.clock();
    ada.say({ event: 'authenticate', data: { mode: 'never' } });
    await keepSaying(() => ada.socket.send('{"event":"heartbeat"}'), ada.closed);
    await ada.closes();
    clock.expect(3000, 9000);
  });

  scenario('an answer after the timeout', AUTH, async (s) => {
    const ada = await s.connect('ada');
    ada.say({ event: 'authenticate', data: { mode: 'late', key: 'too late', userId: 'ada' } });
    await s.held('too late');
    await ada.closes();
    await s.call('resolveLate', { key: 'too late' });
    await s.call('getClients');
    await s.call('getClientsByUser', { userId: 'ada' });
  });

  scenario('an authenticated client has no clock any more', AUTH, async (s) => {
    const ada = await s.client('ada');
    const late = await s.connect('late');
    late.say({ event: 'authenticate', data: { mode: 'late', key: 'just in time', userId: 'late' } });
    await s.held('just in time');
    await s.call('resolveLate', { key: 'just in time' });
    await late.hears();
    const other = await s.connect('other');
    const clock = s.clock();
    other.say({ event: 'authenticate', data: { mode: 'never' } });
    await other.closes();
    clock.expect(3000, 9000);
    await s.fence(ada, late);
  });

  scenario('a handshake that never ends',
    { server: { authTimeout: 1000, requireEncryption: true, withHandshake: true, withTransformer: true }, alone: true },
    async (s) => {
      const ada = await s.connect('ada');
      ada.say({ event: 'authenticate', data: { userId: 'ada', handshake: 'late', handshakeKey: 'stuck' } });
      await s.held('stuck');
      const other = await s.connect('other');
      const clock = s.clock();
      other.say({ event: 'authenticate', data: { mode: 'never' } });
      await other.closes();
      clock.expect(3000, 9000);
      await new Promise((resolve) => setTimeout(resolve, 300)); // the other's clock started after ada's
      await ada.hearsNothingMore();
    });

  scenario('a client that falls silent', SWEEP, async (s) => {
    const ada = await s.connect('ada');
    const clock = s.clock();
    await ada.authenticate({ userId: 'ada' });
    await ada.closes();
    clock.expect(1500, 6000);
    await s.call('getClients');
    await s.call('getClientsByRoom', { room: 'ws-default' });
  });

  for (const [what, text] of Object.entries({
    'heartbeats': '{"event":"heartbeat"}',
    'other events': '{"event":"leave"}',
    'text without an event': '{}',
  })) {
    scenario(`a client that sends ${what} lives`, SWEEP, async (s) => {
      const ada = await s.client('ada');
      const silent = await s.client('silent');
      await keepSaying(() => ada.socket.send(text), silent.closed);
      await silent.closes();
      await s.fence(ada);
    });
  }

  scenario('what the client is sent is no sign of its life', SWEEP, async (s) => {
    const ada = await s.connect('ada');
    const clock = s.clock();
    await ada.authenticate({ userId: 'ada' });
    await keepSaying(() => s.quietCall('sendToUser', { userId: 'ada', event: 'news' }), ada.closed);
    await ada.closesAfter((line) => line.includes('"news"'));
    clock.expect(1500, 6000);
  });

  scenario('ping frames are no messages', SWEEP, async (s) => {
    const ada = await s.client('ada');
    const silent = await s.client('silent');
    await keepSaying(() => ada.socket.ping(), silent.closed);
    await silent.closes();
    await new Promise((resolve) => setTimeout(resolve, 500)); // two sweeps more
    await ada.hearsNothingMore();
  });

  scenario('an unauthenticated client is no business of the sweep', SWEEP, async (s) => {
    const nobody = await s.connect('nobody');
    const thinking = await s.connect('thinking');
    thinking.say({ event: 'authenticate', data: { mode: 'late', key: 'for long', userId: 'thinking' } });
    await s.held('for long');
    const silent = await s.client('silent');
    await silent.closes();
    await nobody.hearsNothingMore();
    await thinking.hearsNothingMore();
  });

  scenario('a peer that does not answer pings',
    { server: { idleTimeout: 8, sendPings: true, authTimeout: 60_000 }, alone: true },
    async (s) => {
      const ada = await s.raw('ada');
      await ada.upgrade();
      ada.patienceMs = IDLE_PATIENCE_MS;
      const clock = s.clock();
      await ada.hearsKind('ping');
      await ada.closesAfter((line) => line === 'ping');
      clock.expect(4000, 20_000);
    });

  scenario('a peer that answers pings',
    { server: { idleTimeout: 8, sendPings: true, authTimeout: 60_000 }, alone: true },
    async (s) => {
      const ada = await s.client('ada');
      const dead = await s.raw('dead');
      await dead.upgrade();
      dead.patienceMs = IDLE_PATIENCE_MS;
      await dead.hearsKind('ping');
      await dead.closesAfter((line) => line === 'ping');
      await s.fence(ada);
    });

  scenario('a silent peer without pings',
    { server: { idleTimeout: 8, sendPings: false, authTimeout: 60_000 }, alone: true },
    async (s) => {
      const ada = await s.client('ada');
      ada.patienceMs = IDLE_PATIENCE_MS;
      const clock = s.clock();
      await ada.closes();
      clock.expect(4000, 20_000);
    });
};

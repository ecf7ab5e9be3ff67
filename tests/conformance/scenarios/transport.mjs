// Frames, sizes and bytes.

export const theme = 'transport';

const SMALL = { server: { maxPayloadLength: 1024 } };
const LIMIT = 128 * 1024;

// An `echo` of this many bytes.
function echoOf(bytes) {
  const frame = '{"event":"echo","data":""}';
  return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
}

// A client that has authenticated, by TCP.
async function rawClient(s) {
  const ada = await s.raw('ada');
  await ada.upgrade();
  ada.say('{"event":"authenticate","data":{"userId":"ada"}}');
  await ada.hears();
  return ada;
}

export default (scenario) => {
  scenario('the upgrade', async (s) => {
    const ada = await s.raw('ada');
    await ada.upgrade('/ws');
    const bob = await s.raw('bob');
    await bob.upgrade('/ws?token=a&b=/c');
    const cat = await s.raw('cat');
    await cat.upgrade('/ws', { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
  });

  scenario('an upgrade somewhere else', async (s) => {
    for (const path of ['/', '/ws2', '/ws/', '/WS', '/other?/ws']) {
      const one = await s.raw(`at ${path}`);
      await one.upgrade(path);
      await one.hangUp(); // whether it is kept open is up to the HTTP server around
    }
  });

  scenario('a path of one\'s own choice', { server: { path: '/socket/v1' } }, async (s) => {
    const ada = await s.raw('ada');
    await ada.upgrade('/socket/v1');
    const bob = await s.raw('bob');
    await bob.upgrade('/ws');
  });

  scenario('binary frames are read as text', async (s) => {
    const ada = await s.connect('ada');
    ada.say(Buffer.from('{"event":"authenticate","data":{"userId":"ada"}}'));
    await ada.hears();
    ada.say(Buffer.from('{"event":"echo","data":"Łódź 🔥"}'));
    await ada.hears();
    ada.say(Buffer.from('{"event":"heartbeat"}'));
    ada.say(Buffer.from('no JSON'));
    await ada.hears();
    ada.say(Buffer.alloc(0));
    await ada.hears();
    await ada.hearsNothingMore();
  });

  scenario('binary frames that are no UTF-8', async (s) => {
    const ada = await s.client('ada');
    ada.say(Buffer.from([0xff, 0xfe, 0x00]));
    await ada.hears();
    ada.say(Buffer.from('{"event":"echo","data":"\xff"}', 'latin1'));
    await ada.hears();
    await ada.hearsNothingMore();
  });

  scenario('a message in pieces', async (s) => {
    const ada = await s.client('ada');
    ada.sayInPieces('{"event":"ec', 'ho","da', '', 'ta":1}');
    await ada.hears();
    ada.sayInPieces('', '{"event":"echo"}', '');
    await ada.hears();
    ada.sayInPieces('no ', 'JSON');
    await ada.hears();
  });

  scenario('a ping between the pieces', async (s) => {
    const ada = await rawClient(s);
    ada.sayFrame('text', '{"event":"echo",', { fin: false });
    ada.sayFrame('ping', 'in between');
    await ada.hears();
    ada.sayFrame('continuation', '"data":1}');
    await ada.hears();
  });

  scenario('a character cut in two pieces', async (s) => {
    const ada = await rawClient(s);
    const bytes = Buffer.from('{"event":"echo","data":"🔥"}');
    ada.sayFrame('text', bytes.subarray(0, 26), { fin: false });
    ada.sayFrame('continuation', bytes.subarray(26));
    await ada.hears();
  });

  scenario('pings are answered, in every state', async (s) => {
    const ada = await s.raw('ada');
    await ada.upgrade();
    for (const payload of ['', 'hello', 'x'.repeat(125)]) {
      ada.sayFrame('ping', payload);
      await ada.hears();
    }
    ada.sayFrame('pong', 'nobody asked');
    ada.say('{"event":"authenticate","data":{"userId":"ada"}}');
    await ada.hears();
    ada.sayFrame('ping', 'again');
    await ada.hears();
  });

  // --- sizes ---

  scenario('the largest message, and one larger', SMALL, async (s) => {
    const ada = await s.client('ada');
    ada.say(echoOf(1024));
    await ada.hears();
    ada.say(Buffer.from(echoOf(1024)));
    await ada.hears();
    ada.say(echoOf(1025));
    await ada.closes();
  });

  scenario('too large, in a binary frame', SMALL, async (s) => {
    const ada = await s.client('ada');
    ada.say(Buffer.from(echoOf(1025)));
    await ada.closes();
  });

  scenario('too large, before authentication', SMALL, async (s) => {
    const ada = await s.connect('ada');
    ada.say('x'.repeat(1025));
    await ada.closes();
  });

  scenario('too large, in pieces', SMALL, async (s) => {
    const ada = await s.client('ada');
    const text = echoOf(1024);
    ada.sayInPieces(text.slice(0, 1000), text.slice(1000));
    await ada.hears();
    ada.sayInPieces(text.slice(0, 1000), text.slice(1000), ' ');
    await ada.closes();
  });

  scenario('too large, as its head says', SMALL, async (s) => {
    const ada = await rawClient(s);
    ada.sayHead('text', 1025);
    await ada.closes();
  });

  scenario('the largest message by default', async (s) => {
    const ada = await s.client('ada');
    ada.say(echoOf(LIMIT));
    await ada.hears();
    const bob = await rawClient(s);
    bob.sayHead('text', LIMIT + 1);
    await bob.closes();
  });

  scenario('as large as a head can say', async (s) => {
    const ada = await rawClient(s);
    ada.sayHead('binary', 2 ** 52);
    await ada.closes();
  });

  // --- what no WebSocket may say ---

  for (const [what, bytes] of Object.entries({
    'no UTF-8': [0x22, 0xff, 0x22],
    'an overlong character': [0x22, 0xc0, 0xaf, 0x22],
    'a surrogate': [0x22, 0xed, 0xa0, 0x80, 0x22],
    'beyond U+10FFFF': [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
    'half a character': [0x22, 0xe2, 0x82],
  })) {
    scenario(`a text frame with ${what}`, async (s) => {
      const ada = await rawClient(s);
      ada.sayFrame('text', Buffer.from(bytes));
      await ada.closes();
    });
  }

  scenario('no UTF-8 in the second piece', async (s) => {
    const ada = await rawClient(s);
    ada.sayFrame('text', 'abc', { fin: false });
    ada.sayFrame('continuation', Buffer.from([0xff]));
    await ada.closes();
  });

  for (const [what, kind, payload, options] of [
    ['a frame without a mask', 'text', '{"event":"heartbeat"}', { masked: false }],
    ['RSV1', 'text', '{"event":"heartbeat"}', { rsv: 4 }],
    ['RSV2', 'text', '{"event":"heartbeat"}', { rsv: 2 }],
    ['RSV3', 'text', '{"event":"heartbeat"}', { rsv: 1 }],
    ['opcode 3', 3, 'x', {}],
    ['opcode 11', 11, 'x', {}],
    ['a ping in pieces', 'ping', 'x', { fin: false }],
    ['a ping of 126 bytes', 'ping', 'x'.repeat(126), {}],
    ['a continuation of nothing', 'continuation', 'x', {}],
    ['a close frame of one byte', 'close', 'x', {}],
  ]) {
    scenario(`a protocol error: ${what}`, async (s) => {
      const ada = await rawClient(s);
      ada.sayFrame(kind, payload, options);
      await ada.closes();
    });
  }

  scenario('a protocol error: a new message between the pieces', async (s) => {
    const ada = await rawClient(s);
    ada.sayFrame('text', '{"event":', { fin: false });
    ada.sayFrame('text', '{"event":"heartbeat"}');
    await ada.closes();
  });

  scenario('a protocol error before authentication', async (s) => {
    const ada = await s.raw('ada');
    await ada.upgrade();
    ada.sayFrame(5, 'x');
    await ada.closes();
  });

  for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000]) {
    scenario(`a close frame with code ${code}`, async (s) => {
      const ada = await rawClient(s);
      ada.sayClose(code);
      await ada.closes();
    });
  }

  for (const code of [1000, 1003, 1012, 1014, 3000, 4999]) {
    scenario(`a close frame with code ${code}`, async (s) => {
      const ada = await rawClient(s);
      ada.sayClose(code, 'because');
      await ada.closes();
    });
  }

  scenario('a close frame without a code', async (s) => {
    const ada = await rawClient(s);
    ada.sayFrame('close', '');
    await ada.closes();
  });

  scenario('a close frame whose reason is no UTF-8', async (s) => {
    const ada = await rawClient(s);
    ada.sayFrame('close', Buffer.from([0x03, 0xe8, 0xff]));
    await ada.closes();
  });
};

// What a client may say, whatever it means.

export const theme = 'messages';

const NOT_JSON = {
  'nothing at all': '',
  'a word': 'hello',
  'half an object': '{"event":"echo"',
  'something behind the object': '{"event":"echo"} x',
  'two objects': '{"event":"echo"}{"event":"echo"}',
  'single quotes': "{'event':'echo'}",
  'a comma too many': '{"event":"echo",}',
  'a comment': '{"event":"echo"/* */}',
  'a number with a leading zero': '{"event":"echo","data":01}',
  'a number that ends in a point': '{"event":"echo","data":1.}',
  'NaN': '{"event":"echo","data":NaN}',
  'a line break in a string': '{"event":"echo","data":"a\nb"}',
  'an unknown escape': '{"event":"echo","data":"\\x41"}',
  'a byte order mark': '\ufeff{"event":"echo"}',
  'a null byte': '{"event":"echo"}\u0000',
};

const NO_OBJECT = {
  'a number': '5', 'a string': '"echo"', 'true': 'true', 'false': 'false', 'zero': '0',
  'an empty string': '""', 'an empty array': '[]', 'an array of envelopes': '[{"event":"echo"}]',
};

const NO_EVENT = {
  'an empty object': '{}',
  'no event': '{"data":1,"id":"x"}',
  'an empty event': '{"event":"","data":1}',
  'event null': '{"event":null}',
  'event false': '{"event":false}',
  'event 0': '{"event":0}',
  'an event in capitals': '{"Event":"echo","EVENT":"echo"}',
};

const ODD_EVENT = {
  'a number': '{"event":5,"data":1}',
  'true': '{"event":true,"data":1}',
  'an object': '{"event":{"event":"echo"},"data":1}',
  'an array': '{"event":["echo"],"data":1}',
};

const ENVELOPES = {
  'data first': '{"data":1,"event":"echo"}',
  'spaces': ' \t\r\n{ "event" : "echo" , "data" : 1 } \n',
  'members that mean nothing': '{"event":"echo","data":1,"extra":{"event":"throw"},"":0,"__proto__":null}',
  'an escaped key': '{"\\u0065vent":"echo","d\\u0061ta":1}',
  'an escaped event': '{"event":"\\u0065cho","data":1}',
  'the event twice': '{"event":"throw","event":"echo","data":1}',
  'the data twice': '{"event":"echo","data":1,"data":2}',
  'an id': '{"event":"echo","data":1,"id":"message-1"}',
  'an id that is no string': '{"event":"echo","data":1,"id":7}',
};

const DATA = {
  'nothing': '{"event":"echo"}',
  'null': '{"event":"echo","data":null}',
  'true': '{"event":"echo","data":true}',
  'false': '{"event":"echo","data":false}',
  'zero': '{"event":"echo","data":0}',
  'a negative number': '{"event":"echo","data":-12.5}',
  'a large number': '{"event":"echo","data":9007199254740991}',
  'an empty string': '{"event":"echo","data":""}',
  'a string with escapes': '{"event":"echo","data":"\\"\\\\\\b\\f\\n\\r\\t\\u0001/"}',
  'a lone surrogate': '{"event":"echo","data":"\\ud800"}',
  'unicode': '{"event":"echo","data":"Łódź 日本 🔥 \u2028 \u00e9"}',
  'an empty array': '{"event":"echo","data":[]}',
  'an empty object': '{"event":"echo","data":{}}',
  'an array of everything': '{"event":"echo","data":[null,true,1,"a",[],{},[[]],{"a":{"b":[1,2]}}]}',
  'an object': '{"event":"echo","data":{"b":1,"a":[2],"":null,"event":"throw","data":{"data":1}}}',
};

// Says each, and hears one answer to each, or none.
function tellEach(scenario, what, texts, hears, prepare = (s) => s.client('ada')) {
  scenario(what, async (s) => {
    const ada = await prepare(s);
    for (const [which, text] of Object.entries(texts)) {
      s.note(which);
      ada.say(text);
      if (hears) await ada.hears();
      else await ada.hearsNothingMore();
    }
    await ada.hearsNothingMore();
  });
}

function nested(depth) {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

export default (scenario) => {
  const strangerConnects = (s) => s.connect('ada');
  tellEach(scenario, 'no JSON', NOT_JSON, true);
  tellEach(scenario, 'no JSON, before authentication', NOT_JSON, true, strangerConnects);
  tellEach(scenario, 'JSON that is no object', NO_OBJECT, false);
  tellEach(scenario, 'JSON that is no object, before authentication', NO_OBJECT, false, strangerConnects);
  tellEach(scenario, 'null', { 'null': 'null' }, false);
  tellEach(scenario, 'null, before authentication', { 'null': 'null' }, false, strangerConnects);
  tellEach(scenario, 'no event', NO_EVENT, false);
  tellEach(scenario, 'no event, before authentication', NO_EVENT, false, strangerConnects);
  tellEach(scenario, 'an event that is no string', ODD_EVENT, false);
  tellEach(scenario, 'an event that is no string, before authentication', ODD_EVENT, false, strangerConnects);
  tellEach(scenario, 'envelopes of any look', ENVELOPES, true);
  tellEach(scenario, 'data of any type', DATA, true);

  scenario('data keeps its bytes', async (s) => {
    const ada = await s.client('ada');
    ada.say('{"event":"echo","data":{"b": 1e2,"a":1.0, "2":0,"1":0,"s":"\\u0041\\/"}}');
    await ada.hears();
    ada.say('{"event":"echo","data":12345678901234567890}');
    await ada.hears();
    ada.say('{"event":"echo","data":{"a":1,"a":2}}');
    await ada.hears();
    ada.say('{"event":"echo","data":-0}');
    await ada.hears();
  });

  for (const depth of [10, 500]) {
    scenario(`data nested ${depth} deep`, async (s) => {
      const ada = await s.client('ada');
      ada.say(`{"event":"echo","data":${nested(depth)}}`);
      await ada.hears();
      ada.say(`{"event":"echo","data":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`);
      await ada.hears();
      ada.say(`{"event":"echo","data":${nested(depth)}]}`);
      await ada.hears();
      ada.say(`{"event":"stranger","extra":${nested(depth)},"data":1}`);
      await ada.hearsNothingMore();
    });
  }

  scenario('a long message', async (s) => {
    const ada = await s.client('ada');
    ada.say({ event: 'echo', data: 'ä'.repeat(50_000) });
    await ada.hears();
    ada.say({ event: 'echo', data: Array.from({ length: 10_000 }, (_, i) => i) });
    await ada.hears();
    ada.say('x'.repeat(100_000));
    await ada.hears();
  });

  scenario('events that the server does not know', async (s) => {
    const ada = await s.client('ada');
    for (const event of ['stranger', 'Echo', 'echo ', ' ', 'событие 🔥', 'a"b\\c\n\u0000', 'e'.repeat(1000),
      '__proto__', 'constructor', 'JOIN', 'heartbeat ', 'ws:internal:broadcast']) {
      ada.say({ event, data: { n: 1 } });
    }
    await ada.hearsNothingMore();
  });

  scenario('events that are the server\'s to say', async (s) => {
    const ada = await s.client('ada');
    for (const event of ['connected', 'error', 'disconnect', 'encrypted']) {
      ada.say({ event, data: { iv: 'x', ct: 'eA==', id: 'a', message: 'b' } });
      ada.say({ event });
    }
    await ada.hearsNothingMore();
    await s.call('getClients');
  });

  scenario('heartbeat is consumed, whatever it carries', async (s) => {
    const ada = await s.client('ada');
    ada.say({ event: 'heartbeat' }).say({ event: 'heartbeat', data: { rooms: ['public-a'] } });
    ada.say('{"event":"heartbeat","data":null,"id":"x"}');
    await ada.hearsNothingMore();
  });

  scenario('a handler that throws', async (s) => {
    const ada = await s.client('ada');
    ada.say({ event: 'throw', data: 1 });
    await ada.hearsNothingMore();
    ada.say({ event: 'echo', data: 2 });
    await ada.hears();
  });

  for (const answer of ['accept', 'throw']) {
    scenario(`a handler that ends later: ${answer}`, async (s) => {
      const ada = await s.client('ada');
      ada.say({ event: 'echo-late', data: { key: 'slow echo' } });
      await s.held('slow echo');
      ada.say({ event: 'echo', data: 'overtakes' });
      await ada.hears();
      await s.call('resolveLate', { key: 'slow echo', answer });
      if (answer === 'accept') await ada.hears();
      await s.fence(ada);
    });
  }

  scenario('fifty messages at once, answered in their order', async (s) => {
    const ada = await s.client('ada');
    for (let n = 0; n < 50; n += 1) ada.say({ event: n % 10 === 9 ? 'nobody knows' : 'echo', data: n });
    await ada.hears(45);
    await ada.hearsNothingMore();
  });

  scenario('a server without a message handler', { server: { withMessageHandler: false } }, async (s) => {
    const ada = await s.client('ada');
    ada.say({ event: 'echo', data: 1 }).say({ event: 'throw' }).say('{');
    ada.say({ event: 'join', data: { rooms: ['public-a'] } });
    await ada.hearsNothingMore();
    await s.call('getClientsByRoom', { room: 'public-a' });
  });
};

// Where Cresset is meant to differ from the reference: by the number of PROTOCOL.md, section 4, or
// "contract" where an earlier section of PROTOCOL.md says otherwise than the reference does.
//
// A hunk is lines that follow one another in the transcript of the reference, and those that stand
// in their place in Cresset's. Both are asserted: an entry that is no longer true fails, on either
// side. Hunks are in the order of the transcript; a neighbouring line that is the same on both
// sides says where.

import { sealedDifferences } from './sealed_differences.mjs';

function told(name, said) {
  return `${name} > ${said}`;
}

function failed(name, message) {
  return `${name} < {"event":"error","data":{"message":"${message}"}}`;
}

// The reference is silent where Cresset says that this is no message.
function answersInvalidFormat(texts) {
  return texts.map((text) => ({
    reference: [told('ada', text), 'ada < nothing'],
    cresset: [told('ada', text), failed('ada', 'Invalid message format')],
  }));
}

const NO_OBJECTS = ['5', '"echo"', 'true', 'false', '0', '""', '[]', '[{"event":"echo"}]'];
const ODD_EVENTS = ['5', 'true', '{"event":"echo"}', '["echo"]'];

const NEWS_OF_OWN_ROOM = '{"event":"news","data":{"of":"<id of ada>"}}';
const IDENTITY = '"id":"<id of ada>","userId":"ada"';
// A snapshot of ada, in her default rooms and those.
function snapshot(encrypted, ...rooms) {
  const all = ['<id of ada>', ...rooms, 'ws-default', 'ws-notification'];
  return `  {${IDENTITY},"state":"authenticated","encrypted":${encrypted},"rooms":${JSON.stringify(all)}}`;
}

function wrapped(event, data) {
  return `ada < {"event":"encrypted","data":{"iv":"x","ct":base64({"event":"${event}","data":${data}})}}`;
}

// Until the handshake has ended nobody is authenticated, so whoever goes before that is no user.
const GOES_WITHOUT_A_USER = {
  reference: ['  clientDisconnected {"userId":"ada"}'],
  cresset: ['  clientDisconnected'],
};

export const differences = [
  // --- the contract: JSON that is no object is answered ---
  ...['', ', before authentication'].map((when) => ({
    scenario: `messages: JSON that is no object${when}`,
    number: 'contract',
    why: 'section 1: "whose JSON is no object: error Invalid message format"; the reference drops it',
    hunks: answersInvalidFormat(NO_OBJECTS),
  })),

  // --- the contract: an event that is no string is dropped ---
  {
    scenario: 'messages: an event that is no string',
    number: 'contract',
    why: 'section 1: "missing, empty or no string: logged, dropped"; the reference hands it on',
    hunks: [{
      reference: ODD_EVENTS.map((event) => `  message {"userId":"ada","event":${event},"data":1}`),
      cresset: [],
    }],
  },
  {
    scenario: 'messages: an event that is no string, before authentication',
    number: 'contract',
    why: 'the same; the reference takes it for an event',
    hunks: ODD_EVENTS.map((event) => ({
      reference: [told('ada', `{"event":${event},"data":1}`), failed('ada', 'Not authenticated')],
      cresset: [told('ada', `{"event":${event},"data":1}`), 'ada < nothing'],
    })),
  },

  // --- the contract: data keeps its bytes ---
  {
    scenario: 'messages: data keeps its bytes',
    number: 'contract',
    why: 'section 1: data is passed on as the bytes that came in; the reference parses and writes it anew',
    hunks: [
      {
        reference: ['ada < {"event":"echoed","data":{"1":0,"2":0,"b":100,"a":1,"s":"A/"}}'],
        cresset: ['ada < {"event":"echoed","data":{"b": 1e2,"a":1.0, "2":0,"1":0,"s":"\\u0041\\/"}}'],
      },
      {
        reference: ['ada < {"event":"echoed","data":12345678901234567000}'],
        cresset: ['ada < {"event":"echoed","data":12345678901234567890}'],
      },
      {
        reference: ['ada < {"event":"echoed","data":{"a":2}}'],
        cresset: ['ada < {"event":"echoed","data":{"a":1,"a":2}}'],
      },
      {
        reference: ['ada < {"event":"echoed","data":0}'],
        cresset: ['ada < {"event":"echoed","data":-0}'],
      },
    ],
  },

  // --- the contract: binary frames are UTF-8 ---
  {
    scenario: 'transport: binary frames that are no UTF-8',
    number: 'contract',
    why: 'section 1: binary frames are read as the same UTF-8 JSON; the reference puts U+FFFD for what is none',
    hunks: [
      {
        reference: ['ada < {"event":"echoed","data":"<U+FFFD>"}'],
        cresset: [failed('ada', 'Invalid message format')],
      },
      { reference: ['  message {"userId":"ada","event":"echo","data":"<U+FFFD>"}'], cresset: [] },
    ],
  },

  // --- the contract: only what happens while authenticating closes with 4003 ---
  {
    scenario: 'authentication: client_connected throws',
    number: 'contract',
    why: 'section 1: a failing handler closes 4003 in `authenticating` only; by then the client is authenticated',
    hunks: [{
      reference: [failed('ada', 'Authentication error'), 'ada < close 4003 Authentication failed'],
      cresset: ['ada < nothing'],
    }],
  },

  // --- the contract: a member of a room gets what is sent to it ---
  {
    scenario: 'encryption: rooms of a client with a handshake and without a transformer',
    number: 'contract',
    why: 'section 1, delivery; the reference takes it off its topics and then sends by topic',
    hunks: [{
      reference: ['ada < {"event":"news","data":3}'],
      cresset: [1, 2, 3].map((n) => `ada < {"event":"news","data":${n}}`),
    }],
  },

  // --- 2: authenticated last ---
  {
    scenario: 'timeouts: a handshake that never ends',
    number: 2,
    why: 'the timer covers the handshake',
    hunks: [
      { reference: ['ada < nothing'], cresset: ['ada < close 4001 Authentication timeout'] },
      GOES_WITHOUT_A_USER,
    ],
  },
  {
    scenario: 'encryption: the client speaks while the handshake goes on',
    number: 2,
    why: 'no window in the clear: it is not authenticated yet',
    hunks: [
      {
        reference: [told('ada', '{"event":"echo","data":1}'), 'ada < {"event":"echoed","data":1}'],
        cresset: [told('ada', '{"event":"echo","data":1}'), failed('ada', 'Not authenticated')],
      },
      {
        reference: [told('ada', '{"event":"join","data":{"rooms":["public-a"]}}'), 'ada < nothing'],
        cresset: [told('ada', '{"event":"join","data":{"rooms":["public-a"]}}'), failed('ada', 'Not authenticated')],
      },
      {
        reference: [snapshot(true, 'public-a')],
        cresset: [snapshot(true)],
      },
      {
        reference: [
          '  message {"userId":"ada","event":"echo","data":1}',
          '  validateRoom {"userId":"ada","rooms":["public-a"]}',
        ],
        cresset: [],
      },
    ],
  },
  {
    scenario: 'encryption: the server speaks while the handshake goes on',
    number: 2,
    why: 'no window in the clear: a broadcast does not reach it',
    hunks: [
      {
        reference: [`  {${IDENTITY},"state":"authenticated","encrypted":false,"rooms":[]}`],
        cresset: ['  {"id":"<id of ada>","state":"authenticating","encrypted":false,"rooms":[]}'],
      },
      { reference: ['ada < {"event":"news","data":1}'], cresset: ['ada < nothing'] },
    ],
  },
  ...[
    'required, without a handshake handler',
    'required, and the handshake handler answers reject',
    'required, and the handshake handler answers rejectFalse',
    'required, and the handshake handler answers throw',
    'the handshake ends late: reject',
    'the handshake ends late: throw',
    'the client goes while the handshake goes on',
  ].map((title) => ({
    scenario: `encryption: ${title}`,
    number: 2,
    why: 'it was never authenticated, so it goes as nobody',
    hunks: [GOES_WITHOUT_A_USER],
  })),

  // --- 3: input never throws ---
  ...['', ', before authentication'].map((when) => ({
    scenario: `messages: null${when}`,
    number: 3,
    why: 'null throws inside the reference',
    hunks: answersInvalidFormat(['null']),
  })),

  // --- 5: encrypted messages keep their order ---
  {
    scenario: 'encryption: the transformer takes its time',
    number: 5,
    why: 'in order, however long a transformer takes',
    hunks: [{
      reference: [wrapped('news', '"behind it"'), wrapped('transform-late', '{"key":"slow wrapping"}')],
      cresset: [wrapped('transform-late', '{"key":"slow wrapping"}'), wrapped('news', '"behind it"')],
    }],
  },
  {
    scenario: 'encryption: the transformer takes its time for a room',
    number: 5,
    why: 'in order, however long a transformer takes',
    hunks: [{
      reference: [wrapped('news', '"behind it"'), wrapped('transform-late', '{"key":"slow room"}')],
      cresset: [wrapped('transform-late', '{"key":"slow room"}'), wrapped('news', '"behind it"')],
    }],
  },

  // --- 6: an id is no room that can be joined ---
  {
    scenario: 'rooms: somebody else\'s id, and one\'s own',
    number: 6,
    why: 'names of that form are refused before the application is asked',
    hunks: [{
      reference: [
        '  validateRoom {"userId":"bob","rooms":["<id of ada>"]}',
        '  validateRoom {"userId":"bob","rooms":["<id of bob>"]}',
        '  validateRoom {"userId":"bob","rooms":["<id1>","public-b"]}',
      ],
      cresset: ['  validateRoom {"userId":"bob","rooms":["public-b"]}'],
    }],
  },

  // --- 1, 7 and more: real encryption ---
  ...sealedDifferences,

  // --- 10: nobody leaves the room of its own id ---
  {
    scenario: 'rooms: leaving the room of one\'s own id',
    number: 10,
    why: 'it would be deaf to what other nodes send to it',
    hunks: [
      {
        reference: ['server: getClientsByRoom {"room":"<id of ada>"}', '  nobody'],
        cresset: ['server: getClientsByRoom {"room":"<id of ada>"}', snapshot(false)],
      },
      {
        reference: ['ada < nothing'],
        cresset: [`ada < ${NEWS_OF_OWN_ROOM}`],
      },
    ],
  },
];

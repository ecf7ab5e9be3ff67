// The entries of differences.mjs for real encryption (scenarios/ecdh.mjs).

function sealed(envelope) {
  return `{"event":"encrypted","data":sealed(${envelope})}`;
}

const INVALID = '{"event":"error","data":{"message":"Invalid message format"}}';
const ALREADY = '{"event":"error","data":{"message":"Already authenticated"}}';

// --- 1: `connected` can be read ---

function connects(name, userId = name) {
  const user = userId && `"userId":"${userId}",`;
  const envelope = `{"event":"connected","data":{"id":"<id of ${name}>",${user}"time":"<time>",`
    + '"serverPublicKey":"<server key>","salt":"<salt>"}}';
  return { reference: [`${name} < ${sealed(envelope)}`], cresset: [`${name} < ${envelope}`] };
}

const ADA = [connects('ada')];
const CONNECTING = {
  accepted: ADA,
  'accepted without a user': [connects('ada', '')],
  'connected comes first': ADA,
  'everything that an encrypted client gets is encrypted': ADA,
  'errors and answers are encrypted, to what was said in the clear': ADA,
  'contents of all kinds': ADA,
  others: [connects('ada'), connects('bob'), connects('twin', 'ada')],
  'twelve clients of one room': Array.from({ length: 12 }, (_, i) => connects(`client ${i}`)),
  'a burst by all kinds of sending': [connects('ada'), connects('bob')],
  'a burst past a queue': [connects('bob'), connects('ada')],
  'encrypted events of a client': ADA,
  'an encrypted event inside of another': ADA,
  'encrypted events that do not authenticate': [connects('ada'), connects('bob')],
  'the client goes': [connects('ada'), connects('again', 'ada')],
  'the server stops': [connects('ada'), connects('bob', '')],
};

// --- 7: what a client encrypted is decrypted ---

const ECHO = '{"event":"echo","data":{"ü":[1,2]},"id":"7"}';
const JOIN = '{"event":"join","data":{"rooms":["public-a","refused"]}}';
const HEARTBEAT = '{"event":"heartbeat"}';
const AUTHENTICATE = '{"event":"authenticate","data":{}}';
const NO_EVENT = '{"data":"no event"}';
const LEAVE = '{"event":"leave","data":{"rooms":["public-a"]}}';

function answered(payload, answer) {
  const said = `ada > {"event":"encrypted","data":${payload}}`;
  return { reference: [said, 'ada < nothing'], cresset: [said, `ada < ${sealed(answer)}`] };
}

// The reference hands them to the application.
function handedOn(payloads, cresset = []) {
  return {
    reference: payloads.map((payload) => `  message {"userId":"ada","event":"encrypted","data":${payload}}`),
    cresset,
  };
}

function rooms(...joined) {
  const all = ['<id of ada>', ...joined, 'ws-default', 'ws-notification'];
  const who = '"id":"<id of ada>","userId":"ada","state":"authenticated","encrypted":true';
  return `  {${who},"rooms":${JSON.stringify(all)}}`;
}

const INBOUND = [
  answered(`sealed(${ECHO})`, '{"event":"echoed","data":{"ü":[1,2]}}'),
  answered(`sealed(${AUTHENTICATE})`, ALREADY),
  answered('sealed(no JSON)', INVALID),
  { reference: [rooms()], cresset: [rooms('public-a')] },
  handedOn(
    [ECHO, JOIN, HEARTBEAT, AUTHENTICATE, NO_EVENT, 'no JSON', LEAVE].map((text) => `sealed(${text})`),
    [
      '  message {"userId":"ada","event":"echo","data":{"ü":[1,2]},"messageId":"7"}',
      '  validateRoom {"userId":"ada","rooms":["public-a","refused"]}',
    ],
  ),
];

const NESTED = [`sealed(${sealed('{"event":"echo","data":1}')})`];
const UNREADABLE = [
  '<a bit turned>', '<another vector>', '<cut short>', 'sealed by bob({"event":"echo","data":1})',
  '{"iv":"AAAAAAAAAAAAAAAA","ct":"AAAA"}', '{"iv":"","ct":""}', '{"iv":1,"ct":2}', '{}', '[]', 'null',
];

function refused(payloads) {
  return [...payloads.map((payload) => answered(payload, INVALID)), handedOn(payloads)];
}

export const sealedDifferences = [
  ...Object.entries(CONNECTING).map(([title, hunks]) => ({
    scenario: `ecdh: ${title}`,
    number: 1,
    why: 'the key to `connected` comes of what is in it',
    hunks,
  })),
  {
    scenario: 'ecdh: a burst past a queue',
    number: 5,
    why: 'order is part of the contract',
    hunks: [{
      reference: ['(not in the order of sending)'],
      cresset: ['(in the order of sending)'],
    }],
  },
  ...Object.entries({
    'encrypted events of a client': INBOUND,
    'an encrypted event inside of another': refused(NESTED),
    'encrypted events that do not authenticate': refused(UNREADABLE),
  }).map(([title, hunks]) => ({
    scenario: `ecdh: ${title}`,
    number: 7,
    why: 'both directions or none',
    hunks,
  })),
  {
    scenario: 'ecdh: before authentication',
    number: 2,
    why: 'no window in the clear',
    hunks: [{
      reference: ['ada < {"event":"news","data":"in the clear"}'],
      cresset: ['ada < nothing'],
    }],
  },
  {
    scenario: 'ecdh: a user with a bad public key',
    number: 2,
    why: 'it was never authenticated, so it goes as nobody',
    hunks: [{
      reference: ['  clientDisconnected {"userId":"ada"}'],
      cresset: ['  clientDisconnected'],
    }],
  },
  ...['no', 'null for a'].map((what) => ({
    scenario: `ecdh: ${what} public key`,
    number: 'contract',
    why: 'section 1: required, without a handshake handler; the reference\'s documented one says no',
    hunks: [{
      reference: [
        'ada < {"event":"error","data":{"message":"Encryption handshake failed"}}',
        'ada < close 4004 Encryption required',
      ],
      cresset: ['ada < close 4004 Encryption required'],
    }],
  })),
];

// The opening handshake, byte for byte: what becomes a WebSocket, and what does not, with which
// status. Each case is sent whole, byte by byte, and cut in two; what comes of it must be the same.
// Behind a refusal nothing is answered, whatever it is, and the connection ends; behind 101 there are
// frames and nothing else.

import assert from 'node:assert/strict';
import test from 'node:test';

import { closeFrame, text } from './support/frames.mjs';
import { Raw, upgradeRequest } from './support/raw.mjs';
import { startServer } from './support/server.mjs';
import { eventually } from './support/wait.mjs';

// --- what is sent ---

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const GOOD = upgradeRequest({ Host: 'a' });

// The good head with one header changed, or left out if the value is null.
const but = (name, value) => upgradeRequest({ Host: 'a', [name]: value });

// With more lines at its end, and perhaps a body.
const plus = (lines, body = '') => `${GOOD.slice(0, -2)}${lines}\r\n\r\n${body}`;

// With another first line.
const line = (first) => GOOD.replace('GET /ws HTTP/1.1', first);

const offers = (value) => plus(`Sec-WebSocket-Extensions: ${value}`);

// A head of so many bytes, or so many headers.
const sized = (bytes) => plus(`X: ${'x'.repeat(bytes - plus('X: ').length)}`);
const numbered = (headers) =>
  plus(Array.from({ length: headers - 5 }, (_, i) => `X-${i}: x`).join('\r\n'));

const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
const AUTHENTICATE = text('{"event":"authenticate","data":{"userId":"ada"}}');

const REFUSED = {
  400: {
    // The request line.
    'LF behind the request line': GOOD.replace('\r\n', '\n'),
    'CR behind the request line': GOOD.replace('\r\n', '\r'),
    'LF behind a header': GOOD.replace('websocket\r\n', 'websocket\n'),
    'LF for the empty line': `${GOOD.slice(0, -2)}\n`,
    'LF everywhere': GOOD.replaceAll('\r\n', '\n'),
    'five empty lines before it': `${'\r\n'.repeat(5)}${GOOD}`,
    'a space before the method': line(' GET /ws HTTP/1.1'),
    'two spaces behind the method': line('GET  /ws HTTP/1.1'),
    'a tab behind the method': line('GET\t/ws HTTP/1.1'),
    'a space behind the version': line('GET /ws HTTP/1.1 '),
    'no version': line('GET /ws'),
    'a version in small letters': line('GET /ws http/1.1'),
    'version 1.10': line('GET /ws HTTP/1.10'),
    'a method that is no token': line('G(T /ws HTTP/1.1'),
    'NUL in the target': line('GET /ws\0 HTTP/1.1'),
    'UTF-8 in the target': line('GET /ws\u00e9 HTTP/1.1'),
    'a space in the target': line('GET /ws ?a HTTP/1.1'),
    'a fragment in the target': line('GET /ws#a HTTP/1.1'),
    'a target without a slash': line('GET ws HTTP/1.1'),
    'the asterisk with GET': line('GET * HTTP/1.1'),
    'a greeting of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',

    // Targets in absolute-form.
    'an absolute target of another host': line('GET http://b/ws HTTP/1.1'),
    'an absolute target of another port': line('GET http://a:81/ws HTTP/1.1'),
    'an absolute target without a host': line('GET http:///ws HTTP/1.1'),
    'an absolute target with a user': line('GET http://b@a/ws HTTP/1.1'),
    'an absolute target with the scheme ws': line('GET ws://a/ws HTTP/1.1'),
    'an absolute target beside an empty Host':
      line('GET http://a/ws HTTP/1.1').replace('Host: a', 'Host:'),
    'an absolute target beside no Host': line('GET http://a/ws HTTP/1.1').replace('Host: a\r\n', ''),

    // Header lines.
    'a folded header': plus('X: a\r\n b'),
    'a header folded with a tab': plus('X: a\r\n\tb'),
    'a folded key': but('Sec-WebSocket-Key', `\r\n ${KEY}`),
    'a folded Upgrade': but('Upgrade', 'web\r\n socket'),
    'a space before the first header': GOOD.replace('Host', ' Host'),
    'a space before the colon': GOOD.replace('Upgrade: w', 'Upgrade : w'),
    'a tab before the colon': GOOD.replace('Key: ', 'Key\t: '),
    'a header without a colon': plus('X'),
    'a header without a name': plus(': a'),
    'UTF-8 in a name': plus('X\u00e9: a'),
    'NUL in a name': plus('X\0: a'),
    'NUL in a value': plus('X: a\0b'),
    'CR in a value': plus('X: a\rb'),
    'a control character in a value': plus('X: a\x0bb'),
    'DEL in a value': plus('X: a\x7fb'),

    // Host.
    'no Host': but('Host', null),
    'two Hosts': plus('Host: b'),
    'two equal Hosts': plus('host: a'),
    'two Hosts in one': but('Host', 'a, b'),
    'a Host with a path': but('Host', 'a/ws'),
    'a Host with a user': but('Host', 'b@a'),
    'a Host with a port that is none': but('Host', 'a:8o'),
    'a Host with two ports': but('Host', 'a:80:80'),
    'a Host of IPv6 without brackets': but('Host', '::1'),
    'a Host with half a bracket': but('Host', '[::1'),

    // Where the body ends.
    'Content-Length, then Transfer-Encoding':
      plus('Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
    'Transfer-Encoding, then Content-Length':
      plus('Transfer-Encoding: chunked\r\nContent-Length: 5', '0\r\n\r\n'),
    'Content-Length 0 and Transfer-Encoding':
      plus('Content-Length: 0\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
    'two lengths': plus('Content-Length: 0\r\nContent-Length: 5', 'hello'),
    'two equal lengths': plus('Content-Length: 5\r\nContent-Length: 5', 'hello'),
    'a list of lengths': plus('Content-Length: 5, 5', 'hello'),
    'a negative length': plus('Content-Length: -1'),
    'a length with a plus': plus('Content-Length: +5', 'hello'),
    'a hexadecimal length': plus('Content-Length: 0x5', 'hello'),
    'an empty length': plus('Content-Length:'),
    'a length behind a space and a colon': plus('Content-Length : 5', 'hello'),
    'two codings': plus('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
    'an unknown coding, then chunked':
      plus('Transfer-Encoding: x\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
    'a coding in HTTP/1.0':
      plus('Transfer-Encoding: chunked', '0\r\n\r\n').replace('HTTP/1.1', 'HTTP/1.0'),
    'a coding behind a vertical tab': plus('Transfer-Encoding: \x0bchunked', '0\r\n\r\n'),
    'a chunk size that is none': plus('Transfer-Encoding: chunked', 'x\r\n'),
    'a chunk size with 0x': plus('Transfer-Encoding: chunked', '0x5\r\nhello\r\n0\r\n\r\n'),
    'a chunk that is longer than its size':
      plus('Transfer-Encoding: chunked', '5\r\nhello!\r\n0\r\n\r\n'),

    // A body.
    'a body': plus('Content-Length: 5', 'hello'),
    'a body in chunks': plus('Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'),
    'a body of no chunks': plus('Transfer-Encoding: chunked', '0\r\n\r\n'),
    'a frame for a body': 
      plus(`Content-Length: ${AUTHENTICATE.length}`, AUTHENTICATE.toString('latin1')),
    'a handshake for a body': plus(`Content-Length: ${GOOD.length}`, GOOD),
    'a request for a body': plus(`Content-Length: ${HEALTH.length}`, HEALTH),

    // What RFC 6455, section 4.2.1 asks for.
    'POST': line('POST /ws HTTP/1.1'),
    'PUT': line('PUT /ws HTTP/1.1'),
    'HEAD': line('HEAD /ws HTTP/1.1'),
    'OPTIONS': line('OPTIONS /ws HTTP/1.1'),
    'get in small letters': line('get /ws HTTP/1.1'),
    'a method that nobody knows': line('GETT /ws HTTP/1.1'),
    'HTTP/1.0': line('GET /ws HTTP/1.0'),
    'no Connection': but('Connection', null),
    'a Connection of others': but('Connection', 'keep-alive'),
    'a Connection that ends': but('Connection', 'close'),
    'a Connection that is no list': but('Connection', 'Upgrade keep-alive'),
    'a Connection that only begins so': but('Connection', 'upgraded'),
    'no key': but('Sec-WebSocket-Key', null),
    'an empty key': but('Sec-WebSocket-Key', ''),
    'a key of 15 bytes': but('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25j'),
    'a key of 17 bytes': but('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZTE='),
    'a key of 18 bytes': but('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZTEy'),
    'a key without padding': but('Sec-WebSocket-Key', KEY.slice(0, -2)),
    'a key with half its padding': but('Sec-WebSocket-Key', KEY.slice(0, -1)),
    'a key with more padding': but('Sec-WebSocket-Key', `${KEY}=`),
    'a key with padding inside': but('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25=ZQ=='),
    'a key in the alphabet of URLs': but('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub2-_ZQ=='),
    'a key with a space in it': but('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25j Q=='),
    'a key with UTF-8 in it': but('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25j\u00e9Q=='),
    'a key in quotes': but('Sec-WebSocket-Key', `"${KEY}"`),
    'two keys': plus('Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='),
    'two equal keys': plus(`sec-websocket-key: ${KEY}`),
    'two keys in one header': but('Sec-WebSocket-Key', `${KEY}, ${KEY}`),
    'two versions, of which one is ours': plus('Sec-WebSocket-Version: 8'),
    'two equal versions': plus('sec-websocket-version: 13'),

    // Offers that are no list of extensions. None is wanted here, and yet (section 9.1).
    'an extension of a semicolon': offers(';'),
    'an extension without a name': offers('; client_max_window_bits'),
    'an extension with half a parameter': offers('permessage-deflate;'),
    'an extension with half a value': offers('permessage-deflate; a='),
    'an extension with a quote left open': offers('permessage-deflate; a="x'),
    'an extension with a quoted value that is no token': offers('permessage-deflate; a="x y"'),
    'an extension of two words': offers('permessage-deflate client_max_window_bits'),
    'a good extension, and a bad one in another header':
      plus('Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Extensions: ='),

    // Elsewhere.
    'a page': line('GET / HTTP/1.1'),
    'a path that answers requests': line('GET /healthz HTTP/1.1'),
    'a path that answers requests, by HEAD': line('HEAD /healthz HTTP/1.1'),
    'a path that answers requests, by POST': line('POST /healthz HTTP/1.1'),
  },
  403: {
    'a page of another host': plus('Origin: http://b'),
    'a page of another port': plus('Origin: http://a:81'),
    'a page of a host that begins with ours': plus('Origin: http://a.b'),
    'a page of nowhere': plus('Origin: null'),
    'a page that says two origins': plus('Origin: http://a\r\nOrigin: http://a'),
    'an empty Origin': plus('Origin:'),
  },
  404: {
    'another path': line('GET /other HTTP/1.1'),
    'the path with a slash': line('GET /ws/ HTTP/1.1'),
    'the path in capitals': line('GET /WS HTTP/1.1'),
    'the path behind two slashes': line('GET //ws HTTP/1.1'),
    'the path by way of another': line('GET /a/../ws HTTP/1.1'),
    'the path with an escape': line('GET /%77s HTTP/1.1'),
    'another path of our host': line('GET http://a/other HTTP/1.1'),
    'the asterisk': line('OPTIONS * HTTP/1.1'),
  },
  413: {
    'a body of 64 KiB and a byte': plus('Content-Length: 65537'),
    'a length of over 64 bits': plus('Content-Length: 18446744073709551617'),
    'a chunk of 64 KiB and a byte': plus('Transfer-Encoding: chunked', '10001\r\n'),
  },
  417: {
    'an expectation': plus('Expect: 100-continue'),
  },
  426: {
    'no version of the protocol': but('Sec-WebSocket-Version', null),
    'an empty version': but('Sec-WebSocket-Version', ''),
    'version 0': but('Sec-WebSocket-Version', '0'),
    'version 7': but('Sec-WebSocket-Version', '7'),
    'version 8': but('Sec-WebSocket-Version', '8'),
    'version 12': but('Sec-WebSocket-Version', '12'),
    'version 14': but('Sec-WebSocket-Version', '14'),
    'version 13 with a zero before': but('Sec-WebSocket-Version', '013'),
    'version 13 with a plus': but('Sec-WebSocket-Version', '+13'),
    'version 13.0': but('Sec-WebSocket-Version', '13.0'),
    'version 113': but('Sec-WebSocket-Version', '113'),
    'a list of versions': but('Sec-WebSocket-Version', '13, 8'),
    'version 777, as smugglers send it': but('Sec-WebSocket-Version', '777'),
    'no Upgrade': but('Upgrade', null),
    'an empty Upgrade': but('Upgrade', ''),
    'an Upgrade to h2c': but('Upgrade', 'h2c'),
    'an Upgrade to something like it': but('Upgrade', 'websockets'),
    'an Upgrade with a version': but('Upgrade', 'websocket/13'),
    'an Upgrade in two words': but('Upgrade', 'web socket'),
    'a plain request': 'GET /ws HTTP/1.1\r\nHost: a\r\n\r\n',
    'a plain POST': 'POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}',
  },
  431: {
    'a head of 8 KiB and a byte': sized(8193),
    'a target of 9,000 bytes': line(`GET /ws?${'x'.repeat(9000)} HTTP/1.1`),
    'a header of 9,000 bytes': plus(`X: ${'x'.repeat(9000)}`),
    'a header whose name has no end': plus('x'.repeat(9000)),
    '101 headers': numbered(101),
    'trailers of 9,000 bytes':
      plus('Transfer-Encoding: chunked', `0\r\nX: ${'x'.repeat(9000)}\r\n\r\n`),
  },
  501: {
    'CONNECT': line('CONNECT a:80 HTTP/1.1'),
    'a coding that is not chunked': plus('Transfer-Encoding: gzip'),
    'a coding and chunked': plus('Transfer-Encoding: gzip, chunked', '0\r\n\r\n'),
    'chunked and another': plus('Transfer-Encoding: chunked, identity', '0\r\n\r\n'),
    'a coding in quotes': plus('Transfer-Encoding: "chunked"', '0\r\n\r\n'),
    'a coding of nothing': plus('Transfer-Encoding:', '0\r\n\r\n'),
  },
  505: {
    'HTTP/1.2': line('GET /ws HTTP/1.2'),
    'HTTP/0.9 by name': line('GET /ws HTTP/0.9'),
    'HTTP/2.0': line('GET /ws HTTP/2.0'),
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  },
};

const ACCEPTED = {
  'the example of RFC 6455': GOOD,
  'names in small letters': GOOD.replace(/^[^:\r]+:/gm, (name) => name.toLowerCase()),
  'names in capitals': GOOD.replace(/^[^:\r]+:/gm, (name) => name.toUpperCase()),
  'WebSocket in letters of both kinds': but('Upgrade', 'WebSocket'),
  'a choice of protocols to change to': but('Upgrade', 'h2c, websocket'),
  'the same in two headers': plus('Upgrade: h2c'),
  'Connection with more in it': but('Connection', 'keep-alive, Upgrade'),
  'Connection in capitals': but('Connection', 'UPGRADE'),
  'two headers Connection': plus('Connection: keep-alive'),
  'a Connection that is to end, with its upgrade': but('Connection', 'close, Upgrade'),
  'empty places in lists': but('Connection', ', ,Upgrade,'),
  'no space behind the colons': GOOD.replaceAll(': ', ':'),
  'tabs and spaces around values': GOOD.replaceAll(': ', ': \t').replaceAll('\r\nC', '\t \r\nC'),
  'four empty lines before it': `${'\r\n'.repeat(4)}${GOOD}`,
  'a query': line('GET /ws?token=1&b=| HTTP/1.1'),
  'an empty query': line('GET /ws? HTTP/1.1'),
  'an absolute target': line('GET http://a/ws HTTP/1.1'),
  'an absolute target in other letters': line('GET HTTP://A/ws?b HTTP/1.1'),
  'an empty Host': but('Host', ''),
  'a Host with a port': but('Host', 'a:3000'),
  'a Host of IPv6': but('Host', '[::1]:3000'),
  'a length of nothing': plus('Content-Length: 0'),
  'any 16 bytes': but('Sec-WebSocket-Key', '+/+/+/+/+/+/+/+/+/+/+A=='),
  'bits behind the 16 bytes': but('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZR=='),
  'subprotocols': plus('Sec-WebSocket-Protocol: chat, superchat'),
  'extensions': offers('permessage-deflate; client_max_window_bits, x-webkit-deflate-frame'),
  'no extensions': offers(''),
  'UTF-8 in a value': plus('X: \u00e9'),
  'the Origin of the same host': plus('Origin: https://A'),
  'cookies': plus('Cookie: a=b; c="d"'),
  'a head of 8 KiB': sized(8192),
  '100 headers': numbered(100),
  'a request before it': HEALTH + GOOD,
};

// With --deflate: what is agreed on, or null where the offer is declined (RFC 7692, section 7.1).
const NOTHING_KEPT =
  'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const OFFERED = {
  'permessage-deflate': NOTHING_KEPT,
  ' permessage-deflate ;client_no_context_takeover ': NOTHING_KEPT,
  'permessage-deflate; client_max_window_bits': NOTHING_KEPT,
  'permessage-deflate; client_max_window_bits=10': `${NOTHING_KEPT}; client_max_window_bits=10`,
  'permessage-deflate; client_max_window_bits="10"': `${NOTHING_KEPT}; client_max_window_bits=10`,
  'permessage-deflate; server_max_window_bits=15': `${NOTHING_KEPT}; server_max_window_bits=15`,
  'permessage-deflate; server_max_window_bits=8; client_max_window_bits=8':
    `${NOTHING_KEPT}; server_max_window_bits=8; client_max_window_bits=8`,
  'x-webkit-deflate-frame, permessage-deflate': NOTHING_KEPT,
  'permessage-deflate; unknown, permessage-deflate': NOTHING_KEPT,
  ',, permessage-deflate ,': NOTHING_KEPT,
  'permessage-deflate; server_max_window_bits': null,
  'permessage-deflate; server_max_window_bits=7': null,
  'permessage-deflate; server_max_window_bits=16': null,
  'permessage-deflate; server_max_window_bits=010': null,
  'permessage-deflate; client_max_window_bits=1000000000000': null,
  'permessage-deflate; client_max_window_bits; client_max_window_bits': null,
  'permessage-deflate; server_no_context_takeover=1': null,
  'permessage-deflate; unknown': null,
  'Permessage-Deflate': null,
  'permessage-deflate-2': null,
  'x-webkit-deflate-frame': null,
  '': null,
};

// --- how it is sent ---

// What is no longer than this, the good head among it, is cut in two at every place. Longer ones are
// at a few only, to be done soon: the parser's unit tests have them all.
const SHORT_BYTES = 160;
const CUTS = 32;

// Each way to send the bytes, as pieces.
function waysToSend(bytes) {
  const size = bytes.length;
  const stride = size <= SHORT_BYTES ? 1 : Math.ceil(size / CUTS);
  const ways = [[bytes], Array.from({ length: size }, (_, i) => bytes.subarray(i, i + 1))];
  for (let at = 1; at < size; at += stride) ways.push([bytes.subarray(0, at), bytes.subarray(at)]);
  return ways;
}

const CONNECTIONS_AT_ONCE = 32;

// What comes of the bytes, which is the same in each way. `read` gets a connection and is done with
// it when it returns.
async function sendEachWay(server, bytes, behind, read) {
  let first;
  const ways = waysToSend(bytes);
  const send = async (pieces) => {
    const raw = new Raw(server.port, server.address.hostname, server.tls);
    try {
      await raw.opened();
      raw.socket.setNoDelay();
      for (const piece of [...pieces, behind]) {
        raw.write(piece);
        await new Promise(setImmediate);
      }
      const found = await read(raw);
      first ??= found;
      const lengths = pieces.length > 2 ? 'single bytes' : `${pieces.map((piece) => piece.length)}`;
      assert.deepEqual(found, first, `sent as ${lengths}`);
    } finally {
      await raw.terminate();
    }
  };
  await send(ways.shift());
  while (ways.length > 0) await Promise.all(ways.splice(0, CONNECTIONS_AT_ONCE).map(send));
  return first;
}

const latin1 = (bytes) => (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1'));

// Comes behind what is refused: everything that a connection could still be used for.
const MORE = Buffer.concat([AUTHENTICATE, Buffer.from(GOOD + HEALTH), AUTHENTICATE]);

// The one answer.
function refusal(server, bytes) {
  const method = bytes.startsWith('HEAD ') ? 'HEAD' : 'GET';
  return sendEachWay(server, latin1(bytes), MORE, async (raw) => {
    const { status, headers: { date, ...headers }, body } = await raw.response(method);
    await raw.expectEnd();
    return { status, headers, body };
  });
}

const FRAMES = Buffer.concat([AUTHENTICATE, text('null'), closeFrame(1000)]);

// The answer, and what is said to the frames behind it.
function acceptance(server, bytes) {
  const requests = bytes.split(' HTTP/1.1\r\n').length - 1;
  return sendEachWay(server, Buffer.concat([latin1(bytes), FRAMES]), '', async (raw) => {
    for (let before = 1; before < requests; before += 1) {
      assert.equal((await raw.response()).status, 200);
    }
    const { status, headers: { date, ...headers }, body } = await raw.response();
    assert.equal(status, 101, body);
    assert.equal(body, '');
    const { event, data } = JSON.parse(await raw.text());
    assert.deepEqual([event, data.userId], ['connected', 'ada']);
    assert.match(await raw.text(), /Invalid message format/);
    assert.equal((await raw.closeFrame()).code, 1000);
    await raw.expectEnd();
    return headers;
  });
}

// Runs `cases`, each as a test of its own, and sees that nothing is left of them.
async function holdsNothing(server, cases) {
  const before = server.descriptors;
  await cases();
  await eventually(() => server.descriptors === before, 'all connections are closed');
}

// --- the tests ---

for (const [status, cases] of Object.entries(REFUSED)) {
  test(`refuses with ${status}`, async (t) => {
    const server = await startServer(t);
    await holdsNothing(server, async () => {
      for (const [what, bytes] of Object.entries(cases)) {
        await t.test(what, async () => {
          const answer = await refusal(server, bytes);
          assert.equal(answer.status, Number(status), answer.body);
          assert.equal(answer.headers.connection.toLowerCase().includes('close'), true);
          assert.equal(answer.headers['sec-websocket-accept'], undefined);
          if (status === '426') {
            const { upgrade, 'sec-websocket-version': version } = answer.headers;
            assert.ok(version === '13' || upgrade === 'websocket', 'says what it would speak');
          }
        });
      }
    });
  });
}

test('accepts', async (t) => {
  const server = await startServer(t);
  await holdsNothing(server, async () => {
    for (const [what, bytes] of Object.entries(ACCEPTED)) {
      await t.test(what, async () => {
        const { 'sec-websocket-accept': accept, ...others } = await acceptance(server, bytes);
        assert.match(accept, /^[A-Za-z0-9+/]{27}=$/);
        // Neither an extension nor a subprotocol.
        assert.deepEqual(others, { upgrade: 'websocket', connection: 'Upgrade' });
      });
    }
  });
});

test('answers offers of extensions', async (t) => {
  const server = await startServer(t, ['--deflate']);
  await holdsNothing(server, async () => {
    for (const [offered, agreed] of Object.entries(OFFERED)) {
      await t.test(`"${offered}"`, async () => {
        const headers = await acceptance(server, offers(offered));
        assert.equal(headers['sec-websocket-extensions'] ?? null, agreed);
      });
    }
  });
});

test('refuses offers that are malformed where extensions are wanted', async (t) => {
  const server = await startServer(t, ['--deflate']);
  for (const [what, bytes] of Object.entries(REFUSED[400])) {
    if (!what.includes('extension')) continue;
    await t.test(what, async () => assert.equal((await refusal(server, bytes)).status, 400));
  }
});

test('ignores an upgrade in HTTP/1.0 where no WebSocket is', async (t) => {
  const server = await startServer(t);
  const { status, body } = await refusal(server, line('GET /healthz HTTP/1.0'));
  assert.deepEqual([status, JSON.parse(body)], [200, { status: 'ok' }]);
});

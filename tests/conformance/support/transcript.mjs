// What a scenario saw, line by line, with everything that differs from run to run replaced:
// ids of clients by the name that the script gave them, other ids by their number, times.

import { createHash } from 'node:crypto';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const TEXT_SHOWN_MAX = 600;

// A payload of the servers' transformer holds ids and times in base64: shown as what it holds.
const WRAPPED = /\{"iv":"x","ct":"([A-Za-z0-9+/]+=*)"\}/g;

// A payload of real encryption.
const SEALED = /\{"iv":"[^"]*","ct":"[^"]*"\}/g;

// Random, and well-formed: a point of 65 bytes, not compressed, and 32 bytes.
const LAST = '[AEIMQUYcgkosw048]='; // of base64 whose last byte but one ends in the middle of a digit
const KEYS = new RegExp(
  `"serverPublicKey":"B[A-P][A-Za-z0-9+/]{84}${LAST}","salt":"[A-Za-z0-9+/]{42}${LAST}"`, 'g');

export function unwrapped(text) {
  return text.replace(WRAPPED, (whole, ct) => {
    const plain = Buffer.from(ct, 'base64');
    const same = plain.toString('base64') === ct;
    return same ? `{"iv":"x","ct":base64(${plain.toString()})}` : whole;
  });
}

// Every byte counts, but nobody wants to read 100,000 of them.
function shortened(text) {
  if (text.length <= TEXT_SHOWN_MAX) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${text.slice(0, 80)}[... ${text.length} characters, sha256 ${digest}]`;
}

// What a reader of a terminal would not see, and a line break, which would make two lines of one;
// not written as JSON would, so that an escape of the wire and the character itself are different.
function visible(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffd]/g, (c) =>
    `<U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`);
}

export class Transcript {
  #entries = [];
  #names = new Map();
  #numbers = new Map();
  #shown = new Map();

  // Learnt at any time, also after the id was written.
  name(id, name) {
    this.#names.set(id, `<id of ${name}>`);
  }

  hasName(id) {
    return this.#names.has(id);
  }

  // What stands for a payload of real encryption.
  shows(payload, text) {
    this.#shown.set(payload, text);
  }

  add(text) {
    this.#entries.push(() => [text]);
  }

  // `lines` is called at the very end, with the function that gives a text its names; for what has
  // to be put in an order that does not depend on ids.
  addLater(lines) {
    this.#entries.push(lines);
  }

  // Something that no scenario may meet, on either side.
  trouble(text) {
    this.add(`! ${text}`);
  }

  #rename(text) {
    return this.#opened(unwrapped(text))
      .replace(KEYS, '"serverPublicKey":"<server key>","salt":"<salt>"')
      .replace(UUID, (id) => this.#names.get(id) ?? this.#numbered(id))
      .replace(TIME, '<time>');
  }

  // What a payload holds may hold another.
  #opened(text) {
    return text.replace(SEALED, (payload) =>
      (this.#shown.has(payload) ? this.#opened(this.#shown.get(payload)) : payload));
  }

  #numbered(id) {
    if (!this.#numbers.has(id)) this.#numbers.set(id, `<id${this.#numbers.size + 1}>`);
    return this.#numbers.get(id);
  }

  lines() {
    this.#numbers.clear();
    const rename = (text) => this.#rename(text);
    return this.#entries.flatMap((lines) => lines(rename))
      .map((line) => visible(shortened(rename(line))));
  }
}

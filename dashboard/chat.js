// The list of messages: what others said, what this tab said, and what happened around it.

import { LogView, element } from './log_view.js';

const LINES_MAX = 300;
const TEXT_CHARS_MAX = 4000;
const NOTICE_CHARS_MAX = 240; // the frame beside it has the rest
const GROUP_MS = 120_000; // lines of one author within this time share one heading

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

const clip = (text, max) => (text.length > max ? `${text.slice(0, max)}…` : text);

// A name always has the same colour.
function hueOf(name) {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)) >>> 0;
  return hash % 360;
}

export class Chat {
  #view;
  #empty;
  #previous = null;

  constructor({ list, scroller, latest, empty }) {
    this.#view = new LogView({
      list, scroller, latest, limit: LINES_MAX, build: (item) => this.#row(item),
    });
    this.#empty = empty;
  }

  said(from, text, own) {
    this.#empty.hidden = true;
    this.#view.push({
      kind: 'line', at: new Date(), from: clip(from, 60), text: clip(text, TEXT_CHARS_MAX), own,
    });
  }

  notice(text, { error = false, code = '' } = {}) {
    this.#view.push({
      kind: 'notice', text: clip(text, NOTICE_CHARS_MAX), code: clip(code, NOTICE_CHARS_MAX), error,
    });
  }

  #row(item) {
    const { kind, from, own, at } = item;
    const before = this.#previous;
    this.#previous = item;
    if (kind === 'notice') return this.#noticeRow(item);
    const same = before?.kind === 'line' && before.from === from && before.own === own;
    const more = same && at - before.at < GROUP_MS;
    return this.#lineRow(item, more);
  }

  #noticeRow({ text, error, code }) {
    const row = element('li', error ? 'notice error' : 'notice', text);
    if (code) row.append(' ', element('code', '', code));
    return row;
  }

  #lineRow({ at, from, text, own }, more) {
    const row = element('li', 'line');
    row.classList.toggle('own', own);
    row.classList.toggle('more', more);
    const body = element('div', 'body');
    if (more) {
      body.append(element('span', 'sr-only', `${own ? 'You' : from}: `));
    } else {
      if (!own) row.append(this.#avatar(from));
      const byline = element('div', 'byline');
      const author = element('span', 'author', own ? 'You' : from);
      byline.append(author, element('time', '', time.format(at)));
      body.append(byline);
    }
    body.append(element('span', 'bubble', text));
    row.append(body);
    return row;
  }

  #avatar(name) {
    const initials = name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]);
    const avatar = element('span', 'avatar', initials.join('').toUpperCase());
    avatar.setAttribute('aria-hidden', 'true');
    avatar.style.setProperty('--hue', hueOf(name));
    return avatar;
  }
}

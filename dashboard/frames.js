// The panel of raw frames: each frame in and out as it was on the wire, newest last.

import { colour, colourPretty } from './json_view.js';
import { LogView, element } from './log_view.js';

const FRAMES_MAX = 500;
const LINE_CHARS_MAX = 240; // what a closed row colours; more would not be seen
const KEPT_CHARS_MAX = 65_536; // of one frame: 500 large ones must not fill the memory

const number = new Intl.NumberFormat('en');
const HEARTBEAT = /^\s*\{\s*"event"\s*:\s*"heartbeat"/;

function clock(date) {
  const two = (value) => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

export class Frames {
  #view;
  #empty;
  #filter;
  #pauseButton;
  #numbers;
  #texts = new WeakMap(); // row to what the filter looks at
  #in = 0;
  #out = 0;
  #counted = 0;
  #needle = '';
  #paused = false;

  constructor({ list, scroller, latest, empty, filter, pause, clear, numbers }) {
    this.#view = new LogView({
      list, scroller, latest, limit: FRAMES_MAX, build: (item) => this.#row(item),
    });
    this.#empty = empty;
    this.#filter = filter;
    this.#pauseButton = pause;
    this.#numbers = numbers;
    filter.addEventListener('input', () => this.#applyFilter(list));
    pause.addEventListener('click', () => this.#pause(!this.#paused));
    clear.addEventListener('click', () => this.#clear());
    setInterval(() => this.#showCounts(), 250);
    setInterval(() => this.#showRate(), 1000);
  }

  frame({ direction, text, bytes }) {
    if (direction === 'in') this.#in += 1;
    else this.#out += 1;
    const kept = text.length > KEPT_CHARS_MAX ? text.slice(0, KEPT_CHARS_MAX) : text;
    this.#push({ at: new Date(), direction, text: kept, cut: text.length - kept.length, bytes });
  }

  note(text, bad = false) {
    this.#push({ at: new Date(), direction: 'note', text, bad });
  }

  #push(item) {
    this.#empty.hidden = true;
    this.#view.push(item);
  }

  #row(item) {
    const row = element('li');
    row.className = 'frame';
    row.append(item.direction === 'note' ? this.#noteLine(item) : this.#details(item, row));
    const text = item.text.toLowerCase();
    this.#texts.set(row, text);
    row.hidden = !text.includes(this.#needle);
    return row;
  }

  #noteLine({ at, text, bad }) {
    const line = element('div', bad ? 'meta bad' : 'meta');
    const dot = element('span', 'arrow', '•');
    dot.setAttribute('aria-hidden', 'true');
    line.append(element('time', '', clock(at)), dot, element('span', 'what', text));
    return line;
  }

  // The whole text is coloured only when somebody opens the row.
  #details(item, row) {
    const { at, direction, text, bytes } = item;
    if (HEARTBEAT.test(text)) row.classList.add('beat');
    const arrow = element('span', `arrow ${direction}`, direction === 'in' ? '↓' : '↑');
    arrow.setAttribute('role', 'img');
    arrow.setAttribute('aria-label', direction === 'in' ? 'received' : 'sent');
    const json = element('span', 'json');
    colour(json, text.slice(0, LINE_CHARS_MAX));
    const summary = element('summary');
    const time = element('time', '', clock(at));
    summary.append(time, arrow, json, element('span', 'bytes', size(bytes)));
    const details = element('details');
    details.append(summary);
    details.addEventListener('toggle', () => this.#toggled(details, item));
    return details;
  }

  #toggled(details, { text, cut }) {
    if (details.open && details.childElementCount === 1) {
      const pre = element('pre');
      colourPretty(pre, text);
      if (cut > 0) pre.append(`\n… ${number.format(cut)} more characters are not kept`);
      details.append(pre);
    }
    this.#view.measure();
  }

  #applyFilter(list) {
    this.#needle = this.#filter.value.toLowerCase();
    for (const row of list.children) row.hidden = !this.#texts.get(row).includes(this.#needle);
    this.#view.measure();
  }

  #pause(paused) {
    this.#paused = paused;
    this.#pauseButton.setAttribute('aria-pressed', String(paused));
    this.#view.pause(paused);
    this.#showPause();
  }

  #clear() {
    this.#view.clear();
    this.#empty.hidden = false;
  }

  #showCounts() {
    this.#numbers.in.textContent = number.format(this.#in);
    this.#numbers.out.textContent = number.format(this.#out);
    this.#showPause();
  }

  #showRate() {
    const all = this.#in + this.#out;
    this.#numbers.rate.textContent = `${number.format(all - this.#counted)}/s`;
    this.#counted = all;
  }

  #showPause() {
    const { waiting } = this.#view;
    const count = waiting === FRAMES_MAX ? `${waiting}+` : waiting;
    const resume = waiting > 0 ? `Resume ${count}` : 'Resume';
    this.#pauseButton.textContent = this.#paused ? resume : 'Pause';
  }
}

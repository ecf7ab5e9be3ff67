// A bounded list that keeps up: items are queued and become rows together in a display frame, the
// oldest rows leave, and the view stays at the end as long as the reader is there. A hidden tab
// draws no display frames, so the queue is bounded too.

export function element(tag, className = '', text = '') {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

const END_SLACK_PX = 32;

// A lone item is drawn at once. In a flood of 1,000 a second, drawing at the display's full rate
// kept one core busy with layout and software paint (about 15 pictures a second, measured in
// Chromium without a GPU); ten times a second reads as well and leaves the page at 40 to 50.
const DRAW_INTERVAL_MS = 100;

export class LogView {
  #list;
  #scroller;
  #latest;
  #limit;
  #build;
  #queue = [];
  #scheduled = false;
  #drawnAt = -DRAW_INTERVAL_MS;
  #pinned = true;
  #paused = false;

  // build(item) makes one row. latest is the button that brings the reader back to the end.
  constructor({ list, scroller, latest, limit, build }) {
    this.#list = list;
    this.#scroller = scroller;
    this.#latest = latest;
    this.#limit = limit;
    this.#build = build;
    scroller.addEventListener('scroll', () => this.measure(), { passive: true });
    latest.addEventListener('click', () => this.#toEnd());
    new ResizeObserver(() => this.#pinned && this.#toEnd()).observe(scroller);
  }

  get waiting() {
    return Math.min(this.#queue.length, this.#limit);
  }

  push(item) {
    this.#queue.push(item);
    if (this.#queue.length > 2 * this.#limit) this.#queue.splice(0, this.#limit);
    this.#schedule();
  }

  pause(paused) {
    this.#paused = paused;
    this.#schedule();
  }

  clear() {
    this.#queue.length = 0;
    this.#list.replaceChildren();
    this.#pinned = true;
    this.#latest.hidden = true;
  }

  // Whether the reader is at the end. To be called too when a row changes its height.
  measure() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    this.#pinned = scrollHeight - scrollTop - clientHeight < END_SLACK_PX;
    this.#latest.hidden = this.#pinned;
  }

  #schedule() {
    if (this.#scheduled || this.#paused || this.#queue.length === 0) return;
    this.#scheduled = true;
    const draw = () => {
      this.#scheduled = false;
      if (!this.#paused) this.#draw();
    };
    const wait = this.#drawnAt + DRAW_INTERVAL_MS - performance.now();
    if (wait <= 0) requestAnimationFrame(draw);
    else setTimeout(requestAnimationFrame, wait, draw);
  }

  #draw() {
    this.#drawnAt = performance.now();
    const rows = document.createDocumentFragment();
    for (const item of this.#queue.slice(-this.#limit)) rows.append(this.#build(item));
    this.#queue.length = 0;
    this.#list.append(rows);
    while (this.#list.childElementCount > this.#limit) this.#list.firstElementChild.remove();
    if (this.#pinned) this.#toEnd();
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#pinned = true;
    this.#latest.hidden = true;
  }
}

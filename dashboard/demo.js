// The demo page: makes the parts and says what each does when another one speaks.

import { Chat } from './chat.js';
import { Connection } from './connection.js';
import { Frames } from './frames.js';
import { Identity, randomName } from './identity.js';
import { canJoin, defaultRoom, explain, isClosed } from './rooms.js';

const byId = (id) => document.getElementById(id);
const byHook = (hook) => document.querySelector(`[data-testid="${hook}"]`);

const page = {
  state: byHook('state'),
  name: byHook('name'),
  room: byHook('room'),
  message: byHook('message'),
  send: byHook('send'),
  connect: byHook('connect'),
  clientId: byHook('client-id'),
};

const LABELS = {
  connecting: 'Connecting',
  authenticating: 'Authenticating',
  online: 'Online',
  offline: 'Offline',
};

const REFUSALS = {
  4001: 'The sign-in took too long, so the server closed the connection.',
  4003: 'The server did not accept this sign-in. This page sends a name only; a server with tokens '
    + 'or hooks asks for more.',
  4004: 'The server talks to clients that encrypt only, and this page does not.',
};

const identity = new Identity();

const chat = new Chat({
  list: byHook('messages'),
  scroller: byId('messages-scroll'),
  latest: byId('messages-latest'),
  empty: byId('chat-empty'),
});

const frames = new Frames({
  list: byHook('frames'),
  scroller: byId('frames-scroll'),
  latest: byId('frames-latest'),
  empty: byId('frames-empty'),
  filter: byId('filter'),
  pause: byId('pause'),
  clear: byId('clear'),
  numbers: { in: byId('stat-in'), out: byId('stat-out'), rate: byId('stat-rate') },
});

const connection = new Connection(() => ({ userId: identity.name }), {
  settings: applySettings,
  endpoint: (url) => { byId('endpoint').textContent = url; },
  state: showState,
  event: receive,
  frame: (frame) => frames.frame(frame),
  note: (text, bad) => frames.note(text, bad),
});

let settings = null;
let room = roomFromAddress();
let wasOnline = false;
let stopped = false; // by the person, so a new name does not connect again
let unread = 0;

// Settings and state

function applySettings(fresh) {
  settings = fresh;
  byId('version').textContent = fresh.version ? `v${fresh.version}` : '';
  if (!room) setRoom(defaultRoom(fresh));
  byId('closed').hidden = !isClosed(fresh);
  page.message.disabled = isClosed(fresh);
  page.message.placeholder = isClosed(fresh) ? 'Rooms are closed here' : 'Message';
  showHint();
}

function showState(state, close) {
  page.state.dataset.state = state;
  setText(byId('state-label'), LABELS[state]);
  byId('state-detail').textContent = '';
  page.send.disabled = state !== 'online' || isClosed(settings);
  if (state === 'online') return;
  page.clientId.textContent = '–';
  byId('since').textContent = '–';
  if (state === 'offline') wentOffline(close);
  showCountdown();
}

function wentOffline(close) {
  const refusal = REFUSALS[close?.code];
  if (refusal) {
    byId('state-detail').textContent = `${close.code} ${close.reason || 'refused'}`;
    chat.notice(refusal, { error: true });
  } else if (wasOnline && close) {
    chat.notice(`The connection was lost (${`${close.code} ${close.reason}`.trim()}).`);
  }
  wasOnline = false;
}

function showCountdown() {
  const { state, retryAt } = connection;
  setText(page.connect, state !== 'offline' ? 'Disconnect' : retryAt > 0 ? 'Retry now' : 'Connect');
  if (state !== 'offline' || retryAt === 0) return;
  const seconds = Math.max(1, Math.ceil((retryAt - performance.now()) / 1000));
  setText(byId('state-detail'), `retrying in ${seconds} s`);
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// What the server says

function receive(event, data) {
  if (event === 'connected') welcomed(data);
  else if (event === 'error') chat.notice(`Server: ${data?.message ?? 'error'}`, { error: true });
  else if (event === 'chat' && typeof data?.text === 'string') heard(data);
  else chat.notice(event, { code: data === undefined ? '' : JSON.stringify(data) });
}

function welcomed(data) {
  wasOnline = true;
  page.clientId.textContent = String(data?.id ?? '–');
  byId('since').textContent = new Date().toLocaleTimeString();
  join();
}

function heard({ from, text }) {
  chat.said(typeof from === 'string' && from ? from : 'someone', text, false);
  if (!document.hidden) return;
  unread += 1;
  showTitle();
}

function showTitle() {
  document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) Cresset` : 'Cresset';
}

// Rooms

function roomFromAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1)).trim().slice(0, 256);
  } catch {
    return '';
  }
}

function setRoom(name) {
  room = name;
  page.room.value = name;
  history.replaceState(null, '', `#${encodeURIComponent(name)}`);
  for (const link of document.querySelectorAll('[data-second-tab]')) link.href = location.href;
}

function showHint() {
  const hint = settings ? explain(settings, room) : '';
  byId('room-hint').hidden = !hint;
  byId('room-hint').textContent = hint;
}

function join() {
  if (!connection.send('join', { rooms: [room] })) return;
  if (canJoin(settings, room)) chat.notice(`You are in ${room}`);
}

function changeRoom(name) {
  const next = name.trim();
  if (!next || next === room) {
    page.room.value = room;
    return;
  }
  if (connection.state === 'online') connection.send('leave', { rooms: [room] });
  setRoom(next);
  showHint();
  if (connection.state === 'online') join();
}

// What the person does

function changeName(name) {
  const next = name.trim();
  const changed = next && next !== identity.name;
  if (changed) identity.name = next;
  page.name.value = identity.name;
  // The server ties a name to a connection, so another name is another connection.
  if (changed && !stopped) connection.start();
}

function say(event) {
  event.preventDefault();
  const text = page.message.value.trim();
  if (!text || page.send.disabled) return;
  const data = { room, event: 'chat', data: { from: identity.name, text } };
  if (!connection.send('publish', data)) return;
  chat.said(identity.name, text, true);
  page.message.value = '';
}

function toggleConnection() {
  stopped = connection.state !== 'offline';
  if (stopped) connection.stop();
  else connection.start();
}

function retrySoon() {
  if (connection.retryAt > 0) connection.start();
}

function show(view) {
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll('[data-show]')) {
    button.setAttribute('aria-pressed', String(button.dataset.show === view));
  }
}

async function copyCommand() {
  const button = byId('copy-command');
  try {
    await navigator.clipboard.writeText(byId('command').textContent);
    button.textContent = 'Copied';
  } catch {
    // No clipboard without TLS except on localhost: select it, and the person copies.
    getSelection().selectAllChildren(byId('command'));
    button.textContent = 'Selected';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}

function blurOnEnter(event) {
  if (event.key === 'Enter') event.target.blur();
}

page.name.addEventListener('change', () => changeName(page.name.value));
page.name.addEventListener('keydown', blurOnEnter);
page.room.addEventListener('change', () => changeRoom(page.room.value));
page.room.addEventListener('keydown', blurOnEnter);
byId('another-name').addEventListener('click', () => changeName(randomName()));
byId('composer').addEventListener('submit', say);
page.connect.addEventListener('click', toggleConnection);
byId('copy-command').addEventListener('click', copyCommand);
for (const button of document.querySelectorAll('[data-show]')) {
  button.addEventListener('click', () => show(button.dataset.show));
}
window.addEventListener('online', retrySoon);
window.addEventListener('hashchange', () => changeRoom(roomFromAddress()));
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  unread = 0;
  showTitle();
  retrySoon();
});

setInterval(showCountdown, 250);
await identity.restore();
page.name.value = identity.name;
if (room) setRoom(room);
connection.start();

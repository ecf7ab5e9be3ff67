// What the server's patterns say about a room. The server decides; this only explains in advance,
// because a refused join is silent on the wire.

const PREFERRED = 'public-lobby';

// As base/glob.hpp: '*' any characters, '?' one, everything else itself.
function matches(pattern, room) {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, '.*').replace(/\?/g, '.')}$`, 's').test(room);
}

const allowed = (patterns, room) => patterns.some((pattern) => matches(pattern, room));

const list = (patterns) => patterns.join(', ');

export const isClosed = ({ join, publish }) => join.length === 0 || publish.length === 0;

export const canJoin = ({ join }, room) => allowed(join, room);

// A room that this server opens both ways, if its patterns name one.
export function defaultRoom(settings) {
  const { join, publish } = settings;
  const named = [...publish, ...join].map((pattern) => pattern.replace(/[*?]+/g, 'lobby'));
  const open = (room) => allowed(join, room) && allowed(publish, room);
  return [PREFERRED, ...named].find(open) ?? PREFERRED;
}

// One sentence when something about this room will not work; '' when all will.
export function explain(settings, room) {
  if (isClosed(settings)) return '';
  if (!allowed(settings.join, room)) {
    return `This server lets clients join ${list(settings.join)} only.`;
  }
  if (!allowed(settings.publish, room)) {
    return `Listening only: this server lets clients publish to ${list(settings.publish)}.`;
  }
  return '';
}

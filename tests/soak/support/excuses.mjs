// Why a message may be missing. Only what somebody has announced or we have done ourselves counts,
// at the time at which the message was on its way: from when it was sent to when it was missed.

export function overlaps(spans, from, to) {
  return spans.some((span) => span.from <= to && span.to >= from);
}

// The reason, or null. Where it `isFinal`, nothing more will be told of this listener.
export function excuse(listener, message, missedAt, isFinal) {
  const { node } = listener;
  const { origin } = message.sender;
  const onItsWay = (spans) => overlaps(spans ?? [], message.sentAt, missedAt);
  if (message.isDoubtful) return 'the sender went';
  if (onItsWay(origin.kills)) return 'a node was killed';
  // What stays within a node does not know of Redis.
  if (origin !== node) {
    if (onItsWay(origin.outages) || onItsWay(node.outages)) return 'Redis was away';
    const arrivedAt = listener.arrivedAt(message.place);
    if (onItsWay(node.slowToConfirm) && overlaps(node.slowToConfirm, arrivedAt, arrivedAt)) {
      return 'Redis was slow to subscribe';
    }
  }
  return slow(listener, message, isFinal) ? 'the receiver was slow' : null;
}

// As many as it was told of, by `gap` where it asks for that, else by the log.
function slow(listener, message, isFinal) {
  const { burst } = listener;
  if (!burst) return false;
  if (burst.isOpen) return isFinal;
  listener.excused ??= new Map();
  const place = listener.tellsGaps ? kindOf(message.place) : 'any';
  const told = listener.tellsGaps ? (listener.gaps.get(place) ?? 0) : burst.told;
  const excused = listener.excused.get(place) ?? 0;
  if (excused >= told) return false;
  listener.excused.set(place, excused + 1);
  return true;
}

// As `gap` names it: rooms by name, users and clients by kind.
function kindOf(place) {
  return place.startsWith('room:') ? place : place.split(':')[0];
}

// Whoever can send to the clients of a fleet: emitters, nodes of the reference, and clients of
// Cresset that publish to rooms they are in. What each message should do is told by `recipients`.

import assert from 'node:assert/strict';

// A message is one of support/emitters.mjs.

export class EmitterOrigin {
  constructor(emitter) {
    this.name = emitter.name;
    this.emitter = emitter;
  }

  can() {
    return true;
  }

  recipients(message, clients) {
    return clients.filter((client) => isFor(message, client));
  }

  send(messages) {
    return this.emitter.send(messages);
  }

  // Behind all that it has sent, at every client.
  fence(number) {
    return this.send([{ to: 'broadcast', event: 'fence', data: number }]);
  }
}

// The helper's send() has no users and no exclude, and sends nothing without data.
export class ReferenceNodeOrigin extends EmitterOrigin {
  constructor(node) {
    super(node);
    this.node = node;
  }

  can({ to, exclude, data }) {
    return to !== 'user' && exclude === undefined && data !== undefined;
  }

  async send(messages) {
    await Promise.all(
      messages.map(({ target, event, data }) => this.node.send(target, event, data)),
    );
  }
}

// A client of a Cresset node, which is in the room `everyone` with all others.
export class PublisherOrigin {
  constructor(client, everyone) {
    this.name = `a client of ${client.node.name}`;
    this.client = client;
    this.node = client.node;
    this.everyone = everyone;
  }

  can({ to, target, exclude }) {
    return to === 'room' && this.client.rooms.includes(target) && exclude === undefined;
  }

  recipients(message, clients) {
    return clients.filter((client) => client !== this.client && isFor(message, client));
  }

  async send(messages) {
    for (const { target, event, data } of messages) this.client.publish(target, event, data);
  }

  async fence(number) {
    this.client.publish(this.everyone, 'fence', number);
  }
}

function isFor({ to, target, exclude = [] }, { id, userId, rooms }) {
  if (exclude.includes(id)) return false;
  switch (to) {
    case 'client':
      return target === id;
    case 'user':
      return target === userId;
    case 'room':
      return target === id || target.startsWith('ws-') || rooms.includes(target);
    default:
      return true;
  }
}

export function originsOf(nodes, clients, emitters, everyone) {
  return [
    ...emitters.map((emitter) => new EmitterOrigin(emitter)),
    ...nodes.map((node) =>
      node.send
        ? new ReferenceNodeOrigin(node)
        : new PublisherOrigin(
            clients.find((client) => client.node === node),
            everyone,
          ),
    ),
  ];
}

export function textOf({ event, data }) {
  return JSON.stringify({ event, data });
}

let fences = 0;

// Sends them, and sees that every client gets what is for it, once and in order, and nothing else.
// Without `inOrder` what is sent may overtake what was sent before, the fence too.
export async function sendAndExpect(origin, messages, clients, { inOrder = true } = {}) {
  fences += 1;
  const fence = textOf({ event: 'fence', data: fences });
  await origin.send(messages);
  await origin.fence(fences);
  for (const client of clients) {
    const expected = messages
      .filter((message) => origin.recipients(message, clients).includes(client))
      .map(textOf);
    const count = inOrder ? 0 : expected.length;
    const heard =
      client === origin.client
        ? await textsOfThePublisher(client)
        : await textsUntil(client, fence, count);
    if (!inOrder) for (const texts of [heard, expected]) texts.sort();
    assert.deepEqual(
      heard,
      expected,
      `what ${client.userId} on ${client.node.name} hears of ${origin.name}`,
    );
  }
}

// Until the fence has come, and that many others.
async function textsUntil(client, fence, count) {
  const texts = [];
  for (let fenced = false; !fenced || texts.length < count;) {
    const text = await client.nextText();
    if (text === fence) fenced = true;
    else texts.push(text);
  }
  return texts;
}

// It does not hear its own fence.
async function textsOfThePublisher(client) {
  await client.expectNothing();
  return [];
}

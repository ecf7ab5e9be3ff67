// Runs in a browser: a client on the page's own WebSocket and WebCrypto.

import { EncryptedSession } from './encrypted_session.mjs';

// Resolves when it is connected and in the room; `heard` are the messages that came encrypted.
export async function enter(url, userId, room, capabilities) {
  const session = await EncryptedSession.create(crypto, capabilities);
  const socket = new WebSocket(url);
  const heard = [];
  const closed = new Promise((_, reject) => {
    socket.onclose = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`));
  });
  const plain = (event, data) => socket.send(JSON.stringify({ event, data }));
  const send = async (event, data) =>
    plain('encrypted', await session.seal(JSON.stringify({ event, data })));

  const hear = async ({ event, data }) => {
    if (event === 'connected') await session.agree(data);
    else if (event === 'encrypted') heard.push(await session.open(data));
    else throw new Error(`${event} in the clear`);
    return event;
  };

  const welcomed = new Promise((resolve, reject) => {
    let inOrder = Promise.resolve();
    socket.onmessage = ({ data }) => {
      inOrder = inOrder.then(() => hear(JSON.parse(data)));
      inOrder.then((event) => event === 'connected' && resolve(), reject);
    };
  });
  socket.onopen = () => plain('authenticate', { ...session.credentials, userId });
  await Promise.race([welcomed, closed]);
  await send('join', { rooms: [room] });
  return { session, heard, send };
}

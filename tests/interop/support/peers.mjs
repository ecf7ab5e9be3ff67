// Who takes part: each has ask(line) and says its answer.

import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { startReference } from '../../conformance/support/programs.mjs';
import { Browser } from '../../integration/support/browser.mjs';
import { ProgramPeer } from './program_peer.mjs';
import { WebCryptoPeer } from './webcrypto_peer.mjs';

const TESTS = new URL('../../', import.meta.url);

// On a page of an origin that is safe, which only routes serve.
async function startChromium(t) {
  const browser = await Browser.launch(t);
  const { context, open } = await browser.window(t);
  await context.route('https://interop.test/**', (route) => {
    const { pathname } = new URL(route.request().url());
    if (!pathname.endsWith('.mjs')) return route.fulfill({ contentType: 'text/html', body: '' });
    const body = readFileSync(new URL(`.${pathname}`, TESTS), 'utf8');
    return route.fulfill({ contentType: 'text/javascript', body });
  });
  const { page } = await open('https://interop.test/');
  await page.evaluate(async () => {
    const { WebCryptoPeer: Peer } = await import('/interop/support/webcrypto_peer.mjs');
    window.peer = new Peer(crypto);
  });
  return { ask: (asked) => page.evaluate((line) => window.peer.ask(line), asked) };
}

export const PEERS = {
  cresset: (t) => ProgramPeer.start(t, 'ecdh_peer'),
  reference: (t) => {
    const program = fileURLToPath(new URL('conformance/reference_ecdh.ts', TESTS));
    return new ProgramPeer(t, startReference(program, {}));
  },
  chromium: startChromium,
  node: () => new WebCryptoPeer(webcrypto),
};

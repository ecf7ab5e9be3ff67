// What servers of a test show, and their clients trust.

import { readFileSync } from 'node:fs';

import { Authority } from '../../support/certificates.mjs';

let made;

// {authority, flags, ca}: flags for a server of 127.0.0.1 and localhost, and whom clients trust.
export function certificates() {
  if (!made) {
    const authority = new Authority('cresset tests');
    const { cert, key } = authority.issue('server');
    made = {
      authority,
      flags: ['--tls-cert', cert, '--tls-key', key],
      ca: readFileSync(authority.cert),
    };
  }
  return made;
}

// Tests that say nothing of TLS run over it, if this is set.
export const everythingOverTls = process.env.CRESSET_TEST_TLS === '1';

// Certificates for servers at 127.0.0.1 and their clients, made on the spot.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { newFolder } from './program.mjs';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function openssl(...args) {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

// One that signs others. Files are {cert, key}.
export class Authority {
  #folder = newFolder();

  constructor(name) {
    this.cert = this.#file('ca.crt');
    this.key = this.#file('ca.key');
    openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      this.key,
      '-out',
      this.cert,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    );
  }

  #file(name) {
    return join(this.#folder, name);
  }

  // `names` as in "IP:127.0.0.1,DNS:localhost".
  issue(name, names = 'IP:127.0.0.1,DNS:localhost') {
    const [request, cert, key] = ['csr', 'crt', 'key'].map((end) => this.#file(`${name}.${end}`));
    openssl(
      'req',
      ...NEW_KEY,
      '-keyout',
      key,
      '-out',
      request,
      '-subj',
      `/CN=${name}`,
      '-addext',
      `subjectAltName=${names}`,
    );
    openssl(
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      this.cert,
      '-CAkey',
      this.key,
      '-CAcreateserial',
      '-copy_extensions',
      'copy',
      '-days',
      '2',
      '-out',
      cert,
    );
    return { cert, key };
  }
}

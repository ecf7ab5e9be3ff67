// JSON Web Tokens, made by node:crypto.

import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const inSeconds = (time) => Math.floor(Date.now() / 1000) + time;

// With HS256.
export function tokenBySecret(secret, claims, header = {}) {
  const text = `${encoded({ alg: 'HS256', typ: 'JWT', ...header })}.${encoded(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

// A new key pair for ES256: {sign(claims, header), pem, jwk}.
export function newIssuer() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    pem: publicKey.export({ type: 'spki', format: 'pem' }),
    jwk: publicKey.export({ format: 'jwk' }),
    sign(claims, header = {}) {
      const text = `${encoded({ alg: 'ES256', typ: 'JWT', ...header })}.${encoded(claims)}`;
      const signature = sign('sha256', Buffer.from(text),
        { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${text}.${signature.toString('base64url')}`;
    },
  };
}

/** How a login is named in a token store. */
import { encodeText, findSubtleCrypto } from '../transport/runtime.js';
import { findDigest, toHex } from './digest.js';

// The most that every runtime allows.
const iterations = 100_000;
const markBits = 128;

/** @internal The key of a login: a hash over the address of IAM and an identity without secrets. */
export async function nameLogin(endpoint: string, identity: string): Promise<string> {
  return `sms-client:token:v2:${await findDigest().hash(JSON.stringify([endpoint, identity]))}`;
}

/**
 * @internal The fingerprint of a login with its secrets: long enough that no two are equal by accident, and slow to compute, so that
 * it is hard to guess a password from the store.
 */
export async function markLogin(key: string, login: string): Promise<string> {
  const subtle = findSubtleCrypto();
  const secret = await subtle.importKey('raw', encodeText(login), 'PBKDF2', false, ['deriveBits']);
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt: encodeText(key), iterations };
  return toHex(await subtle.deriveBits(derivation, secret, markBits));
}

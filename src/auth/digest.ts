/** SHA-256 and HMAC: at once where the runtime offers it, else through Web Crypto. */
import { encodeText, findSubtleCrypto } from '../transport/runtime.js';

/** @internal A result that may need time. */
export type Soon<T> = T | Promise<T>;

/** @internal Continues with a result: at once when it is there. */
export function chain<T, R>(result: Soon<T>, proceed: (value: T) => Soon<R>): Soon<R> {
  return result instanceof Promise ? result.then(proceed) : proceed(result);
}

/** @internal The two functions that signing and naming need. All results are hexadecimal digits. */
export interface Digest {
  /** SHA-256 of a text. */
  readonly hash: (text: string) => Soon<string>;
  /** Prepares a key and returns what computes HMAC-SHA256 with it. */
  readonly prepareKey: (secret: string) => (text: string) => Soon<string>;
}

/**
 * @internal The digest of this runtime.
 *
 * Web Crypto costs a trip to another thread for each step, for which fake timers do not wait either. `node:crypto` needs neither,
 * and is asked for rather than imported, so that bundlers for browsers never meet it.
 */
export function findDigest(): Digest {
  const crypto = findNodeCrypto();
  return crypto === undefined ? webDigest : makeNodeDigest(crypto);
}

function findNodeCrypto() {
  return globalThis.process?.getBuiltinModule?.('node:crypto');
}

function makeNodeDigest({
  createHash,
  createHmac,
  createSecretKey,
}: NonNullable<ReturnType<typeof findNodeCrypto>>): Digest {
  return {
    hash: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    prepareKey(secret) {
      const key = createSecretKey(secret, 'utf8');
      return (text) => createHmac('sha256', key).update(text, 'utf8').digest('hex');
    },
  };
}

const hmac = { name: 'HMAC', hash: 'SHA-256' };

const webDigest: Digest = {
  hash: async (text) => toHex(await findSubtleCrypto().digest('SHA-256', encodeText(text))),
  prepareKey(secret) {
    let key: Promise<CryptoKey> | undefined;
    return async (text) => {
      key ??= findSubtleCrypto().importKey('raw', encodeText(secret), hmac, false, ['sign']);
      return toHex(await findSubtleCrypto().sign(hmac, await key, encodeText(text)));
    };
  },
};

/** @internal Bytes as hexadecimal digits. */
export function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

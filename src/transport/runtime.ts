/** What the transport needs from the runtime. It is looked up at each call, so that the package loads anywhere. */
import { ConfigurationError } from '../errors.js';

/**
 * @internal Makes a controller.
 *
 * @throws {@link ConfigurationError} when the runtime has none.
 */
export function makeController(): AbortController {
  if (typeof globalThis.AbortController !== 'function') throw lacking('AbortController');
  return new AbortController();
}

/**
 * @internal Sends with the runtime's own `fetch`, as it is now: a proxy agent or a test may have replaced it.
 *
 * @throws {@link ConfigurationError} when the runtime has none.
 */
export function fetchByRuntime(url: string, init: RequestInit): Promise<Response> {
  if (typeof globalThis.fetch !== 'function') throw lacking('fetch', ', or pass one as the option fetch');
  return globalThis.fetch(url, init);
}

/**
 * @internal Web Crypto.
 *
 * @throws {@link ConfigurationError} when the runtime has none.
 */
export function findSubtleCrypto(): SubtleCrypto {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) throw lacking('crypto.subtle');
  return subtle;
}

/**
 * @internal A text in UTF-8.
 *
 * @throws {@link ConfigurationError} when the runtime cannot encode it.
 */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  if (typeof globalThis.TextEncoder !== 'function') throw lacking('TextEncoder');
  return new TextEncoder().encode(text);
}

function lacking(name: string, otherwise = ''): ConfigurationError {
  return new ConfigurationError(`This environment has no ${name}. Load a polyfill for it${otherwise}.`);
}

/**
 * @internal Whether requests may say `cache: 'no-store'`: frameworks that keep GETs would freeze a wait, but a few runtimes throw at
 * an option that they do not know.
 */
export function knowsCacheMode(): boolean {
  return typeof globalThis.Request === 'function' && 'cache' in globalThis.Request.prototype;
}

/**
 * @internal The body in a form that the runtime sends once. Deno sends a text, and nothing, again by itself when a connection breaks,
 * although the service may have performed the request.
 */
export function sendableOnce(body: string | undefined): string | Blob | undefined {
  return 'Deno' in globalThis ? new Blob([body ?? '']) : body;
}

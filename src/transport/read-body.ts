/** Reads the body of a response within the attempt, so that its timeout, its limit and its truncation belong to it. */
import { ConfigurationError } from '../errors.js';

/** @internal The largest body that is read: 64 MiB, decompressed. */
export const longestBody: number = 64 * 1024 * 1024;

/** @internal A body is larger than {@link longestBody}. */
export class BodyTooLarge extends Error {}

/** @internal How a body is read. */
export interface BodyWishes {
  /** Stops the reading, whatever the stream does. */
  readonly signal: AbortSignal;
  /** Whether only the bytes will do. */
  readonly isFile: boolean;
  readonly limit?: number;
}

/**
 * @internal Reads a body: as bytes, or as text where a fetch of somebody else gives no stream of bytes.
 *
 * @throws {@link ConfigurationError} when a file is wanted of a `fetch` that gives texts only.
 */
export async function readBody(response: Response, wishes: BodyWishes): Promise<Uint8Array | string> {
  const { isFile, limit = longestBody, signal } = wishes;
  const canDecode = isFile || typeof globalThis.TextDecoder === 'function';
  if (canDecode && typeof response.body?.getReader === 'function') {
    return readStream(response.body.getReader(), signal, limit);
  }
  if (!isFile) return limitSize(await response.text(), limit);
  if (typeof response.arrayBuffer === 'function') return limitSize(new Uint8Array(await response.arrayBuffer()), limit);
  throw new ConfigurationError(
    'fetch: expected a response with a stream or arrayBuffer() for a file, received one with neither',
  );
}

function limitSize<T extends Uint8Array | string>(body: T, limit: number): T {
  if (body.length > limit) throw new BodyTooLarge();
  return body;
}

async function readStream(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
  limit: number,
): Promise<Uint8Array> {
  // A reader of a body that never ends would go on after everybody has left.
  const cancel = () => void reader.cancel(signal.reason).catch(() => undefined);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return join(chunks, size);
      if (!ArrayBuffer.isView(value)) throw new TypeError('the body is no stream of bytes');
      size += value.byteLength;
      if (size > limit) {
        cancel();
        throw new BodyTooLarge();
      }
      chunks.push(value);
    }
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

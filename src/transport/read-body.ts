/** Reads the body of an answer within the attempt, so that its timeout, its limit and its truncation belong to it. */

/** @internal The largest body that is read: 64 MiB, decompressed. */
export const longestBody: number = 64 * 1024 * 1024;

/** @internal A body is larger than {@link longestBody}. */
export class BodyTooLarge extends Error {}

/** @internal Reads a body. Stops at the limit and when the signal aborts, whatever the stream does. */
export async function readBody(
  response: Response,
  signal: AbortSignal,
  limit: number = longestBody,
): Promise<Uint8Array> {
  // A fetch of somebody else may answer with a stream of another kind, or none.
  if (typeof response.body?.getReader !== 'function') return new TextEncoder().encode(await response.text());
  const reader = response.body.getReader();
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

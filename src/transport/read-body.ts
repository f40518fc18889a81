/** Reads the body of a response within the attempt, so that its timeout, its limit and its truncation belong to it. */
import { ConfigurationError } from '../errors.js';

/** @internal The largest body that is read: 64 MiB, decompressed. */
export const longestBody: number = 64 * 1024 * 1024;

/** @internal A body is larger than {@link longestBody}. */
export class BodyTooLarge extends Error {}

/** @internal Reads one body: as bytes, or as text where a custom fetch has no stream of bytes. */
export class BodyReader {
  readonly #limit: number;
  #stream: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #end: { readonly reason: unknown } | undefined;

  constructor(limit: number = longestBody) {
    this.#limit = limit;
  }

  /**
   * Reads the body to its end.
   *
   * @param isFile - whether only the bytes will do
   * @throws {@link ConfigurationError} when a file is wanted of a `fetch` that gives texts only.
   */
  async read(response: Response, isFile: boolean): Promise<Uint8Array | string> {
    const canDecode = isFile || typeof globalThis.TextDecoder === 'function';
    if (canDecode && typeof response.body?.getReader === 'function') return this.#readStream(response.body.getReader());
    if (!isFile) return this.#limitSize(await response.text());
    if (typeof response.arrayBuffer === 'function')
      return this.#limitSize(new Uint8Array(await response.arrayBuffer()));
    throw new ConfigurationError(
      'fetch: expected a response with a stream or arrayBuffer() for a file, received one with neither',
      { mayBeSent: true },
    );
  }

  /** Stops reading, now or as soon as there is a body: a reader of one that never ends would go on after everybody has left. */
  cancel(reason: unknown): void {
    this.#end = { reason };
    this.#stream?.cancel(reason).catch(() => undefined);
  }

  #limitSize<T extends Uint8Array | string>(body: T): T {
    if (body.length > this.#limit) throw new BodyTooLarge();
    return body;
  }

  async #readStream(stream: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
    this.#stream = stream;
    if (this.#end !== undefined) this.cancel(this.#end.reason);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { done, value } = await stream.read();
      if (done) return join(chunks, size);
      if (!ArrayBuffer.isView(value)) throw new TypeError('the body is no stream of bytes');
      size += value.byteLength;
      if (size > this.#limit) {
        this.cancel(undefined);
        throw new BodyTooLarge();
      }
      chunks.push(value);
    }
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

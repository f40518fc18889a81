/** A response with as little around it as a client of JSON needs. */
import type { IncomingMessage } from 'node:http';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { BodyTooLarge, longestBody } from '../transport/read-body.js';

const decoders: Readonly<Record<string, typeof gunzip>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  // Some servers leave out the head of zlib, whose lower half of the first byte is 8.
  deflate: ((bytes: Buffer, options: ZlibOptions, callback: Parameters<typeof inflate>[2]) =>
    ((bytes[0] ?? 0) & 15) === 8
      ? inflate(bytes, options, callback)
      : inflateRaw(bytes, options, callback)) as typeof gunzip,
  br: brotliDecompress as typeof gunzip,
};

/** The headers of a response: the reading half of `Headers`. */
class LeanHeaders {
  readonly #values = new Map<string, string>();
  readonly #cookies: string[] = [];

  constructor(raw: readonly string[]) {
    for (let index = 0; index + 1 < raw.length; index += 2) {
      const name = (raw[index] as string).toLowerCase();
      const value = raw[index + 1] as string;
      const known = this.#values.get(name);
      this.#values.set(name, known === undefined ? value : `${known}, ${value}`);
      if (name === 'set-cookie') this.#cookies.push(value);
    }
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  getSetCookie(): string[] {
    return [...this.#cookies];
  }

  forEach(callback: (value: string, name: string, headers: LeanHeaders) => void): void {
    for (const [name, value] of this.#values) callback(value, name, this);
  }

  entries(): IterableIterator<[string, string]> {
    return this.#values.entries();
  }

  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  values(): IterableIterator<string> {
    return this.#values.values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

/**
 * The reading half of a `Response`: status, headers, and the body as text, JSON or bytes, once. It has no stream, so that a body
 * is read without the layers of one.
 */
export class LeanResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: LeanHeaders;
  readonly body: null = null;
  readonly redirected: boolean = false;
  readonly type: string = 'basic';
  readonly url: string;
  readonly #bytes: Promise<Buffer>;
  bodyUsed = false;

  constructor(message: IncomingMessage, url: string, fail: (error: unknown) => unknown) {
    this.status = message.statusCode ?? 0;
    this.statusText = message.statusMessage ?? '';
    this.headers = new LeanHeaders(message.rawHeaders);
    this.url = url;
    this.#bytes = readBytes(message, this.headers.get('content-encoding'), fail);
    // A body that is never read may be truncated.
    this.#bytes.catch(() => undefined);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  get [Symbol.toStringTag](): string {
    return 'Response';
  }

  async text(): Promise<string> {
    const bytes = await this.#read();
    // As TextDecoder does: a mark of the order of bytes is no part of a text.
    const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    return bytes.toString('utf8', start);
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const { buffer, byteLength, byteOffset } = await this.#read();
    return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.arrayBuffer());
  }

  #read(): Promise<Buffer> {
    if (this.bodyUsed) return Promise.reject(new TypeError('Body is unusable: it has been read'));
    this.bodyUsed = true;
    return this.#bytes;
  }
}

function readBytes(
  message: IncomingMessage,
  encoding: string | null,
  fail: (error: unknown) => unknown,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const giveUp = (error: unknown) => reject(error instanceof BodyTooLarge ? error : fail(error));
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size > longestBody) message.destroy(new BodyTooLarge());
    });
    message.on('error', giveUp);
    message.on('end', () => {
      const [only] = chunks;
      const whole = only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size);
      // Named in the order in which they were applied. From one that is unknown on, the body stays as it came.
      const encodings = encoding?.toLowerCase().split(',') ?? [];
      const unpack = (bytes: Buffer): void => {
        const decode = decoders[encodings.pop()?.trim() ?? ''];
        if (decode === undefined || bytes.byteLength === 0) resolve(bytes);
        else decode(bytes, limits, (error, decoded) => (error === null ? unpack(decoded) : giveUp(explain(error))));
      };
      // Each costs the memory of a whole body.
      if (encodings.length > mostEncodings) giveUp(new Error('too many content encodings'));
      else unpack(whole);
    });
  });
}

const mostEncodings = 5;
const limits: ZlibOptions = { maxOutputLength: longestBody };

function explain(error: NodeJS.ErrnoException): Error {
  return error.code === 'ERR_BUFFER_TOO_LARGE' ? new BodyTooLarge() : error;
}

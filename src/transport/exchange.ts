/** One sending of a request, and the whole of its response. */
import { BodyReader } from './read-body.js';
import { isSuccess, type RawResponse } from './response.js';
import { makeController } from './runtime.js';
import type { Scope } from './scope.js';

/** A `fetch` of the caller's: it gets a URL as text and plain options, never a `Request`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

// Its status and headers say what a refusal is about; its body may add a sentence.
const longestRefusalMs = 5_000;

/** @internal One sending. It ends with its response, read to its end, or when it is aborted. */
export class Exchange {
  readonly #controller = makeController();
  readonly #reader = new BodyReader();
  readonly #scope: Scope;
  #head: Pick<RawResponse, 'status' | 'headers'> | undefined;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Whether status and headers have arrived. */
  get hasHead(): boolean {
    return this.#head !== undefined;
  }

  /** A refusal whose body broke off or hangs: outside of success status and headers decide. */
  get refusal(): RawResponse | undefined {
    return this.#head === undefined || isSuccess(this.#head.status) ? undefined : { ...this.#head, body: '' };
  }

  /** Sends, and reads the response. Bytes are kept as they are when the response is a file. */
  async perform(fetch: Fetch, url: string, init: RequestInit, isFile: boolean): Promise<[Response, RawResponse]> {
    init.signal = this.#controller.signal;
    const response = await fetch(url, init);
    const { headers, status } = response;
    this.#head = { status, headers };
    const isGood = isSuccess(status);
    const reading = this.#reader.read(response, isFile && isGood);
    const limit = { timeoutMs: longestRefusalMs, onTimeout: () => new Error('the body of the refusal hangs') };
    const body = await (isGood ? reading : this.#scope.race(reading, limit));
    return [response, { status, headers, body }];
  }

  /** Stops sending and reading. */
  abort(reason: unknown): void {
    this.#controller.abort(reason);
    this.#reader.cancel(reason);
  }
}

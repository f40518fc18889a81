/** What became of the sendings of one request, as far as that is known. */
import { ApiError, ConfigurationError, InvalidRequestError, NetworkError } from '../errors.js';

/**
 * @internal Remembers whether a request may have been performed although no response says so: it was sent, and what came back was
 * no decision of the service.
 */
export class Sendings {
  #isOpen = false;
  #wasLost = false;

  /** Whether one of the sendings may have been performed without a response that says so. */
  get wasLost(): boolean {
    return this.#wasLost;
  }

  /** Notes that the request is sent. */
  begin(): void {
    this.#isOpen = true;
  }

  /** Notes that the service has decided about the last sending. */
  settle(): void {
    this.#isOpen = false;
  }

  /** Notes how the last sending failed. An attempt that failed before anything was sent changes nothing. */
  fail(error: unknown): void {
    if (this.#isOpen && !isDecided(error)) this.#wasLost = true;
    this.settle();
  }
}

/** @internal Whether a failure proves that the request was not performed. */
function isDecided(error: unknown): boolean {
  if (error instanceof ApiError) {
    const isLost = error.status >= 500 || error.status === 408;
    return !isLost || (error.status === 503 && error.retryAfterMs !== undefined);
  }
  if (error instanceof NetworkError) return error.neverSent;
  if (error instanceof ConfigurationError) return !error.mayBeSent;
  return error instanceof InvalidRequestError;
}

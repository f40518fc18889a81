/** Polls that fail while a wait goes on. */
import { type AnySmsError, ApiError, isSmsError, NotFoundError } from '../errors.js';
import type { Interruption } from './options.js';
import type { TrackingPort } from './port.js';

/** @internal How long a wait outlives a service that is out of reach, when nothing is said. */
const defaultOutageMs = 3_600_000;

/** @internal Counts failed polls in a row, and reports them. */
export class Interruptions {
  readonly #port: TrackingPort;
  readonly #subject: string;
  readonly #onInterruption: ((interruption: Interruption) => unknown) | undefined;
  readonly #maxOutageMs: number;
  #failures = 0;
  #since = 0;
  #lastError: AnySmsError | null = null;

  constructor(
    port: TrackingPort,
    subject: string,
    options: {
      maxOutageMs?: number | undefined;
      onInterruption?: ((interruption: Interruption) => unknown) | undefined;
    },
  ) {
    this.#port = port;
    this.#subject = subject;
    this.#onInterruption = options.onInterruption;
    this.#maxOutageMs = options.maxOutageMs ?? defaultOutageMs;
  }

  /** The error of the last poll when it failed. */
  get lastError(): AnySmsError | null {
    return this.#lastError;
  }

  get maxOutageMs(): number {
    return this.#maxOutageMs;
  }

  /** Time until the outage has lasted too long, in milliseconds; infinite while there is none. */
  get remainingMs(): number {
    return this.#failures === 0 ? Number.POSITIVE_INFINITY : this.#since + this.#maxOutageMs - performance.now();
  }

  /** A poll succeeded. */
  end(): void {
    this.#failures = 0;
    this.#lastError = null;
  }

  /** A poll that was sent then failed, and the wait goes on. */
  report(error: AnySmsError, sentAt: number): void {
    if (this.#failures === 0) this.#since = sentAt;
    this.#failures += 1;
    this.#lastError = error;
    const { logger } = this.#port;
    logger.warn(`${this.#subject} could not be read; the wait goes on`, {
      failures: this.#failures,
      reason: error.message,
    });
    const sinceMs = this.#failures === 1 ? 0 : performance.now() - this.#since;
    void this.#port.hooks.call(this.#onInterruption, { error, failures: this.#failures, sinceMs }, 'onInterruption');
  }
}

/** @internal Whether the service refused: no repetition of this request will succeed. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && ![408, 429].includes(error.status);
}

/** @internal Whether the service says that there is no such task. */
export function isMissing(error: unknown): error is NotFoundError {
  return error instanceof NotFoundError;
}

/** @internal Whether a wait outlives a failure. */
export function isInterruption(error: unknown): error is AnySmsError {
  return isSmsError(error) && error.name !== 'InvalidRequestError' && !isRefusal(error);
}

const longestWishMs = 600_000;

/** @internal How long the service asked to be left alone, up to ten minutes; 0 when it did not ask. */
export function readWish(error: AnySmsError): number {
  return error instanceof ApiError ? Math.min(longestWishMs, error.retryAfterMs ?? 0) : 0;
}

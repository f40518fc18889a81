/** The one retry loop: what is tried again, when, and the sleep between. */
import { ApiError, NetworkError, type SmsError, TimeoutError } from '../errors.js';
import { isHopeless, isNeverConnected } from './failure.js';
import { callHook, type Logger } from './logger.js';
import type { Scope } from './scope.js';

/** What is told before a failed attempt is repeated. */
export interface RetryEvent {
  /** Id of the operation, for instance `ShowTask`. */
  readonly operation: string;
  /** Which attempt failed, from 1. */
  readonly attempt: number;
  /** How long the client sleeps before the next attempt, in milliseconds. */
  readonly delayMs: number;
  /** Why the attempt failed. */
  readonly error: SmsError;
}

/** @internal A failure that no repetition of this request can mend: it is thrown as it is. */
export class FinalFailure {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

/** @internal What the loop needs to know of a call. */
export interface RetryPolicy {
  readonly maxRetries: number;
  /** Whether the request may have been carried out and still be repeated. */
  readonly idempotent: boolean;
  readonly scope: Scope;
  /** Makes an error of ours of any rejection. */
  readonly normalise: (rejection: unknown) => SmsError;
  readonly onRetry: (event: Omit<RetryEvent, 'operation'>) => void;
}

const firstDelayMs = 500;
const longestDelayMs = 10_000;
const longestRetryAfterMs = 60_000;

/**
 * @internal Runs an attempt until it succeeds, its failure is final, or the budget or the time is used up; then the last
 * failure is thrown. Ends at once, with its reason, when the scope ends.
 */
export async function retry<T>(attempt: () => Promise<T>, policy: RetryPolicy): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (rejection) {
      policy.scope.throwIfEnded();
      if (rejection instanceof FinalFailure) throw rejection.error;
      const error = policy.normalise(rejection);
      const delayMs = delayBefore(failures, error);
      const hopeless = failures > policy.maxRetries || !mayRepeat(error, policy.idempotent);
      if (hopeless || delayMs > longestRetryAfterMs || delayMs >= policy.scope.remainingMs) throw error;
      policy.onRetry({ attempt: failures, delayMs, error });
      await policy.scope.sleep(delayMs);
    }
  }
}

function mayRepeat(error: SmsError, idempotent: boolean): boolean {
  if (error instanceof ApiError) {
    if (error.status === 429) return true;
    if (error.status === 503 && error.retryAfterMs !== undefined) return true;
    return idempotent && [408, 500, 502, 503, 504].includes(error.status);
  }
  if (error instanceof NetworkError) return isNeverConnected(error) || (idempotent && !isHopeless(error));
  return idempotent && error instanceof TimeoutError;
}

/** @internal The service's own wish, else a random part of a delay that doubles, so that many clients do not return at once. */
function delayBefore(failures: number, error?: SmsError): number {
  if (error instanceof ApiError && error.retryAfterMs !== undefined) return error.retryAfterMs;
  return Math.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1));
}

/** @internal Tells of a retry: first the logger, then the hook. */
export function reportRetry(
  { logger, onRetry }: { readonly logger: Logger; readonly onRetry?: ((event: RetryEvent) => void) | undefined },
  event: RetryEvent,
): void {
  const { attempt, delayMs, error, operation } = event;
  logger.warn(`${operation} is tried again`, { attempt, delayMs, reason: error.message });
  callHook(onRetry, event, 'onRetry', logger);
}

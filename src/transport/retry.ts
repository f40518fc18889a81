/** The one retry loop: what is tried again, when, and the sleep between. */
import { ApiError, NetworkError, RateLimitError, ServerError, type SmsError, TimeoutError } from '../errors.js';
import { isHopeless } from './failure.js';
import { callHook } from './hooks.js';
import type { Logger } from './logger.js';
import type { Scope } from './scope.js';

/** What is reported before a failed attempt is repeated: after a sleep, or at once with a new token. */
export interface RetryEvent {
  /** Id of the operation, for instance `ShowTask`. */
  readonly operation: string;
  /** Which attempt failed, from 1. */
  readonly attempt: number;
  /** How long the client sleeps before the next attempt, in milliseconds; 0 after a refused token. */
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
 * failure is thrown. Ends at once, with its reason, when the scope is aborted. Refusals with 429 that say how long to wait do not
 * count against the budget, as long as there is one: the deadline ends them.
 */
export async function retry<T>(attempt: () => Promise<T>, policy: RetryPolicy): Promise<T> {
  let counted = 0;
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (rejection) {
      // What the service said last is worth more than that the time is up.
      if (policy.scope.isAborted || !(rejection instanceof ApiError)) policy.scope.throwIfEnded();
      if (rejection instanceof FinalFailure) throw rejection.error;
      const error = policy.normalise(rejection);
      if (policy.maxRetries === 0 || !asksToWait(error)) counted += 1;
      if (counted > policy.maxRetries || !mayRepeat(error, policy.idempotent)) throw error;
      const delayMs = delayBefore(failures, error, policy.scope.remainingMs);
      if (delayMs === undefined) throw error;
      policy.onRetry({ attempt: failures, delayMs, error });
      await policy.scope.sleep(delayMs);
    }
  }
}

function asksToWait(error: SmsError): boolean {
  return error instanceof ApiError && error.status === 429 && error.retryAfterMs !== undefined;
}

function mayRepeat(error: SmsError, idempotent: boolean): boolean {
  if (error instanceof ApiError) {
    if (error.status === 429) return true;
    if (error.status === 503 && error.retryAfterMs !== undefined) return true;
    return idempotent && isTransient(error);
  }
  if (error instanceof NetworkError) return (error.neverSent || idempotent) && !isHopeless(error);
  return idempotent && error instanceof TimeoutError;
}

// 507 and 520 to 529 come from gateways; a success that carries the code of a failure is one.
function isTransient(error: ApiError): boolean {
  const { status } = error;
  if (status < 300) return error instanceof ServerError || error instanceof RateLimitError;
  return [408, 500, 502, 503, 504, 507].includes(status) || (status >= 520 && status <= 529);
}

// What the service asked for, and on top of it a random part of a delay that doubles, so that many clients do not return at once.
// Undefined when it would be too long.
function delayBefore(failures: number, error: SmsError, remainingMs: number): number | undefined {
  const askedMs = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  if (askedMs > longestRetryAfterMs || askedMs >= remainingMs) return undefined;
  const delayMs = askedMs + Math.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1));
  if (delayMs < remainingMs) return delayMs;
  return askedMs > 0 ? askedMs : undefined;
}

/** @internal Reports a retry: first to the logger, then to the hook. */
export function reportRetry(
  { logger, onRetry }: { readonly logger: Logger; readonly onRetry?: ((event: RetryEvent) => void) | undefined },
  event: RetryEvent,
): void {
  const { attempt, delayMs, error, operation } = event;
  logger.warn(`${operation} is tried again`, { attempt, delayMs, reason: error.message });
  callHook(onRetry, event, 'onRetry', logger);
}

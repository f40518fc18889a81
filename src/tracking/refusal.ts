/** What a refusal or a failure means to somebody who waits. */
import { ApiError, ConflictError, isSmsError, RateLimitError } from '../errors.js';

/** @internal Whether the service refused an operation for the state that the task is in, by whatever code. */
export function isRefusedForState(error: unknown): error is ApiError {
  return error instanceof ConflictError || (error instanceof ApiError && [400, 412, 422].includes(error.status));
}

/** @internal Whether the next reading may succeed although this one did not. */
export function isPassing(error: unknown): error is Error {
  if (!isSmsError(error)) return false;
  if (error instanceof ApiError) return error.status >= 500 || error.status === 408 || error instanceof RateLimitError;
  return error.name === 'NetworkError' || error.name === 'TimeoutError' || error.name === 'ResponseFormatError';
}

const longestWishMs = 600_000;

/** @internal How long the service asked to be left alone, up to ten minutes; 0 when it did not ask. */
export function readWish(error: Error): number {
  return error instanceof ApiError ? Math.min(longestWishMs, error.retryAfterMs ?? 0) : 0;
}

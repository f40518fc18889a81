/** Start, stop and restart, performed exactly once although answers get lost. */
import {
  ApiError,
  InvalidRequestError,
  NetworkError,
  ResponseFormatError,
  ServerError,
  type SmsError,
  TimeoutError,
} from '../errors.js';
import { check } from '../schemas/fields.js';
import type { Task } from '../schemas/task.js';
import { isNeverConnected } from '../transport/failure.js';
import { RequestOptions } from '../transport/request-options.js';
import { FinalFailure, reportRetry, retry } from '../transport/retry.js';
import { openCall } from '../transport/scope.js';
import type { TrackingPort } from './port.js';
import { isRefusedForState } from './refusal.js';
import { type StateChange, takenUp } from './states.js';

/**
 * @internal Sends an operation that must be performed once. When the answer is lost, the task tells whether it was taken up;
 * only when it was not is the operation sent again, within the budget of retries.
 */
export async function changeState(
  port: TrackingPort,
  id: string,
  operation: StateChange,
  options: RequestOptions,
  isTakenUp: (task: Task) => boolean = (task) => takenUp[operation](task.state),
): Promise<void> {
  const { issues } = check(RequestOptions, options);
  if (issues !== undefined) throw new InvalidRequestError(operation, issues);
  const { maxRetries = port.maxRetries, totalTimeoutMs = port.totalTimeoutMs } = options;
  const scope = openCall(port.openScope, `${operation} of task ${id}`, totalTimeoutMs, options.signal);
  const within = { ...options, signal: scope.signal };
  let wasLost = false;

  async function send(): Promise<void> {
    try {
      // Repeated here and nowhere below: every repetition counts, and none goes unquestioned.
      await port.act(id, { operation }, { ...within, maxRetries: 0 });
    } catch (error) {
      // The second of two sends is refused when the first one was performed after all.
      if (!isAnswerLost(error) && !(wasLost && isRefusedForState(error))) throw error;
      wasLost = true;
      const task = await port.read(id, within).catch(() => undefined);
      if (task === undefined) throw new FinalFailure(error);
      if (!isTakenUp(task)) throw error;
    }
  }

  try {
    await retry(send, {
      maxRetries,
      // A send that may have been performed was asked about before it is repeated.
      idempotent: true,
      scope,
      normalise: (rejection) => rejection as SmsError,
      onRetry: (event) => reportRetry(port, { operation: 'UpdateTaskStatus', ...event }),
    });
  } finally {
    scope.close();
  }
}

// Whether the service may have performed the operation although no usable answer came back.
function isAnswerLost(error: unknown): boolean {
  if (error instanceof NetworkError) return !isNeverConnected(error);
  if (error instanceof ApiError) return error instanceof ServerError || error.status === 408;
  return error instanceof TimeoutError || error instanceof ResponseFormatError;
}

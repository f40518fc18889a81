import type { RecordedRequest } from './recorded-request.js';

/** Which requests a fault is for: an operation id such as `UpdateTaskStatus`, or a test of the request. */
export type FaultMatch = string | ((request: RecordedRequest) => boolean);

/** How a fault applies. */
export interface FaultOptions {
  /** Which requests it is for. Default: any. */
  match?: FaultMatch | undefined;
  /**
   * Whether the service carries the request out although its answer is lost or late. Default: true for `cut`, `truncate`,
   * `corrupt` and `delay`, false for `fail` and `hang`. A `delay` that is not performed is carried out after its time,
   * and not at all when the caller has gone by then.
   */
  performed?: boolean | undefined;
}

/** How `fail` answers. */
export interface FailOptions extends FaultOptions {
  /** Service error code. Default: one that goes with the status, such as APIGW.0308 with 429. */
  code?: string | undefined;
  /** Error text. Default: `Simulated failure.` */
  message?: string | undefined;
  /** Value of the Retry-After header: seconds, or an HTTP date as text. Default: no such header. */
  retryAfter?: number | string | undefined;
}

/**
 * Troubles to make. Each `n` is how many of the next matching requests get the fault; a request gets one fault at most,
 * the one that was asked for first. Faults mean the same to `simulator.fetch` and to the server of `listen()`.
 */
export interface Faults {
  /** Answers with this status and an error body in the shape of the service that was called. */
  fail(n: number, status: number, options?: FailOptions): void;
  /** Breaks the connection before the answer: ECONNRESET. */
  cut(n: number, options?: FaultOptions): void;
  /** Breaks the connection in the middle of the body. */
  truncate(n: number, options?: FaultOptions): void;
  /** Answers 200 with a body that is not JSON, like the page of a proxy. */
  corrupt(n: number, options?: FaultOptions): void;
  /** Never answers; ends when the caller gives up or the simulator is closed. */
  hang(n: number, options?: FaultOptions): void;
  /** Answers so many ms later, on a real timer. */
  delay(n: number, ms: number, options?: FaultOptions): void;
  /** From now on SMS refuses every token given out so far with 401 APIGW.0307. */
  expireTokens(): void;
  /** From now on SMS refuses every token given out so far with 401 APIGW.0301. */
  revokeTokens(): void;
  /** More requests than this within a second of the wall clock get 429 APIGW.0308 with `Retry-After: 1`. 0 or Infinity: no limit. */
  throttle(perSecond: number): void;
  /** Takes back all faults that are still to come and the throttle. Dead tokens stay dead. */
  clear(): void;
}

import type { OperationId } from '../core/route.js';
import type { ConnectionErrorCode } from './connection-errors.js';
import type { RecordedRequest } from './recorded-request.js';

/** Which requests a fault is for: an operation id such as `UpdateTaskStatus`, or a test of the request. */
export type FaultMatch = OperationId | ((request: RecordedRequest) => boolean);

/** Which requests a fault is for, and from which one on. */
export interface MatchOptions {
  /** Which requests it is for. Default: any. */
  match?: FaultMatch | undefined;
  /** How many matching requests go well before. Default: 0. */
  skip?: number | undefined;
}

/** How a fault applies. */
export interface FaultOptions extends MatchOptions {
  /**
   * Whether the service carries the request out although its response is lost or late. Default: true for `cut`, `truncate`,
   * `corrupt` and `delay`, false for `fail` and `hang`. A `delay` that is not performed is carried out after its time,
   * and not at all when the caller has gone by then.
   */
  performed?: boolean | undefined;
}

/** How `fail` responds. */
export interface FailOptions extends FaultOptions {
  /** Service error code. Default: one that goes with the status, such as APIGW.0308 with 429. */
  code?: string | undefined;
  /** Error text. Default: `Simulated failure.` */
  message?: string | undefined;
  /** Value of the Retry-After header: seconds, or an HTTP date as text. Default: no such header. */
  retryAfter?: number | string | undefined;
}

/** Which reads `lag` is for. */
export interface LagOptions {
  /** An operation of SMS that reads, or a test of the request. Default: every read of SMS. */
  match?: FaultMatch | undefined;
}

/** How `pages` shows lists. What is left out is as the service has it. */
export interface PageOptions {
  /** Items of a page at most, whatever limit was asked for; 1 or more. */
  cap?: number | undefined;
  /** Makes the count that is shown out of the true one; null shows none. */
  count?: ((count: number) => number) | null | undefined;
  /** How many items are lost at the end of each page; with Infinity every page is empty. */
  lose?: number | undefined;
}

/** A fault that has not fired as often as it was asked to. */
export interface PendingFault {
  /** Name of the method that asked for it, such as `cut`. */
  readonly fault: string;
  /** Operation it is for; null for any, and for a test of the request. */
  readonly operation: OperationId | null;
  /** How many requests it is still for. */
  readonly remaining: number;
  /** How many matching requests still go well before. */
  readonly skip: number;
}

/**
 * Troubles to make. Each `n` is how many of the next matching requests get the fault: 1 or more, also Infinity. A request
 * gets one fault at most, the one that was asked for first. Faults mean the same to `simulator.fetch` and to the server of
 * `listen()`. A wrong argument is a `TypeError` or a `RangeError` that names it.
 */
export interface Faults {
  /** Responds with this status, 400 to 599, and an error body in the shape of the service that was called. */
  fail(n: number, status: number, options?: FailOptions): void;
  /** Breaks the connection before the response: ECONNRESET. */
  cut(n: number, options?: FaultOptions): void;
  /** Breaks the connection in the middle of the body. */
  truncate(n: number, options?: FaultOptions): void;
  /** Responds 200 with a body that is not JSON, like the page of a proxy. */
  corrupt(n: number, options?: FaultOptions): void;
  /** Never responds; ends when the caller gives up, or the simulator is reset or closed. */
  hang(n: number, options?: FaultOptions): void;
  /** Responds so many ms later, on a real timer. */
  delay(n: number, ms: number, options?: FaultOptions): void;
  /**
   * Never connects, or fails in TLS, according to this code. `fetch` rejects with the same cause as Node's fetch;
   * the server of `listen()` resets the socket. Such a request is never carried out.
   */
  connection(n: number, code: ConnectionErrorCode, options?: MatchOptions): void;
  /**
   * Responds with another body than the service: what `change` makes of it, for instance JSON of the wrong shape. `change` is
   * given a copy of the parsed body, or undefined where there is no JSON. The request is carried out.
   */
  mutate(n: number, change: (body: unknown) => unknown, options?: MatchOptions): void;
  /**
   * From now on the matching reads show what was so many ms of the wall clock before; what is younger is not there. What the
   * options of the simulator made has always been there. A later lag with the same `match` replaces the earlier one; `lag(0)`
   * without a match ends all. Of several lags for one request the longest counts.
   */
  lag(ms: number, options?: LagOptions): void;
  /**
   * The next n matching reads show what was before the last change of the task that is read, and a list what was before the
   * last change of any. Changes are made by requests, handles and seeds; progress is none. Without a match it is for every
   * read of SMS.
   */
  stale(n: number, options?: MatchOptions): void;
  /** From now on lists come in such pages; `pages({})` mends them. Each call replaces the one before. */
  pages(options: PageOptions): void;
  /** From now on SMS refuses every token given out so far with 401 APIGW.0307. */
  expireTokens(): void;
  /** From now on SMS refuses every token given out so far with 401 APIGW.0301. */
  revokeTokens(): void;
  /** More requests than this within a second of the wall clock get 429 APIGW.0308 with `Retry-After: 1`. 0 or Infinity: no limit. */
  throttle(perSecond: number): void;
  /**
   * Faults that have not fired as often as they were asked to, oldest first, one entry each; one without an end until it has
   * fired once. Lags, pages and the throttle are not listed.
   */
  readonly pending: readonly PendingFault[];
  /** Takes back all faults that are still to come, lags, pages and the throttle. Dead tokens stay dead. */
  clear(): void;
}

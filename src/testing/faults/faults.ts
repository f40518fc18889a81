import type { OperationId } from '../core/route.js';
import type { ConnectionErrorCode } from './connection-errors.js';
import type { RecordedRequest } from './recorded-request.js';

/** Which requests a fault applies to: an operation id such as `UpdateTaskStatus`, or a predicate. */
export type FaultMatch = OperationId | ((request: RecordedRequest) => boolean);

/** Which requests a fault applies to, and from which one on. */
export interface MatchOptions {
  /** Which requests it applies to. Default: any. */
  match?: FaultMatch | undefined;
  /** How many matching requests succeed first. Default: 0. */
  skip?: number | undefined;
}

/** How a fault applies. */
export interface FaultOptions extends MatchOptions {
  /**
   * Whether the service performs the request although its response is lost or late. Default: true for `cut`, `truncate`,
   * `corrupt` and `delay`, false for `fail` and `hang`. A `delay` that is not performed is performed after its time,
   * and not at all when the caller has aborted by then.
   */
  performed?: boolean | undefined;
}

/** How `fail` responds. */
export interface FailOptions extends FaultOptions {
  /** Service error code. Default: one that fits the status, such as APIGW.0308 for 429. */
  code?: string | undefined;
  /** Error text. Default: `Simulated failure.` */
  message?: string | undefined;
  /** Value of the Retry-After header: seconds, or an HTTP date as text. Default: no such header. */
  retryAfter?: number | string | undefined;
}

/** Which reads `lag` applies to. */
export interface LagOptions {
  /** An operation of SMS that reads, or a predicate. Default: every read of SMS. */
  match?: FaultMatch | undefined;
}

/** How `pages` shows lists. By default each is as in the service. */
export interface PageOptions {
  /** The most items on a page, whatever limit was requested. 1 or more. */
  cap?: number | undefined;
  /** Returns the count to show for the true count. Null shows none. */
  count?: ((count: number) => number) | null | undefined;
  /** How many items are lost at the end of each page; with Infinity every page is empty. */
  lose?: number | undefined;
}

/** A fault that has not fired as often as requested. */
export interface PendingFault {
  /** Name of its method, such as `cut`. */
  readonly fault: string;
  /** Its operation; null for any operation and for a predicate. */
  readonly operation: OperationId | null;
  /** How many more requests it applies to. */
  readonly remaining: number;
  /** How many more matching requests succeed first. */
  readonly skip: number;
}

/**
 * Faults to inject. `n` is how many of the next matching requests get the fault: 1 or more, also Infinity. A request gets at
 * most one fault, the oldest that matches. Faults do the same to `simulator.fetch` and to the server of `listen()`. An invalid
 * argument is a `TypeError` or `RangeError` that names it.
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
  /** Responds this many ms later, on a real timer. */
  delay(n: number, ms: number, options?: FaultOptions): void;
  /**
   * Never connects, or fails in TLS, according to this code. `fetch` rejects with the same cause as Node's fetch;
   * the server of `listen()` resets the socket. Such a request is never performed.
   */
  connection(n: number, code: ConnectionErrorCode, options?: MatchOptions): void;
  /**
   * Replaces the body of the response by what `change` returns, for example JSON of the wrong shape. `change` gets a copy of
   * the parsed body, or undefined where there is no JSON. The request is performed.
   */
  mutate(n: number, change: (body: unknown) => unknown, options?: MatchOptions): void;
  /**
   * From now on, matching reads show the state from this many ms ago on the wall clock, without anything that is younger. What
   * the options of the simulator made is always there. A later lag with the same `match` replaces the earlier one. `lag(0)`
   * without a match ends all lags. When several lags match a request, the longest applies.
   */
  lag(ms: number, options?: LagOptions): void;
  /**
   * The next n matching reads show the state before the last change of the task that is read. Lists show the state before the
   * last change of any task. Requests, handles and seeds make changes; progress does not. Without a match it applies to every
   * read of SMS.
   */
  stale(n: number, options?: MatchOptions): void;
  /** From now on, lists have these pages. `pages({})` ends that. Each call replaces the one before. */
  pages(options: PageOptions): void;
  /** From now on, SMS refuses every token issued so far with 401 APIGW.0307. */
  expireTokens(): void;
  /** From now on, SMS refuses every token issued so far with 401 APIGW.0301. */
  revokeTokens(): void;
  /** More requests than this within a second of the wall clock get 429 APIGW.0308 with `Retry-After: 1`. 0 or Infinity: no limit. */
  throttle(perSecond: number): void;
  /**
   * Faults that have not fired as often as requested, oldest first, one entry each. A fault with Infinity is listed until it has
   * fired once. Lags, pages and the throttle are not listed.
   */
  readonly pending: readonly PendingFault[];
  /** Clears all pending faults, lags, pages and the throttle. Dead tokens stay dead. */
  clear(): void;
}

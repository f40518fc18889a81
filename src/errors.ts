/** The errors of the package: one root, one class wherever a caller acts differently. */

import { atHost, describeOpen } from './error-texts.js';
import type { ErrorDetail } from './schemas/error-body.js';
import { formatIssues, type SchemaIssue } from './schemas/issues.js';
import type { SubTask, Task, TaskSummary } from './schemas/task.js';
import { brand, customInspection, SmsError } from './sms-error.js';
import type { Cursor } from './tracking/cursor.js';
import type { Outcome } from './tracking/outcomes.js';

export { SmsError } from './sms-error.js';

/**
 * Returns whether a value is an error of this package, also when it comes from another copy of the package (ESM and CommonJS side by
 * side, two versions in one tree), where `instanceof` is false.
 *
 * @example
 * ```ts
 * import { isSmsError } from '@org/sms-client';
 *
 * try {
 *   await Promise.reject(new Error('of other code'));
 * } catch (error) {
 *   if (isSmsError(error) && error.name === 'NotFoundError') console.log('No such task.');
 * }
 * ```
 */
export function isSmsError(error: unknown): error is AnySmsError {
  try {
    return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[brand] === true;
  } catch {
    // What is thrown may throw when it is read.
    return false;
  }
}

/** Every error of the package, to be narrowed by `name`. */
export type AnySmsError =
  | ConfigurationError
  | InvalidRequestError
  | ApiError
  | AuthenticationError
  | PermissionDeniedError
  | NotFoundError
  | ConflictError
  | RateLimitError
  | ServerError
  | ResponseFormatError
  | NetworkError
  | TimeoutError
  | MigrationFailedError
  | WaitTimeoutError
  | OutcomeUnknownError;

// The runtime and loggers print a `cause`, but no private field and no getter of a class.
class Withheld {
  readonly #error: unknown;

  constructor(error: unknown) {
    this.#error = error;
  }

  get error(): unknown {
    return this.#error;
  }

  [customInspection](): string {
    return '[withheld]';
  }
}

/**
 * The client's options, its credentials, its environment or a function that you gave it are wrong. Trying again does not help.
 *
 * `cause.error` is what your function threw: a credentials provider, a passcode or a `fetch` with a mistake in it. Its text may hold
 * a secret, so nothing prints it: neither `inspect`, nor the runtime when nobody catches the error, nor loggers that follow `cause`.
 */
export class ConfigurationError extends SmsError {
  readonly #cause: Withheld | undefined;
  readonly #mayBeSent: boolean;

  /** @internal */
  constructor(message: string, options: { readonly cause?: unknown; readonly mayBeSent?: boolean } = {}) {
    super(message);
    this.#cause = options.cause === undefined ? undefined : new Withheld(options.cause);
    this.#mayBeSent = options.mayBeSent === true;
  }
  override get name(): 'ConfigurationError' {
    return 'ConfigurationError';
  }
  /** Holds what your own function threw in its field `error`; undefined when the error has another cause. */
  override get cause(): { readonly error: unknown } | undefined {
    return this.#cause;
  }
  /** @internal */
  override copy(): ConfigurationError {
    return new ConfigurationError(this.message, { cause: this.#cause?.error, mayBeSent: this.#mayBeSent });
  }
  /** @internal Whether it is a mistake in the program of a `fetch`, which may have arisen after the request was sent. */
  get mayBeSent(): boolean {
    return this.#mayBeSent;
  }
}

/** The arguments of a call are wrong: an id, a body, a query, an option. Nothing was sent. */
export class InvalidRequestError extends SmsError {
  /** Every problem: where, what was expected and what was received. */
  readonly issues: readonly SchemaIssue[];

  /** @internal */
  constructor(subject: string, issues: readonly SchemaIssue[]) {
    super(`${subject}: ${formatIssues(issues).replaceAll('\n', '; ')}`);
    this.issues = issues;
  }
  override get name(): 'InvalidRequestError' {
    return 'InvalidRequestError';
  }
}

/** What an {@link ApiError} is made of. */
export interface ApiFailure
  extends Pick<
    ApiError,
    | 'service'
    | 'host'
    | 'status'
    | 'code'
    | 'serviceMessage'
    | 'requestId'
    | 'method'
    | 'path'
    | 'details'
    | 'hint'
    | 'retryAfterMs'
    | 'reasons'
  > {
  /** Whether the body was JSON, as the services write it: false for the page of a proxy. */
  readonly isJson: boolean;
  /** The message of an error that the client found before it sent anything. */
  readonly message?: string | undefined;
}

type Kind<E> = new (failure: ApiFailure) => E;

/** One reason for which the start of a task is refused, or would be. */
export interface StartReason {
  /**
   * `task-state`: the task is busy or being deleted (SMS.1039); `source-missing`: its source server is gone (SMS.6520);
   * `agent-disconnected`: the agent there is not connected to the service (SMS.6603); `source-check`: a feasibility check failed
   * (SMS.6520); `privacy-agreement`: it is not accepted (SMS.0208); `token-without-project`: after a 403 that nothing else
   * explains, the token is for the domain.
   */
  readonly code:
    | 'task-state'
    | 'source-missing'
    | 'agent-disconnected'
    | 'source-check'
    | 'privacy-agreement'
    | 'token-without-project';
  /** What is in the way and what to do about it, for people. */
  readonly hint: string;
}

/**
 * The service responded with an error. The subclasses say what a caller can do about it; plain `ApiError`s are bad requests and
 * statuses without a class of their own, such as redirects, which are never followed.
 */
export class ApiError extends SmsError {
  /** Which service refused: SMS, or IAM for logins and tokens. */
  readonly service: 'sms' | 'iam';
  /** Host of the request, with its port when it is not the default one. */
  readonly host: string;
  /** HTTP status. */
  readonly status: number;
  /** Code of the service, for instance `SMS.1039` or `APIGW.0301`; null when it sent none (IAM logins have none). */
  readonly code: string | null;
  /** Text of the service, or the title of an HTML page; null when it sent none. */
  readonly serviceMessage: string | null;
  /** Id of the request, for a support ticket; null when the service sent none. */
  readonly requestId: string | null;
  /** HTTP method. */
  readonly method: string;
  /** Path of the URL, without host and query. */
  readonly path: string;
  /** Nested causes, which the service sends with 403. */
  readonly details: readonly ErrorDetail[];
  /** What to do now: from the code, else from the status. */
  readonly hint: string;
  /** How long the service asked to wait, in milliseconds; undefined when it did not ask. */
  declare readonly retryAfterMs?: number | undefined;
  /** Why a start was refused, as `tasks.explainStart` would have foreseen it; undefined when nothing was found. */
  declare readonly reasons?: readonly StartReason[] | undefined;
  readonly #failure: ApiFailure;

  /** @internal */
  constructor(failure: ApiFailure) {
    const { code, hint, host, method, path, requestId, serviceMessage, status } = failure;
    const parts = [code, serviceMessage].filter((part) => part !== null);
    const text = parts.join(': ').replace(/[.\s]+$/, '');
    const id = requestId === null ? '' : ` [request ${requestId}]`;
    const reason = `${text === '' ? '' : `, ${text}`}${id}`;
    super(failure.message ?? `${method} ${path} was refused by ${host} with ${status}${reason}. Hint: ${hint}`);
    this.#failure = failure;
    this.service = failure.service;
    this.host = host;
    this.status = status;
    this.code = code;
    this.serviceMessage = serviceMessage;
    this.requestId = requestId;
    this.method = method;
    this.path = path;
    this.details = failure.details;
    this.hint = hint;
    if (failure.retryAfterMs !== undefined) this.retryAfterMs = failure.retryAfterMs;
    if (failure.reasons !== undefined) this.reasons = failure.reasons;
  }
  override get name(): ApiErrorName {
    return 'ApiError';
  }
  /** @internal Whether the body was JSON, as the services write it: false for the page of a proxy. */
  get isJson(): boolean {
    return this.#failure.isJson;
  }
  /** @internal */
  override copy(): this {
    return this.with({});
  }
  /** @internal The same refusal, of the same class unless another one is given, with other words about it. */
  with<E extends ApiError = this>(
    changes: Partial<Pick<ApiFailure, 'hint' | 'reasons' | 'serviceMessage'>>,
    Kind: Kind<E> = this.constructor as Kind<E>,
  ): E {
    return new Kind({ ...this.#failure, ...changes });
  }
}

/** The names of {@link ApiError} and its subclasses. */
export type ApiErrorName =
  | 'ApiError'
  | 'AuthenticationError'
  | 'PermissionDeniedError'
  | 'NotFoundError'
  | 'ConflictError'
  | 'RateLimitError'
  | 'ServerError';

/** The password, token or key was rejected: by IAM at login (400, 401, 403), or by the service (401) after one renewal. */
export class AuthenticationError extends ApiError {
  override get name(): 'AuthenticationError' {
    return 'AuthenticationError';
  }
}

/** The caller is known but not allowed (403): a permission, a policy, the privacy agreement or the region. */
export class PermissionDeniedError extends ApiError {
  override get name(): 'PermissionDeniedError' {
    return 'PermissionDeniedError';
  }
}

/** It does not exist (404), or it was deleted. */
export class NotFoundError extends ApiError {
  override get name(): 'NotFoundError' {
    return 'NotFoundError';
  }
}

/** The state of the task or server does not allow the operation (409, and the codes of wrong states, which come with 400). */
export class ConflictError extends ApiError {
  override get name(): 'ConflictError' {
    return 'ConflictError';
  }
}

/** Too many calls (429). `retryAfterMs` says how long to wait, when the service said so. */
export class RateLimitError extends ApiError {
  override get name(): 'RateLimitError' {
    return 'RateLimitError';
  }
}

/** The service failed (5xx) after all retries. */
export class ServerError extends ApiError {
  override get name(): 'ServerError' {
    return 'ServerError';
  }
}

/** A successful response that is not what the service documents: not JSON, too large, or a field of another type. */
export class ResponseFormatError extends SmsError {
  readonly #data: unknown;
  readonly #subject: string;
  /** Every problem, of each list the first hundred: where, what was expected, which type came. Never a value. */
  readonly issues: readonly SchemaIssue[];

  /** @internal */
  constructor(subject: string, issues: readonly SchemaIssue[], data: unknown) {
    super(`${subject}: ${formatIssues(issues).replaceAll('\n', '; ')}`);
    this.issues = issues;
    this.#data = data;
    this.#subject = subject;
  }
  override get name(): 'ResponseFormatError' {
    return 'ResponseFormatError';
  }
  /** @internal */
  override copy(): ResponseFormatError {
    return new ResponseFormatError(this.#subject, this.issues, this.#data);
  }
  /** @internal With `showHidden` and `getters` Node calls the getters of prototypes, too. */
  [customInspection](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return inspect(this, { ...options, getters: false, customInspect: false });
  }
  /** The body as the service sent it, parsed when it was JSON. Undefined for operations that return a secret. Never printed. */
  get data(): unknown {
    return this.#data;
  }
}

/** No response: the name was not found, the connection was refused or cut, TLS failed, the headers were too large. */
export class NetworkError extends SmsError {
  /** Code of the runtime, for instance `ECONNRESET`, `ENOTFOUND` or `CERT_HAS_EXPIRED`; null when it gave none. */
  readonly code: string | null;
  readonly #neverSent: boolean;

  /** @internal */
  constructor(message: string, code: string | null, neverSent = false) {
    super(message);
    this.code = code;
    this.#neverSent = neverSent;
  }
  override get name(): 'NetworkError' {
    return 'NetworkError';
  }
  /** @internal */
  override copy(): NetworkError {
    return new NetworkError(this.message, this.code, this.#neverSent);
  }
  /** @internal Whether the request certainly never left, so that any verb may be repeated. */
  get neverSent(): boolean {
    return this.#neverSent;
  }
}

/** An attempt took longer than `timeoutMs`, or a whole call longer than `totalTimeoutMs`. */
export class TimeoutError extends SmsError {
  /** @internal */
  override copy(): TimeoutError {
    return new TimeoutError(this.message);
  }
  override get name(): 'TimeoutError' {
    return 'TimeoutError';
  }
}

/** What a {@link MigrationFailedError} is made of, beside the task. */
export interface MigrationFailure
  extends Pick<
    MigrationFailedError,
    'reason' | 'round' | 'step' | 'code' | 'serviceMessage' | 'meaning' | 'hint' | 'canRestart'
  > {}

/** A migration ended without success: it failed, was rolled back or was paused. */
export class MigrationFailedError extends SmsError {
  /** The last known state of the task. */
  readonly task: Task | TaskSummary;
  /** `failed`: the migration or synchronisation failed; `rolled-back`: and was rolled back; `paused`: someone paused it. */
  readonly reason: 'failed' | 'rolled-back' | 'paused';
  /** The round that failed, for instance `REPLICATE` or `RESYNC0`; null when the task names none. */
  readonly round: string | null;
  /** The step that was under way, of the last round; null when the task shows none. */
  readonly step: SubTask | null;
  /** Code of the failure, for instance `SMS.0515`; null when the task names none. */
  readonly code: string | null;
  /** What the service itself says about the failure; null when it says nothing. */
  readonly serviceMessage: string | null;
  /** What the failure means, for people. */
  readonly meaning: string;
  /** What to do about it, for people. */
  readonly hint: string;
  /**
   * Whether starting the task again can help, once the hint is followed; null when that is not known. Also true for a paused task,
   * even if it was paused on purpose.
   */
  readonly canRestart: boolean | null;

  /** @internal */
  constructor(task: Task | TaskSummary, failure: MigrationFailure, host?: string) {
    const { code, hint, meaning, round, serviceMessage, step } = failure;
    const where = step?.name == null ? '' : ` in step ${step.name}${round === null ? '' : ` of ${round}`}`;
    const said =
      serviceMessage === null || meaning.includes(serviceMessage)
        ? ''
        : ` The service says: ${serviceMessage}${/[.!?…]$/.test(serviceMessage) ? '' : '.'}`;
    super(
      `Task ${task.id}${atHost(host)} is ${task.state}${where}${code === null ? '' : `, ${code}`}: ${meaning}${said} Hint: ${hint}`,
    );
    this.task = task;
    this.reason = failure.reason;
    this.round = round;
    this.step = step;
    this.code = code;
    this.serviceMessage = serviceMessage;
    this.meaning = meaning;
    this.hint = hint;
    this.canRestart = failure.canRestart;
  }
  override get name(): 'MigrationFailedError' {
    return 'MigrationFailedError';
  }
}

/** What a {@link WaitTimeoutError} is made of. */
export interface WaitTimeout extends Pick<WaitTimeoutError, 'reason' | 'tasks' | 'outcomes' | 'lastError'> {
  /** The limit that was reached, in milliseconds. */
  readonly limitMs: number;
  /** Host of the service. */
  readonly host?: string | undefined;
}

/** A wait took longer than `maxWaitMs`, or the service could not be read for `maxOutageMs`. The migrations themselves go on. */
export class WaitTimeoutError extends SmsError {
  /** `max-wait`: the wait took longer than `maxWaitMs`; `outage`: no poll succeeded for `maxOutageMs`. */
  readonly reason: 'outage' | 'max-wait';
  /** The last known state of the tasks that were not done. Tasks that were never read are missing. */
  readonly tasks: readonly (Task | TaskSummary)[];
  /** The outcome of each task: `unknown` for those that were not done. */
  readonly outcomes: readonly Outcome[];
  /** The error of the last poll that failed; null when the last poll succeeded. */
  readonly lastError: AnySmsError | null;

  /** @internal */
  constructor({ host, lastError, limitMs, outcomes, reason, tasks }: WaitTimeout) {
    const option = reason === 'outage' ? 'maxOutageMs' : 'maxWaitMs';
    const what = reason === 'outage' ? 'No poll succeeded' : 'Not every task ended';
    const open = describeOpen(tasks, outcomes);
    const last = lastError === null ? '' : `. The last error was ${lastError.name}: ${lastError.message}`;
    super(`${what}${atHost(host)} within ${limitMs} ms (${option})${open === '' ? '' : `: ${open}`}${last}`);
    this.reason = reason;
    this.tasks = tasks;
    this.outcomes = outcomes;
    this.lastError = lastError;
  }
  override get name(): 'WaitTimeoutError' {
    return 'WaitTimeoutError';
  }
}

/** What an {@link OutcomeUnknownError} is made of. */
export interface OutcomeUnknown extends Pick<OutcomeUnknownError, 'cursor' | 'error'> {
  /** What was asked, for the message. */
  readonly subject: string;
}

/**
 * An action, a creation or a deletion may have been performed, or not: its response was lost, and nothing that the service shows
 * says which. Read the task and decide, or pass the `cursor` to a wait.
 */
export class OutcomeUnknownError extends SmsError {
  /** The cursor from before the action, to pass to a wait; undefined where there is nothing to follow. */
  declare readonly cursor?: Cursor | undefined;
  /** What happened to the response. */
  readonly error: AnySmsError;

  /** @internal */
  constructor({ cursor, error, subject }: OutcomeUnknown) {
    super(`${subject} may have been performed: its response was lost (${error.name}: ${error.message})`);
    if (cursor !== undefined) this.cursor = cursor;
    this.error = error;
  }
  override get name(): 'OutcomeUnknownError' {
    return 'OutcomeUnknownError';
  }
}

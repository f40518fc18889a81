/** How a request is made: check → authorise → send → read. The only importer of ky. */
import ky from 'ky';
import { isSmsError, ResponseFormatError, SmsError, TimeoutError } from '../errors.js';
import { check, type Field, formatIssues, type SchemaIssue } from '../schemas/fields.js';
import { secretsOf } from '../schemas/secrets.js';
import { readFile } from './downloaded-file.js';
import { toSmsError } from './failure.js';
import { callHook } from './hooks.js';
import { type Logger, silentLogger } from './logger.js';
import type { Operation, OutgoingRequest } from './operation.js';
import { prepareRequest } from './prepare-request.js';
import { readBody } from './read-body.js';
import { type Clean, maskHeaders, redact } from './redact.js';
import type { RequestOptions, ResponseEvent } from './request-options.js';
import {
  interpret,
  isPage,
  notJson,
  notJsonIssue,
  type RawResponse,
  type Reading,
  readRefusal,
  refusesToken,
} from './response.js';
import { FinalFailure, type RetryEvent, reportRetry, retry } from './retry.js';
import { knowsCacheMode, makeController, sendableOnce } from './runtime.js';
import { type OpenScope, openCall, Scope, type ScopeLimits, type SignalHub } from './scope.js';

export type { Operation, OutgoingRequest } from './operation.js';

/** A `fetch` of the caller's: it gets a URL as text and plain options, never a `Request`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** @internal What authorises one sending of a request. */
export interface Authorisation {
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that must not appear in errors, hooks and logs. */
  readonly secrets: readonly string[];
}

/** @internal Adds credentials to requests. Asked at every attempt, so that no token or signature is ever stale. */
export interface Authenticator {
  /** What authorises a request: at once when it is at hand. Waits no longer than the scope of the call lasts. */
  authorize(request: OutgoingRequest, scope: Scope): Authorisation | Promise<Authorisation>;
  /** Reports that the service accepted what `authorize` returned. */
  accepted(authorisation: Authorisation): void;
  /** Reports that the service refused it, and how; returns whether a second try makes sense. */
  refused(authorisation: Authorisation, headers: Headers): boolean;
}

/** What is reported about a call that ends without a response. */
export interface FailureEvent {
  /** Id of the operation, for instance `ShowTask`, or `CreateToken` for a login. */
  readonly operation: string;
  /** HTTP method. */
  readonly method: string;
  /** URL, query included. */
  readonly url: string;
  /** What the call rejects with. */
  readonly error: SmsError;
  /** From the beginning of the call to its end, in milliseconds: attempts, waits and logins included. */
  readonly durationMs: number;
  /** How many times the request was sent: 0 when the login before it failed. */
  readonly attempts: number;
}

/** @internal What a transport is made of. */
export interface TransportOptions {
  readonly service: 'sms' | 'iam';
  /** URL of the service, without a slash at its end. */
  readonly endpoint: string;
  readonly authenticator?: Authenticator | undefined;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxRetries: number;
  readonly responseValidation: 'error' | 'warn';
  readonly logger: Logger;
  readonly userAgent: string;
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
  readonly onResponse?: ((event: ResponseEvent) => void) | undefined;
  readonly onFailure?: ((event: FailureEvent) => void) | undefined;
  readonly hub: SignalHub;
}

/** @internal The data of a response and the headers beside it. */
export interface Received<T> {
  readonly data: T;
  readonly headers: Headers;
}

interface Call<T> {
  readonly operation: Operation<T>;
  readonly options: RequestOptions;
  readonly request: OutgoingRequest;
  /** The call in words: what, and where. */
  readonly subject: string;
  readonly idempotent: boolean;
  readonly scope: Scope;
  readonly startedAt: number;
  /** What was sent and must not appear in errors, hooks and logs. Grows with every token. */
  readonly secrets: Set<string>;
  readonly clean: Clean;
  attempts: number;
  renewed: boolean;
  /** The response that ends the call, unless another attempt follows. */
  last: Reading | undefined;
}

const nothing: Authorisation = { headers: {}, secrets: [] };

/** @internal Sends operations to one service. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #host: string;
  // Its own timer and retries are off: the scope of the call has the only timer, `retry` the only loop.
  readonly #ky = ky.create({ timeout: false, retry: 0, throwHttpErrors: false });

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#host = new URL(options.endpoint).host;
  }

  /** Opens the scope of a longer piece of work, which shares the listeners of this client. */
  readonly openScope: OpenScope = (limits: ScopeLimits) => new Scope(this.#options.hub, limits);

  /** Where failures of hooks are reported. */
  get logger(): Logger {
    return this.#options.logger;
  }

  /** Host of the service, for messages. */
  get host(): string {
    return this.#host;
  }

  /** What happens when a response does not fit. */
  get responseValidation(): 'error' | 'warn' {
    return this.#options.responseValidation;
  }

  /** Performs an operation and returns its data. */
  async request<T = void>(operation: Operation<T>, options?: RequestOptions): Promise<T> {
    return (await this.exchange(operation, options)).data;
  }

  /** Performs an operation and returns its data together with the headers. */
  async exchange<T>(operation: Operation<T>, options: RequestOptions = {}): Promise<Received<T>> {
    const call = this.#open(operation, options);
    try {
      call.scope.throwIfEnded();
      const received = await retry(() => this.#attempt(call), {
        maxRetries: options.maxRetries ?? this.#options.maxRetries,
        idempotent: call.idempotent,
        scope: call.scope,
        normalise: (rejection) => toSmsError(rejection, call.subject, call.clean),
        onRetry: (event) => this.#reportRetry(call, event),
      });
      this.#reportResponse(call);
      return received;
    } catch (error) {
      if (call.last !== undefined) this.#reportResponse(call);
      else if (isSmsError(error) && !call.scope.isAborted) this.#reportFailure(call, error);
      throw error instanceof SmsError ? error.showCaller(new Error()) : error;
    } finally {
      call.scope.close();
    }
  }

  #open<T>(operation: Operation<T>, options: RequestOptions): Call<T> {
    const { body, bodySchema, method, path } = operation;
    const request = prepareRequest(operation, options, this.#options);
    const subject = `${operation.operation} (${method} ${path.text} at ${this.#host})`;
    const totalTimeoutMs = options.totalTimeoutMs ?? this.#options.totalTimeoutMs;
    const sent = bodySchema === undefined ? [] : secretsOf(bodySchema, body);
    const secrets = new Set([...(operation.secrets ?? []), ...sent]);
    return {
      operation,
      options,
      request,
      subject,
      idempotent: operation.idempotent ?? (method !== 'POST' && method !== 'PATCH'),
      scope: openCall(this.openScope, subject, totalTimeoutMs, options.signal),
      startedAt: performance.now(),
      secrets,
      clean: (text) => redact(text, secrets),
      attempts: 0,
      renewed: false,
      last: undefined,
    };
  }

  async #attempt<T>(call: Call<T>): Promise<Received<T>> {
    for (;;) {
      const authorisation = await this.#authorise(call);
      const raw = await this.#send(call, authorisation);
      const reading = interpret(raw, call.operation.isFile === true, call.clean);
      call.last = reading;
      this.#logResponse(call, reading);
      if (!this.#mayRenew(call, authorisation, reading)) return this.#read(call, reading);
      call.renewed = true;
      this.#reportRetry(call, { attempt: call.attempts, delayMs: 0, error: this.#refusalOf(call, reading) });
    }
  }

  async #authorise<T>({ request, scope, secrets }: Call<T>): Promise<Authorisation> {
    const { authenticator } = this.#options;
    if (authenticator === undefined) return nothing;
    try {
      const outcome = authenticator.authorize(request, scope);
      const authorisation = outcome instanceof Promise ? await outcome : outcome;
      for (const secret of authorisation.secrets) secrets.add(secret);
      return authorisation;
    } catch (error) {
      // The login had retries of its own.
      throw new FinalFailure(error);
    }
  }

  async #send<T>(call: Call<T>, authorisation: Authorisation): Promise<RawResponse> {
    const timeoutMs = call.options.timeoutMs ?? this.#options.timeoutMs;
    const controller = makeController();
    const late = {};
    const arrived: { head?: Pick<RawResponse, 'status' | 'headers'> } = {};
    call.attempts += 1;
    call.operation.sendings?.begin();
    try {
      const whole = this.#sendByKy(call, () => this.#fetchWhole(call, authorisation, controller.signal, arrived));
      return await call.scope.race(whole, { timeoutMs, onTimeout: () => late });
    } catch (rejection) {
      const error =
        rejection === late
          ? new TimeoutError(`${call.subject} took longer than ${timeoutMs} ms (timeoutMs)`)
          : rejection;
      controller.abort(error);
      const { head } = arrived;
      // Outside of success status and headers decide, also when the body breaks off or hangs.
      if (head === undefined || isSuccess(head.status) || call.scope.isAborted) throw error;
      return { ...head, body: '' };
    }
  }

  // Whatever ky makes of it, the outcome is that of the work. Where ky cannot make its own `Request`, the work is done without it.
  async #sendByKy<T>(
    { request }: Call<T>,
    begin: () => Promise<{ response: Response; raw: RawResponse }>,
  ): Promise<RawResponse> {
    let work: ReturnType<typeof begin> | undefined;
    const { method, url } = request;
    const fetch = async () => {
      work = begin();
      return (await work).response;
    };
    try {
      await this.#ky(url, { method, fetch });
    } catch {
      work ??= begin();
    }
    return (await (work ?? begin())).raw;
  }

  async #fetchWhole<T>(
    call: Call<T>,
    authorisation: Authorisation,
    signal: AbortSignal,
    arrived: { head?: Pick<RawResponse, 'status' | 'headers'> },
  ): Promise<{ response: Response; raw: RawResponse }> {
    const { body, headers, method, url } = call.request;
    const init: RequestInit = { method, headers: { ...headers, ...authorisation.headers }, signal, redirect: 'manual' };
    if (body !== undefined) init.body = call.idempotent ? body : sendableOnce(body);
    if (knowsCacheMode()) init.cache = 'no-store';
    // Called without a receiver: the fetch of browsers and workers refuses any other than their own.
    const { fetch } = this.#options;
    const response = await fetch(url, init);
    const head = { status: response.status, headers: response.headers };
    arrived.head = head;
    const isFile = call.operation.isFile === true && isSuccess(head.status);
    return { response, raw: { ...head, body: await readBody(response, { signal, isFile }) } };
  }

  #mayRenew<T>(call: Call<T>, authorisation: Authorisation, reading: Reading): boolean {
    const { authenticator } = this.#options;
    if (authenticator === undefined) return false;
    if (refusesToken(reading)) return authenticator.refused(authorisation, reading.headers) && !call.renewed;
    if (reading.status < 500 && reading.status !== 429) authenticator.accepted(authorisation);
    return false;
  }

  #read<T>(call: Call<T>, reading: Reading): Received<T> {
    const { operation } = call;
    const { body, headers, status, text } = reading;
    if (reading.refusal !== undefined) throw this.#refusalOf(call, reading);
    if (operation.isFile === true) {
      const file = typeof body === 'string' ? undefined : readFile(headers, body);
      if (file !== undefined) return { data: file as T, headers };
    }
    const { data } = reading;
    if (operation.takesAnything === true && !isPage(text))
      return { data: (data === notJson ? text : data) as T, headers };
    const outcome =
      operation.isFile === true
        ? { issues: [{ path: '', expected: 'a file', received: 'HTML' }] }
        : checkData(operation.response, data, text);
    if (outcome.issues === undefined) return { data: outcome.value, headers };
    const subject = `${call.subject} returned ${status}, but the body is not as documented`;
    if (data === notJson || operation.isFile === true || !this.#suffices(operation, data)) {
      const shown = data === notJson ? text : data;
      throw new ResponseFormatError(subject, outcome.issues, operation.secretResponse ? undefined : shown);
    }
    this.#options.logger.warn(subject, { issues: formatIssues(outcome.issues) });
    return { data: data as T, headers };
  }

  #suffices<T>({ essential }: Operation<T>, data: unknown): boolean {
    if (essential !== undefined) return check(essential, data).issues === undefined;
    return this.#options.responseValidation === 'warn';
  }

  #refusalOf<T>({ operation }: Call<T>, reading: Reading) {
    const { service } = this.#options;
    return readRefusal(reading, { service, host: this.#host, method: operation.method, path: operation.path.text });
  }

  #logResponse<T>({ attempts, operation, startedAt }: Call<T>, { requestId, status }: Reading): void {
    const { logger } = this.#options;
    if (logger === silentLogger) return;
    const durationMs = performance.now() - startedAt;
    const details = { operation: operation.operation, status, requestId, durationMs, attempts };
    logger.debug(`${operation.method} ${operation.path.text} ${status}`, details);
  }

  #reportRetry<T>(call: Call<T>, event: Omit<RetryEvent, 'operation'>): void {
    call.last = undefined;
    call.operation.sendings?.fail(event.error);
    reportRetry(this.#options, { operation: call.operation.operation, ...event });
  }

  #reportResponse<T>({ attempts, clean, last, operation, options, request, startedAt }: Call<T>): void {
    const { logger, onResponse } = this.#options;
    if (last === undefined || (options.onResponse === undefined && onResponse === undefined)) return;
    const event: ResponseEvent = {
      operation: operation.operation,
      method: request.method,
      url: request.url,
      status: last.status,
      requestId: last.requestId,
      headers: maskHeaders(last.headers, clean),
      durationMs: performance.now() - startedAt,
      attempts,
    };
    callHook(options.onResponse, event, 'onResponse', logger);
    callHook(onResponse, event, 'onResponse', logger);
  }

  #reportFailure<T>({ attempts, operation, request, startedAt }: Call<T>, error: SmsError): void {
    const { logger, onFailure } = this.#options;
    const durationMs = performance.now() - startedAt;
    logger.error(error.message, { operation: operation.operation, error: error.name, durationMs, attempts });
    const { method, url } = request;
    callHook(
      onFailure,
      { operation: operation.operation, method, url, error, durationMs, attempts },
      'onFailure',
      logger,
    );
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

type Outcome<T> = { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

// Success without data comes as an empty body, `""` or `{}`, in the field also as a plain text. A page of HTML is not of the service.
function checkData<T>(schema: Field<T> | undefined, data: unknown, text: string): Outcome<T> {
  if (data === notJson && (schema !== undefined || isPage(text))) return { issues: [notJsonIssue(text)] };
  return schema === undefined ? { value: undefined as T } : check(schema, data);
}

/** How a request is made: check → authorise → send → read. The only importer of ky. */
import ky from 'ky';
import { type ApiError, isSmsError, type SmsError, TimeoutError } from '../errors.js';
import { showCallerOf } from '../sms-error.js';
import { Exchange, type Fetch } from './exchange.js';
import { toSmsError } from './failure.js';
import { callHook } from './hooks.js';
import { isLean } from './lean-fetch.js';
import { type Logger, silentLogger } from './logger.js';
import type { Operation, OutgoingRequest } from './operation.js';
import { prepareRequest } from './prepare-request.js';
import { readData } from './read-data.js';
import { type Clean, maskHeaders, redact, secretsSent } from './redact.js';
import type { RequestOptions, ResponseEvent } from './request-options.js';
import { interpret, type RawResponse, type ReadResponse, readRefusal, refusesToken } from './response.js';
import { FinalFailure, type RetryEvent, reportRetry, retry } from './retry.js';
import { knowsCacheMode, sendableOnce } from './runtime.js';
import { limitCall, type OpenScope, Scope, type ScopeLimits, type SignalHub } from './scope.js';

export type { Fetch } from './exchange.js';
export type { Operation, OutgoingRequest } from './operation.js';

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

interface Call<T> {
  readonly operation: Operation<T>;
  readonly options: RequestOptions;
  readonly request: OutgoingRequest;
  /** The call in words: what, and where. */
  readonly subject: string;
  readonly idempotent: boolean;
  readonly scope: Scope;
  readonly startedAt: number;
  /** What must not appear in errors, hooks and logs, beside what the request itself holds. Grows with every token. */
  readonly secrets: Set<string>;
  readonly clean: Clean;
  attempts: number;
  renewed: boolean;
  /** The last sending. */
  exchange: Exchange | undefined;
  /** The response that ends the call, unless another attempt follows. */
  last: ReadResponse | undefined;
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
  async request<T = void>(operation: Operation<T>, options: RequestOptions = {}): Promise<T> {
    const call = this.#open(operation, options);
    try {
      call.scope.throwIfEnded();
      const data = await retry(() => this.#attempt(call), {
        maxRetries: options.maxRetries ?? this.#options.maxRetries,
        idempotent: call.idempotent,
        scope: call.scope,
        normalise: (rejection) => toSmsError(rejection, call.subject, call.clean, call.exchange?.hasHead),
        onRetry: (event) => this.#reportRetry(call, event),
      });
      this.#reportResponse(call);
      return data;
    } catch (error) {
      if (call.last !== undefined) this.#reportResponse(call);
      else if (isSmsError(error) && !call.scope.isAborted) this.#reportFailure(call, error);
      throw showCallerOf(error, new Error());
    } finally {
      call.scope.close();
    }
  }

  #open<T>(operation: Operation<T>, options: RequestOptions): Call<T> {
    const { method, path } = operation;
    const request = prepareRequest(operation, options, this.#options);
    const subject = `${operation.operation} (${method} ${path.text} at ${this.#host})`;
    const totalTimeoutMs = options.totalTimeoutMs ?? this.#options.totalTimeoutMs;
    const secrets = new Set(operation.secrets);
    // When a text is to be cleaned: most calls have none. From what was sent, because the caller may have changed the body since.
    let sent: string[] | undefined;
    const clean = (text: string) => {
      sent ??= secretsSent(request, operation.bodySchema);
      return redact(text, [...secrets, ...sent]);
    };
    return {
      operation,
      options,
      request,
      subject,
      idempotent: operation.idempotent ?? (method !== 'POST' && method !== 'PATCH'),
      scope: this.openScope(limitCall(subject, totalTimeoutMs, options.signal)),
      startedAt: performance.now(),
      secrets,
      clean,
      attempts: 0,
      renewed: false,
      exchange: undefined,
      last: undefined,
    };
  }

  async #attempt<T>(call: Call<T>): Promise<T> {
    for (;;) {
      const pending = this.#authorise(call);
      const authorisation = pending instanceof Promise ? await pending : pending;
      for (const secret of authorisation.secrets) call.secrets.add(secret);
      const response = interpret(await this.#send(call, authorisation), call.operation.isFile === true, call.clean);
      call.last = response;
      this.#logResponse(call, response);
      if (!this.#mayRenew(call, authorisation, response)) {
        if (response.refusal !== undefined) throw this.#refusalOf(call, response);
        call.operation.onHeaders?.(response.headers);
        return readData(call.operation, response, call.subject, this.#options);
      }
      call.renewed = true;
      this.#reportRetry(call, { attempt: call.attempts, delayMs: 0, error: this.#refusalOf(call, response) });
    }
  }

  #authorise<T>({ request, scope }: Call<T>): Authorisation | Promise<Authorisation> {
    // The login had retries of its own.
    const end = (error: unknown) => {
      throw new FinalFailure(error);
    };
    try {
      const outcome = this.#options.authenticator?.authorize(request, scope) ?? nothing;
      return outcome instanceof Promise ? outcome.catch(end) : outcome;
    } catch (error) {
      return end(error);
    }
  }

  async #send<T>(call: Call<T>, authorisation: Authorisation): Promise<RawResponse> {
    const { operation, options, scope, subject } = call;
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    const exchange = new Exchange(scope);
    call.exchange = exchange;
    call.attempts += 1;
    operation.sendings?.begin();
    const onTimeout = () => new TimeoutError(`${subject} took longer than ${timeoutMs} ms (timeoutMs)`);
    try {
      return await scope.race(this.#sendOnce(call, authorisation, exchange), { timeoutMs, onTimeout });
    } catch (error) {
      exchange.abort(error);
      if (exchange.refusal === undefined || scope.isAborted) throw error;
      return exchange.refusal;
    }
  }

  // Whatever ky makes of it, the outcome is that of the exchange. It takes place without ky where that cannot make its own `Request`,
  // and with a lean `fetch`.
  async #sendOnce<T>(call: Call<T>, authorisation: Authorisation, exchange: Exchange): Promise<RawResponse> {
    const { idempotent, operation, request } = call;
    const { body, method, url } = request;
    let outcome: ReturnType<Exchange['perform']> | undefined;
    const begin = () => {
      const init: RequestInit = {
        method,
        headers: { ...request.headers, ...authorisation.headers },
        redirect: 'manual',
      };
      // A GET and a HEAD can have no body.
      const sent = idempotent || method === 'GET' || method === 'HEAD' ? body : sendableOnce(body);
      if (sent !== undefined) init.body = sent;
      if (knowsCacheMode()) init.cache = 'no-store';
      outcome = exchange.perform(this.#options.fetch, url, init, operation.isFile === true);
      return outcome;
    };
    if (!isLean(this.#options.fetch)) {
      try {
        await this.#ky(url, { method, fetch: async () => (await begin())[0] });
      } catch {
        // What the exchange rejected with is thrown below.
      }
    }
    return (await (outcome ?? begin()))[1];
  }

  #mayRenew<T>(call: Call<T>, authorisation: Authorisation, response: ReadResponse): boolean {
    const { authenticator } = this.#options;
    if (authenticator === undefined) return false;
    if (refusesToken(response)) return authenticator.refused(authorisation, response.headers) && !call.renewed;
    if (response.status < 500 && response.status !== 429) authenticator.accepted(authorisation);
    return false;
  }

  #refusalOf<T>({ operation }: Call<T>, response: ReadResponse): ApiError {
    const { service } = this.#options;
    return readRefusal(response, { service, host: this.#host, method: operation.method, path: operation.path.text });
  }

  #logResponse<T>({ attempts, operation, startedAt }: Call<T>, { requestId, status }: ReadResponse): void {
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
    if (operation.isAwaited?.() === false) return;
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

/** How a request is made: check → authorise → send → read. The only importer of ky. */
import ky, { isTimeoutError } from 'ky';
import { InvalidRequestError, ResponseFormatError, TimeoutError } from '../errors.js';
import { check, type Field, formatIssues, type SchemaIssue } from '../schemas/fields.js';
import {
  notJson,
  notJsonIssue,
  parseJson,
  type RawAnswer,
  readRefusal,
  readRequestId,
  refusesToken,
} from './answer.js';
import { toSmsError } from './failure.js';
import { type FileAnswer, readFile } from './file-answer.js';
import { checkHeaders, lowerCaseNames } from './headers.js';
import { type Clean, callHook, type Logger, maskHeaders, redact } from './logger.js';
import { formatQuery, type Path } from './path.js';
import { readBody } from './read-body.js';
import { RequestOptions, type ResponseEvent } from './request-options.js';
import { FinalFailure, type RetryEvent, reportRetry, retry } from './retry.js';
import { type OpenScope, openCall, Scope, type ScopeLimits, type SignalHub } from './scope.js';
import type { Sendings } from './sendings.js';

/** A `fetch` of the caller's: it gets a URL as text and plain options, never a `Request`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** @internal A request as it is sent, but for what authorises it. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

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
  /** Tells that the service accepted what `authorize` answered. */
  accepted(authorisation: Authorisation): void;
  /** Tells that the service refused it with 401, and how; answers whether a second try makes sense. */
  refused(authorisation: Authorisation, answer: Headers): boolean;
}

/** @internal What is asked of the service: the whole of an operation but for the caller's options. */
export interface Operation<T> {
  /** Id of the operation, for instance `ShowTask`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: Path;
  readonly query?: unknown;
  readonly querySchema?: Field<object>;
  readonly body?: unknown;
  readonly bodySchema?: Field<unknown>;
  /** Schema of the answer; left out when success carries no data (an empty body, `""` or `{}`). */
  readonly response?: Field<T>;
  /** What suffices of the answer, when not all of it fits. */
  readonly essential?: Field<unknown>;
  /** Whether the request may be sent twice. By default every verb but POST. */
  readonly idempotent?: boolean;
  /** Headers that belong to the operation. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the answer is a file rather than JSON. */
  readonly isFile?: boolean;
  /** Whether the answer is a secret: it is then kept out of errors. */
  readonly secretAnswer?: boolean;
  /** Texts that must not appear in errors, although they are sent. */
  readonly secrets?: readonly string[];
  /** Is told of each sending, for those who must know whether a failed request may have been performed. */
  readonly sendings?: Sendings;
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
  readonly hub: SignalHub;
}

/** @internal The data of an answer and the headers beside it. */
export interface Answer<T> {
  readonly data: T;
  readonly headers: Headers;
}

interface Call<T> {
  readonly operation: Operation<T>;
  readonly options: RequestOptions;
  readonly subject: string;
  readonly request: OutgoingRequest;
  readonly scope: Scope;
  readonly timeoutMs: number;
  readonly startedAt: number;
  /** What was sent and must not appear in errors, hooks and logs. Grows with every token. */
  readonly secrets: Set<string>;
  readonly clean: Clean;
  attempts: number;
  renewed: boolean;
  /** The answer that ends the call, unless another attempt follows. */
  lastAnswer: RawAnswer | undefined;
}

/** @internal Sends operations to one service. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Opens the scope of a longer piece of work, which shares the listeners of this client. */
  readonly openScope: OpenScope = (limits: ScopeLimits) => new Scope(this.#options.hub, limits);

  /** Where failures of hooks are reported. */
  get logger(): Logger {
    return this.#options.logger;
  }

  /** Performs an operation and answers its data. */
  async request<T = void>(operation: Operation<T>, options: RequestOptions = {}): Promise<T> {
    return (await this.exchange(operation, options)).data;
  }

  /** Performs an operation whose answer is a file. */
  async download(operation: Operation<FileAnswer>, options?: RequestOptions): Promise<FileAnswer> {
    return this.request({ ...operation, isFile: true }, options);
  }

  /** Performs an operation and answers its data together with the headers. */
  async exchange<T>(operation: Operation<T>, options: RequestOptions = {}): Promise<Answer<T>> {
    const checked = this.#check(operation, options);
    const totalTimeoutMs = options.totalTimeoutMs ?? this.#options.totalTimeoutMs;
    const scope = openCall(this.openScope, checked.subject, totalTimeoutMs, options.signal);
    const secrets = new Set(operation.secrets);
    const clean: Clean = (text) => redact(text, secrets);
    const call: Call<T> = { ...checked, scope, secrets, clean, attempts: 0, renewed: false, lastAnswer: undefined };
    try {
      scope.throwIfEnded();
      return await retry(() => this.#attempt(call), {
        maxRetries: options.maxRetries ?? this.#options.maxRetries,
        idempotent: operation.idempotent ?? operation.method !== 'POST',
        scope,
        normalise: (rejection) => toSmsError(rejection, checked.subject, clean),
        onRetry: (event) => {
          call.lastAnswer = undefined;
          operation.sendings?.fail(event.error);
          reportRetry(this.#options, { operation: operation.operation, ...event });
        },
      });
    } finally {
      scope.close();
      this.#reportEnd(call);
    }
  }

  #check<T>(operation: Operation<T>, options: RequestOptions) {
    const { body, bodySchema, method, path, query, querySchema } = operation;
    const subject = `${operation.operation} (${method} ${path.text})`;
    const problems: SchemaIssue[] = [...path.issues, ...checkHeaders(options?.headers)];
    const inspect = <V>(schema: Field<V> | undefined, value: unknown, place: string): V | undefined => {
      if (schema === undefined) return undefined;
      const outcome = check(schema, value);
      if (outcome.issues === undefined) return outcome.value;
      problems.push(...outcome.issues.map((issue) => ({ ...issue, path: issue.path === '' ? place : issue.path })));
      return undefined;
    };
    inspect(RequestOptions, options, 'options');
    const queryText = formatQuery(inspect(querySchema, query ?? {}, 'query'));
    const checkedBody = inspect(bodySchema, body, 'body');
    if (problems.length > 0) throw new InvalidRequestError(operation.operation, problems);
    return {
      operation,
      options,
      subject,
      request: {
        method,
        url: `${this.#options.endpoint}${path.text}${queryText}`,
        headers: {
          ...lowerCaseNames(options.headers),
          'user-agent': this.#options.userAgent,
          'content-type': 'application/json',
          ...operation.headers,
        },
        body: bodySchema === undefined ? undefined : JSON.stringify(checkedBody),
      },
      timeoutMs: options.timeoutMs ?? this.#options.timeoutMs,
      startedAt: performance.now(),
    };
  }

  async #attempt<T>(call: Call<T>): Promise<Answer<T>> {
    const { authenticator } = this.#options;
    const authorisation = await this.#authorise(call);
    const answer = await this.#send(call, authorisation);
    if (authenticator === undefined) return this.#read(call, answer);
    if (!refusesToken(answer)) {
      if (answer.status < 500 && answer.status !== 429) authenticator.accepted(authorisation);
      return this.#read(call, answer);
    }
    const again = authenticator.refused(authorisation, answer.headers);
    if (!again || call.renewed) return this.#read(call, answer);
    call.renewed = true;
    call.operation.sendings?.settle();
    return this.#attempt(call);
  }

  async #authorise<T>({ request, scope, secrets }: Call<T>): Promise<Authorisation> {
    if (this.#options.authenticator === undefined) return { headers: {}, secrets: [] };
    try {
      const authorisation = await this.#options.authenticator.authorize(request, scope);
      for (const secret of authorisation.secrets) secrets.add(secret);
      return authorisation;
    } catch (error) {
      // The login had retries of its own.
      throw new FinalFailure(error);
    }
  }

  async #send<T>(call: Call<T>, authorisation: Authorisation): Promise<RawAnswer> {
    const { scope, timeoutMs } = call;
    const { body, method, url } = call.request;
    const headers = { ...call.request.headers, ...authorisation.headers };
    const sent: { answer?: RawAnswer; rejection?: unknown } = {};
    const fetchWhole = async ({ signal }: Request): Promise<Response> => {
      const init = { method, headers, signal, redirect: 'manual' as const };
      try {
        const response = await this.#options.fetch(url, body === undefined ? init : { ...init, body });
        const { headers: received, status } = response;
        const bytes = await readBody(response, signal);
        sent.answer = { status, headers: received, bytes, text: new TextDecoder().decode(bytes) };
        return response;
      } catch (rejection) {
        sent.rejection = rejection;
        throw rejection;
      }
    };
    call.attempts += 1;
    call.operation.sendings?.begin();
    try {
      await ky(url, {
        method,
        timeout: timeoutMs,
        retry: 0,
        throwHttpErrors: false,
        signal: scope.signal,
        // The race settles even when the fetch ignores its signal; without it ky would keep its timer running.
        fetch: (request) => scope.race(fetchWhole(request as Request)),
      });
    } catch (error) {
      scope.throwIfEnded();
      const isOurs = isTimeoutError(error) && error !== sent.rejection;
      if (isOurs) throw new TimeoutError(`${call.subject} took longer than ${timeoutMs} ms (timeoutMs)`);
      throw sent.rejection ?? error;
    }
    const answer = sent.answer as RawAnswer;
    this.#logAnswer(call, answer);
    return answer;
  }

  #read<T>(call: Call<T>, answer: RawAnswer): Answer<T> {
    const { operation } = call;
    const { headers, status, text } = answer;
    call.lastAnswer = answer;
    if (status < 200 || status > 299) {
      const { endpoint, service } = this.#options;
      const { host } = new URL(endpoint);
      throw readRefusal(answer, { service, host, method: operation.method, path: operation.path.text }, call.clean);
    }
    const file = operation.isFile === true ? readFile(headers, answer.bytes) : undefined;
    if (file !== undefined) return { data: file as T, headers };
    const data = operation.isFile === true ? notJson : parseJson(text);
    const outcome = data === notJson ? { issues: [notJsonIssue(text)] } : checkData(operation.response, data);
    if (outcome.issues === undefined) return { data: outcome.value, headers };
    const subject = `${call.subject} was answered with ${status}, but the body is not as documented`;
    const isEnough = data !== notJson && this.#suffices(operation, data);
    if (!isEnough) {
      const shown = data === notJson ? text : data;
      throw new ResponseFormatError(subject, outcome.issues, operation.secretAnswer ? undefined : shown);
    }
    this.#options.logger.warn(subject, { issues: formatIssues(outcome.issues) });
    return { data: data as T, headers };
  }

  #suffices<T>({ essential }: Operation<T>, data: unknown): boolean {
    if (essential !== undefined) return check(essential, data).issues === undefined;
    return this.#options.responseValidation === 'warn';
  }

  #logAnswer<T>({ attempts, clean, operation, startedAt }: Call<T>, answer: RawAnswer): void {
    this.#options.logger.debug(`${operation.method} ${operation.path.text} ${answer.status}`, {
      operation: operation.operation,
      status: answer.status,
      requestId: readRequestId(answer, clean),
      durationMs: performance.now() - startedAt,
      attempts,
    });
  }

  #reportEnd<T>({ attempts, clean, lastAnswer, operation, options, request, startedAt }: Call<T>): void {
    const { logger, onResponse } = this.#options;
    if (lastAnswer === undefined || (options.onResponse === undefined && onResponse === undefined)) return;
    const event: ResponseEvent = {
      operation: operation.operation,
      method: request.method,
      url: request.url,
      status: lastAnswer.status,
      requestId: readRequestId(lastAnswer, clean),
      headers: maskHeaders(lastAnswer.headers, clean),
      durationMs: performance.now() - startedAt,
      attempts,
    };
    callHook(options.onResponse, event, 'onResponse', logger);
    callHook(onResponse, event, 'onResponse', logger);
  }
}

// Success without data comes as an empty body, `""` or `{}`, and may as well come as something else one day.
function checkData<T>(schema: Field<T> | undefined, data: unknown): ReturnType<typeof check<T>> {
  return schema === undefined ? { value: undefined as T } : check(schema, data);
}

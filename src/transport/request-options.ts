/** The options that the last argument of every call takes. */
import { anything, type Field, record, settingsOf } from '../schemas/fields.js';
import type { HeadersInput } from './headers.js';
import { abortSignal, callback, retries, scalar, timeout } from './option-kinds.js';

/** What is reported about the response that ended a call. */
export interface ResponseEvent {
  /** Id of the operation, for instance `ShowTask`, or `CreateToken` for a login. */
  readonly operation: string;
  /** HTTP method. */
  readonly method: string;
  /** URL, query included. */
  readonly url: string;
  /** HTTP status. */
  readonly status: number;
  /** Id of the request, for a support ticket; null when the service sent none. */
  readonly requestId: string | null;
  /** Headers of the response, names in lower case, secret values masked. */
  readonly headers: Readonly<Record<string, string>>;
  /** From the beginning of the call to this response, in milliseconds: attempts, waits and logins included. */
  readonly durationMs: number;
  /** How many times the request was sent. */
  readonly attempts: number;
}

/** What can be set for a single call. */
export interface RequestOptions {
  /** Ends the call at any point. The call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** How long one attempt may take, its whole body included, in milliseconds. The client's, when left out. */
  timeoutMs?: number | undefined;
  /** How long the call may take in all: logins, attempts and waits, in milliseconds. The client's, when left out. */
  totalTimeoutMs?: number | undefined;
  /** How often the client retries a failed attempt: 0 to 100. The client's, when left out. */
  maxRetries?: number | undefined;
  /** More headers to send. `x-auth-token`, `authorization`, `host` and the like are refused. */
  headers?: HeadersInput | undefined;
  /**
   * Parameters of the query that this package does not know yet. They are sent unchecked beside those of the method, and take precedence over
   * them.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * await sms.tasks.list({ limit: 50 }, { extraQuery: { enterprise_project_id: '0' } });
   * ```
   */
  extraQuery?: Readonly<Record<string, string | number | boolean | null | undefined>> | undefined;
  /**
   * Fields of the body that this package does not know yet. They are sent unchecked beside those of the method, and take precedence over
   * them. Requests without a body do not send them.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * await sms.tasks.update('8abda8635e09d185015e09d188dd0001xx', { name: 'web-1' }, { extraBody: { priority: 'high' } });
   * ```
   */
  extraBody?: Readonly<Record<string, unknown>> | undefined;
  /** Called with the response that ended the call, before the client's own `onResponse`. */
  onResponse?: ((event: ResponseEvent) => void) | undefined;
}

/** @internal */
export const RequestOptions: Field<RequestOptions> = /* @__PURE__ */ makeSchema();

// @__NO_SIDE_EFFECTS__
function makeSchema(): Field<RequestOptions> {
  return settingsOf<RequestOptions>(
    {},
    {
      signal: abortSignal(),
      timeoutMs: timeout(),
      totalTimeoutMs: timeout(),
      maxRetries: retries(),
      // `readHeaders` says what is wrong with them.
      headers: anything() as Field<HeadersInput>,
      extraQuery: record(scalar()),
      extraBody: record(anything()),
      onResponse: callback<(event: ResponseEvent) => void>(),
    },
  );
}

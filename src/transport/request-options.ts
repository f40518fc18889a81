/** The options that the last argument of every call takes. */
import { custom, type Field, type Infer, number, record, settings, text } from '../schemas/fields.js';

/** What is told about the answer that ended a call. */
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
  /** Headers of the answer, names in lower case, secret values masked. */
  readonly headers: Readonly<Record<string, string>>;
  /** From the beginning of the call to this answer, in milliseconds: attempts, waits and logins included. */
  readonly durationMs: number;
  /** How many times the request was sent. */
  readonly attempts: number;
}

/** @internal */
const longestTimeoutMs: number = 2 ** 31 - 1;

/** @internal A duration that a timer can hold. */
export const timeout = (): Field<number> => number({ min: 1, max: longestTimeoutMs });

/** @internal */
export const retries = (): Field<number> => number({ min: 0, max: 100 });

/** @internal */
export function callback<F>(): Field<F> {
  return custom<F>('a function', (value) => typeof value === 'function');
}

/** @internal */
export function abortSignal(): Field<AbortSignal> {
  return custom<AbortSignal>(
    'an AbortSignal',
    (value) => typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value,
  );
}

const requestOptions = settings(
  {},
  {
    /** Ends the call, wherever it is; it then rejects with the signal's reason. */
    signal: abortSignal(),
    /** How long one attempt may take, its whole body included, in milliseconds. The client's, when left out. */
    timeoutMs: timeout(),
    /** How long the call may take in all: logins, attempts and waits, in milliseconds. The client's, when left out. */
    totalTimeoutMs: timeout(),
    /** How often a failed attempt is repeated: 0 to 100. The client's, when left out. */
    maxRetries: retries(),
    /** More headers to send. `x-auth-token`, `authorization`, `host` and the like are refused. */
    headers: record(text()),
    /** Called with the answer that ended the call, before the client's own `onResponse`. */
    onResponse: callback<(event: ResponseEvent) => void>(),
  },
);

/** What can be set for a single call. */
export interface RequestOptions extends Infer<typeof requestOptions> {}
/** @internal */
export const RequestOptions: Field<RequestOptions> = requestOptions;

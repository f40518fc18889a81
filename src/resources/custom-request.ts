/** Operations that this package does not know. */
import { InvalidRequestError, ResponseFormatError } from '../errors.js';
import {
  anything,
  check,
  custom,
  exactlyOneOf,
  type Field,
  flag,
  formatIssues,
  record,
  settingsOf,
} from '../schemas/fields.js';
import type { SchemaIssue } from '../schemas/issues.js';
import type { HeadersInput } from '../transport/headers.js';
import { scalar } from '../transport/option-kinds.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';

/** What reads a response: any zod 4 schema, classic or mini, or another [Standard Schema](https://standardschema.dev). */
export interface ResponseSchema<T> {
  /** The interface that all such schemas share. */
  readonly '~standard': {
    readonly validate: (value: unknown) => SchemaOutcome<T> | Promise<SchemaOutcome<T>>;
  };
}

/** What a {@link ResponseSchema} says of a value. */
export type SchemaOutcome<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** A request of any operation, for `sms.request`. */
export interface CustomRequest<T = unknown> {
  /** HTTP method. */
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'HEAD';
  /** Path on the endpoint, from its leading slash on, encoded and without a query: `/v3/tasks/8abda863`. It names no host. */
  path: string;
  /** Parameters of the query. */
  query?: Readonly<Record<string, string | number | boolean | null | undefined>> | undefined;
  /** Body, sent as JSON. */
  body?: unknown;
  /** More headers, as in {@link RequestOptions.headers}, which win over these. */
  headers?: HeadersInput | undefined;
  /** Whether the request may be sent twice. When left out, all but POST and PATCH may. */
  idempotent?: boolean | undefined;
  /** Schema of the response. Without one the result is the parsed JSON, or the text when it is not JSON. */
  response?: ResponseSchema<T> | undefined;
}

const schema = /* @__PURE__ */ makeSchema();

// @__NO_SIDE_EFFECTS__
function makeSchema(): Field<CustomRequest> {
  return settingsOf<CustomRequest>(
    {
      method: exactlyOneOf('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'),
      path: custom<string>('an encoded path such as /v3/tasks/8abda863, without host, query and dot segments', isPath),
    },
    {
      query: record(scalar()),
      body: anything(),
      // `readHeaders` says what is wrong with them.
      headers: anything() as Field<HeadersInput>,
      idempotent: flag(),
      response: custom<ResponseSchema<unknown>>(
        'a zod schema',
        (value) => typeof Object(Object(value)['~standard']).validate === 'function',
      ),
    },
  );
}

// Empty segments, `.` and `..`, encoded or not, would lead to another path or host than the one that is written.
function isPath(path: unknown): boolean {
  if (typeof path !== 'string') return false;
  if (path === '/') return true;
  const [first, ...segments] = path.split('/');
  if (segments.at(-1) === '') segments.pop();
  return first === '' && path !== '' && segments.every(isSegment);
}

function isSegment(segment: string): boolean {
  if (!/^[\w.~!$&'()*+,;=:@%-]+$/.test(segment)) return false;
  try {
    return !/^\.{1,2}$/.test(decodeURIComponent(segment));
  } catch {
    return false;
  }
}

/** @internal Sends a request of the caller's own. */
export async function sendCustomRequest<T>(
  transport: Transport,
  request: CustomRequest<T>,
  options?: RequestOptions,
): Promise<T> {
  const { issues } = check(schema, request);
  if (issues !== undefined) throw new InvalidRequestError('request', issues);
  const { body, headers, idempotent, method, path, query, response } = request;
  const data = await transport.request<unknown>(
    {
      operation: 'request',
      method,
      path: { text: path, issues: [] },
      query,
      querySchema: anything() as Field<object>,
      ...(body !== undefined && { body, bodySchema: anything() }),
      ...(idempotent !== undefined && { idempotent }),
      callerHeaders: headers,
      takesAnything: true,
    },
    options,
  );
  if (response === undefined) return data as T;
  const outcome = await response['~standard'].validate(data);
  if (outcome.issues === undefined) return outcome.value;
  const subject = `request (${method} ${path} at ${transport.host}) returned a body that does not fit the schema`;
  const misfits = outcome.issues.map(toIssue);
  if (transport.responseValidation === 'error') throw new ResponseFormatError(subject, misfits, data);
  transport.logger.warn(subject, { issues: formatIssues(misfits) });
  return data as T;
}

type RawIssue = Extract<SchemaOutcome<unknown>, { readonly issues: readonly unknown[] }>['issues'][number];

function toIssue({ message, path = [] }: RawIssue): SchemaIssue {
  const [, expected = message, received = 'another value'] = /expected (.+), received (.+)$/.exec(message) ?? [];
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return { path: keys.join('.'), expected, received };
}

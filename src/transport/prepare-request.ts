/** The check of a call: everything that is wrong with it is found before anything is sent. */
import { InvalidRequestError } from '../errors.js';
import { check, type Field, type SchemaIssue, unreadable } from '../schemas/fields.js';
import { readHeaders } from './headers.js';
import type { Operation, OutgoingRequest } from './operation.js';
import { formatQuery } from './path.js';
import { RequestOptions } from './request-options.js';

/** @internal What all requests of a client have in common. */
export interface CommonRequest {
  /** URL of the service, without a slash at its end. */
  readonly endpoint: string;
  readonly userAgent: string;
}

/**
 * @internal Makes the request of an operation.
 *
 * @throws {@link InvalidRequestError} naming everything that is wrong with path, query, body and options.
 */
export function prepareRequest(
  operation: Operation<unknown>,
  options: RequestOptions,
  common: CommonRequest,
): OutgoingRequest {
  const { body, bodySchema, method, path, query, querySchema } = operation;
  const problems: SchemaIssue[] = [...path.issues];
  const inspect = <V>(schema: Field<V>, value: unknown, place: string): V | undefined => {
    const outcome = check(schema, value);
    if (outcome.issues === undefined) return outcome.value;
    problems.push(...outcome.issues.map((issue) => ({ ...issue, path: issue.path === '' ? place : issue.path })));
    return undefined;
  };

  const given: Partial<RequestOptions> =
    (hasKeys(options) ? inspect(RequestOptions, options, 'options') : undefined) ?? {};
  const added = readHeaders(given.headers);
  const own = readHeaders(operation.callerHeaders);
  problems.push(...own.issues, ...added.issues);
  const knownQuery = querySchema && inspect(querySchema, query ?? {}, 'query');
  const fullQuery = given.extraQuery === undefined ? knownQuery : { ...knownQuery, ...given.extraQuery };
  const knownBody = bodySchema && inspect(bodySchema, body, 'body');
  const fullBody = given.extraBody === undefined ? knownBody : { ...Object(knownBody), ...given.extraBody };
  if (fullQuery !== undefined) problems.push(...checkQuery(fullQuery));
  const text = bodySchema === undefined ? undefined : writeBody(fullBody, problems);
  if (problems.length > 0) throw new InvalidRequestError(operation.operation, problems);
  return {
    method,
    url: `${common.endpoint}${path.text}${fullQuery === undefined ? '' : formatQuery(fullQuery)}`,
    headers: {
      ...own.headers,
      ...added.headers,
      'user-agent': common.userAgent,
      'content-type': 'application/json',
      ...operation.headers,
    },
    body: text,
  };
}

// An empty object needs no check, and most calls have one.
function hasKeys(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return true;
  try {
    for (const _ in options) return true;
    return false;
  } catch {
    // A proxy that throws: the check says so.
    return true;
  }
}

// A URL cannot hold it, and the runtime's own error would be a `URIError`.
function checkQuery(query: object): SchemaIssue[] {
  const broken = Object.entries(query).filter(([name, value]) => /\p{Surrogate}/u.test(`${name}=${value}`));
  return broken.map(([path]) => ({ path, expected: 'well-formed text', received: 'half of a surrogate pair' }));
}

function writeBody(body: unknown, problems: SchemaIssue[]): string | undefined {
  try {
    return JSON.stringify(body);
  } catch (error) {
    const { message } = Object(error) as { readonly message?: unknown };
    const received = /bigint/i.test(String(message))
      ? 'a BigInt'
      : /circular|cyclic/i.test(String(message))
        ? 'an object that holds itself'
        : unreadable.received;
    problems.push({ path: 'body', expected: 'what JSON can hold', received });
    return undefined;
  }
}

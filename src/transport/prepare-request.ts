/** The check of a call: everything that is wrong with it is found before anything is sent. */
import { InvalidRequestError } from '../errors.js';
import { check, type Field, type SchemaIssue } from '../schemas/fields.js';
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
  const attempt = <V>(place: string, work: () => V): V | undefined => {
    try {
      return work();
    } catch {
      problems.push({ path: place, expected: 'plain data', received: 'a value that throws when it is read' });
      return undefined;
    }
  };
  const inspect = <V>(schema: Field<V>, value: unknown, place: string): V | undefined =>
    attempt(place, () => {
      const outcome = check(schema, value);
      if (outcome.issues === undefined) return outcome.value;
      problems.push(...outcome.issues.map((issue) => ({ ...issue, path: issue.path === '' ? place : issue.path })));
      return undefined;
    });

  const given: Partial<RequestOptions> =
    (hasKeys(options) ? inspect(RequestOptions, options, 'options') : undefined) ?? {};
  const added = attempt('headers', () => readHeaders(given.headers));
  const own = attempt('headers', () => readHeaders(operation.callerHeaders));
  problems.push(...(own?.issues ?? []), ...(added?.issues ?? []));
  const knownQuery = querySchema && inspect(querySchema, query ?? {}, 'query');
  const fullQuery = given.extraQuery === undefined ? knownQuery : { ...knownQuery, ...given.extraQuery };
  const knownBody = bodySchema && inspect(bodySchema, body, 'body');
  const fullBody = given.extraBody === undefined ? knownBody : { ...Object(knownBody), ...given.extraBody };
  const text = bodySchema === undefined ? undefined : writeBody(fullBody, problems);
  if (problems.length > 0) throw new InvalidRequestError(operation.operation, problems);
  return {
    method,
    url: `${common.endpoint}${path.text}${fullQuery === undefined ? '' : formatQuery(fullQuery)}`,
    headers: {
      ...own?.headers,
      ...added?.headers,
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
  for (const _ in options) return true;
  return false;
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
        : 'a value that throws when it is read';
    problems.push({ path: 'body', expected: 'what JSON can hold', received });
    return undefined;
  }
}

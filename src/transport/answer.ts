/** What came back, and what it says. */
import { describeErrorCode, type ErrorKind } from '../error-codes.js';
import {
  ApiError,
  type ApiFailure,
  AuthenticationError,
  ConflictError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
} from '../errors.js';
import { readErrorBody } from '../schemas/error-body.js';
import type { SchemaIssue } from '../schemas/fields.js';
import type { Clean } from './logger.js';
import { readRetryAfter } from './retry-after.js';

/** @internal An answer, read to its end. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** The same as text. */
  readonly text: string;
}

/** @internal What {@link parseJson} answers for a text that is not JSON. */
export const notJson: unique symbol = Symbol('not JSON');

/** @internal The data of a body; undefined for an empty one, which means success without data. */
export function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return notJson;
  }
}

/** @internal What is wrong with a body that is not JSON. */
export function notJsonIssue(text: string): SchemaIssue {
  return { path: '', expected: 'JSON', received: text.trimStart().startsWith('<') ? 'HTML' : 'other text' };
}

/** @internal Whether a token was refused. Some codes come with 401 although no other token would help; the code table knows them. */
export function refusesToken({ status, text }: RawAnswer): boolean {
  if (status !== 401) return false;
  const kind = describeErrorCode(readErrorBody(text).code)?.kind;
  return kind === undefined || kind === 'authentication';
}

/** @internal The id of the request, from the headers, else from the body of a refusal. */
export function readRequestId({ headers, status, text }: RawAnswer, clean: Clean): string | null {
  const id = headers.get('x-request-id') ?? headers.get('x-openstack-request-id') ?? headers.get('x-iam-trace-id');
  if (id !== null) return clean(id);
  return status >= 400 ? readErrorBody(text, clean).requestId : null;
}

/** @internal Makes the error of a refusal. */
export function readRefusal(
  answer: RawAnswer,
  request: Pick<ApiFailure, 'service' | 'method' | 'path'>,
  clean: Clean,
): ApiError {
  const { code, details, message } = readErrorBody(answer.text, clean);
  return toApiError({
    ...request,
    status: answer.status,
    code,
    serviceMessage: message,
    requestId: readRequestId(answer, clean),
    details,
    retryAfterMs: readRetryAfter(answer.headers),
  });
}

/** @internal Picks the class of an error: it follows the code table, then the status. */
export function toApiError(failure: ApiFailure): ApiError {
  const kind = describeErrorCode(failure.code)?.kind ?? kindOfStatus(failure.status);
  return new classes[kind](failure);
}

const classes: Record<ErrorKind, new (failure: ApiFailure) => ApiError> = {
  authentication: AuthenticationError,
  permission: PermissionDeniedError,
  'not-found': NotFoundError,
  conflict: ConflictError,
  'rate-limit': RateLimitError,
  server: ServerError,
  request: ApiError,
};

function kindOfStatus(status: number): ErrorKind {
  if (status >= 500) return 'server';
  const kinds: Record<number, ErrorKind> = {
    401: 'authentication',
    403: 'permission',
    404: 'not-found',
    409: 'conflict',
    429: 'rate-limit',
  };
  return kinds[status] ?? 'request';
}

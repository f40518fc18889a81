/** What came back, and what it says. */
import type { ApiError } from '../errors.js';
import { readErrorBody } from '../schemas/error-body.js';
import type { SchemaIssue } from '../schemas/fields.js';
import { type RefusedCall, toApiError, wantsNewToken } from './api-error.js';
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

/** @internal Whether the response says that the token is dead: by its code, whatever the status, else by 401. */
export function refusesToken({ status, text }: RawAnswer): boolean {
  if (status < 400) return false;
  return wantsNewToken(readErrorBody(text).code) ?? status === 401;
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
  request: Pick<RefusedCall, 'service' | 'host' | 'method' | 'path'>,
  clean: Clean,
): ApiError {
  const { code, details, isJson, message } = readErrorBody(answer.text, clean);
  return toApiError({
    ...request,
    status: answer.status,
    code,
    serviceMessage: message,
    requestId: readRequestId(answer, clean),
    details,
    isJson,
    retryAfterMs: readRetryAfter(answer.headers),
  });
}

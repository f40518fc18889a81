/** What came back, and what it says. */
import type { ApiError } from '../errors.js';
import { type ErrorBody, readErrorBody } from '../schemas/error-body.js';
import type { SchemaIssue } from '../schemas/fields.js';
import { type RefusedCall, toApiError, wantsNewToken } from './api-error.js';
import type { Clean } from './redact.js';
import { readRetryAfter } from './retry-after.js';

/** @internal A response, read to its end, or to where a refusal broke off. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array | string;
}

/** @internal A response of which is known what it says. */
export interface ReadResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array | string;
  /** The body as text; empty for files. */
  readonly text: string;
  /** What the JSON of a success holds; undefined for an empty body, {@link notJson} for what is none. */
  readonly data: unknown;
  /** What a refusal says; undefined for a success. */
  readonly refusal: ErrorBody | undefined;
  readonly requestId: string | null;
}

/** @internal Stands for the data of a body that is not JSON. */
export const notJson: unique symbol = /* @__PURE__ */ Symbol('not JSON');

/** @internal The data of a body; undefined for a blank one, which means success without data. */
function parseJson(text: string): unknown {
  try {
    return text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    return notJson;
  }
}

/** @internal Whether a status means success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** @internal Reads what a response says. A success that carries an `error_code` is a refusal. */
export function interpret(raw: RawResponse, isFile: boolean, clean: Clean): ReadResponse {
  const { body, headers, status } = raw;
  const isGood = isSuccess(status);
  const text = isGood && isFile && !isJsonType(headers) ? '' : readText(body);
  const data = isGood && text !== '' ? parseJson(text) : undefined;
  const refusal = isGood && !carriesErrorCode(data) ? undefined : readErrorBody(text, clean);
  return {
    status,
    headers,
    body,
    text,
    data,
    refusal,
    requestId: readRequestId(headers, clean) ?? refusal?.requestId ?? null,
  };
}

function readText(body: Uint8Array | string): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

function isJsonType(headers: Headers): boolean {
  return /\bjson\b/i.test(headers.get('content-type') ?? '');
}

function carriesErrorCode(data: unknown): boolean {
  const { error_code: code } = Object(data) as { readonly error_code?: unknown };
  return typeof code === 'string' && code !== '';
}

function readRequestId(headers: Headers, clean: Clean): string | null {
  const id = headers.get('x-request-id') ?? headers.get('x-openstack-request-id') ?? headers.get('x-iam-trace-id');
  return id === null ? null : clean(id);
}

/**
 * @internal Whether the response says that the token is dead: by its code, whatever the status, else by 401. Gateways send that
 * without a body, but a page is of something that does not know the token.
 */
export function refusesToken({ refusal, status, text }: ReadResponse): boolean {
  return refusal !== undefined && (wantsNewToken(refusal.code) ?? (status === 401 && !isPage(text)));
}

/** @internal Makes the error of a refusal. */
export function readRefusal(
  { headers, refusal, requestId, status, text }: ReadResponse,
  request: Pick<RefusedCall, 'service' | 'host' | 'method' | 'path'>,
): ApiError {
  const { code = null, details = [], isJson = false, message = null } = refusal ?? {};
  const retryAfterMs = readRetryAfter(headers);
  const call = { ...request, status, code, serviceMessage: message, requestId, details, isJson, retryAfterMs };
  // An object that is too long to be read, or breaks off, may be of the service.
  return toApiError(call, /^\s*[^\s{]/.test(text));
}

/** @internal What is wrong with a body that is not JSON. */
export function notJsonIssue(text: string): SchemaIssue {
  return { path: '', expected: 'JSON', received: isPage(text) ? 'HTML' : 'other text' };
}

/** @internal Whether a text is a page of HTML, which no operation sends: it comes from a proxy or a login page. */
export function isPage(text: string): boolean {
  return text.trimStart().startsWith('<');
}

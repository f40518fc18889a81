/** The bodies of refused requests: the shapes of three services and of what stands before them, read by one tolerant function. */
import { isObject } from './is-object.js';

/** One cause inside an error body. */
export interface ErrorDetail {
  /** Code of the cause, for instance `SMS.9004`. */
  readonly code: string | null;
  /** Text of the cause. */
  readonly message: string | null;
}

/** @internal What an error body says, whatever its shape. */
export interface ErrorBody {
  /** Code, for instance `SMS.1039`, `APIGW.0301`, `IAM.0062`; null when there is none (Keystone's shape has none). */
  readonly code: string | null;
  /** Text; null when there is none. */
  readonly message: string | null;
  /** Id of the request, when the body carries one. */
  readonly requestId: string | null;
  /** Nested causes; the service sends them with 403. */
  readonly details: readonly ErrorDetail[];
  /** Whether the body is a JSON object, as the services write it: false for pages of a proxy. */
  readonly isJson: boolean;
}

type Clean = (text: string) => string;

const longestMessage = 1024;
const longestDetails = 20;
// Far more than services send. Reading megabytes takes seconds in which nothing else can run.
const longestRead = 100_000;

/**
 * @internal Reads the body of a refused request: `{error_code, error_msg}` (SMS, gateway, IAM), `{error: {code, message}}`
 * (Keystone), `{error: {error_code, error_msg}}`, `{code, message}`, `{code, msg}`, `{errorCode, errorMsg}`, `{errors: [{…}]}`,
 * `{itemNotFound: {…}}` (OpenStack), HTML, any text, or nothing. Never throws. Of a text beyond 200,000 characters only the beginning is read, as text.
 *
 * @param clean - applied to every text that is taken over, before it is shortened
 */
export function readErrorBody(text: string, clean: Clean = (same) => same): ErrorBody {
  // More is cleaned than is read, or half a secret might stand at the end.
  const isLong = text.length > 2 * longestRead;
  const readable = isLong ? clean(text.slice(0, 2 * longestRead)).slice(0, -longestRead) : text;
  const json = parseObject(readable);
  if (json === undefined) {
    return { code: null, message: readPlainText(readable, clean), requestId: null, details: [], isJson: false };
  }
  const list: unknown[] = Array.isArray(json.errors) ? json.errors.slice(0, longestDetails) : [];
  const places = [json, ...findInner(json, list)];
  const gather = (...names: string[]) => places.flatMap((place) => names.map((name) => place[name]));
  return {
    code: firstCode(clean, ...gather('error_code', 'errorCode'), ...gather('code')),
    message: firstText(clean, ...gather('error_msg', 'errorMsg'), ...gather('message', 'msg'), json.error, ...list),
    requestId: firstText(clean, ...gather('request_id')),
    details: Array.isArray(json.details)
      ? json.details.slice(0, longestDetails).map((value) => readDetail(value, clean))
      : [],
    isJson: true,
  };
}

// What says why stands under `error`, in a list of `errors`, or under the name of the failure when that is the only key.
function findInner(json: Record<string, unknown>, list: readonly unknown[]): Record<string, unknown>[] {
  const [only, ...others] = Object.keys(json).map((name) => (name === '__proto__' ? undefined : json[name]));
  const candidates = [json.error, ...list, others.length === 0 ? only : undefined];
  return candidates.filter(isObject);
}

function readDetail(value: unknown, clean: Clean): ErrorDetail {
  const detail = Object(value);
  return { code: firstCode(clean, detail.error_code), message: firstText(clean, detail.error_msg) };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

// Keystone repeats the HTTP status as a number where other services have their code; it is no code.
function firstCode(clean: Clean, ...values: unknown[]): string | null {
  const codes = values.map((value) => (typeof value === 'string' ? value.trim() : ''));
  return codes.find((code) => /^[\w.-]{1,255}$/.test(code) && clean(code) === code) ?? null;
}

function firstText(clean: Clean, ...values: unknown[]): string | null {
  const found = values.find((value): value is string => typeof value === 'string' && value !== '');
  return found === undefined ? null : shorten(clean(found));
}

// The title of an HTML page says what a proxy or gateway meant; its mark-up says nothing.
function readPlainText(text: string, clean: Clean): string | null {
  const title = /<title>([^<]{1,200})<\/title>/i.exec(text.slice(0, 10_000))?.[1];
  const plain = (title ?? (/^\s*</.test(text) ? '' : text)).trim();
  return plain === '' ? null : shorten(clean(plain).replace(/\s+/g, ' '));
}

function shorten(text: string): string {
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}

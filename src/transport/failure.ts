/** What went wrong below HTTP, put into our own words: errors of the runtime may hold the request and its token. */
import { isSmsError, NetworkError, ResponseFormatError, type SmsError } from '../errors.js';
import type { Clean } from './logger.js';
import { BodyTooLarge, longestBody } from './read-body.js';

/** @internal Codes that mean the request was never sent, so that any verb may be repeated. */
const neverConnected = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ConnectionRefused',
  'FailedToOpenSocket',
]);

const headersOverflow = /^(UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW)$/;
const brokenTrust = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH$)/;

const longestReason = 500;

/** @internal Whether a connection was never made. */
export function isNeverConnected(error: NetworkError): boolean {
  return error.code !== null && neverConnected.has(error.code);
}

/** @internal Whether a repetition would meet the same obstacle. */
export function isHopeless(error: NetworkError): boolean {
  return error.code !== null && (headersOverflow.test(error.code) || brokenTrust.test(error.code));
}

/**
 * @internal Makes an error of ours of whatever an attempt rejected with. Of the errors of a `fetch` only the innermost text and
 * code are taken over, with every secret of the request removed.
 */
export function toSmsError(rejection: unknown, subject: string, clean: Clean): SmsError {
  if (isSmsError(rejection)) return rejection;
  if (rejection instanceof BodyTooLarge) {
    const issue = { path: '', expected: `at most ${longestBody} bytes`, received: 'more' };
    return new ResponseFormatError(`${subject} was answered with too large a body`, [issue], undefined);
  }
  const { code, reason } = digOut(rejection, clean);
  return new NetworkError(`${subject} got no answer: ${reason}${adviceFor(code)}`, code);
}

function adviceFor(code: string | null): string {
  if (code === null) return '';
  if (headersOverflow.test(code)) {
    return `. The headers of the answer are larger than the runtime allows: raise the limit with node --max-http-header-size (${code})`;
  }
  if (brokenTrust.test(code)) {
    return `. The identity of the server could not be verified: check the endpoint, the clock and the trusted authorities (${code})`;
  }
  return ` (${code})`;
}

// Node hides what happened in `cause`, and in `errors` when it tried several addresses.
function digOut(rejection: unknown, clean: Clean): { code: string | null; reason: string } {
  let code: string | null = null;
  let reason = 'unknown reason';
  let current: unknown = rejection;
  for (let depth = 0; depth < 6 && current !== undefined && current !== null; depth += 1) {
    const { cause, code: ownCode, errors, message } = Object(current) as Record<string, unknown>;
    if (typeof message === 'string' && message !== '') reason = clean(message);
    else if (typeof current === 'string' && current !== '') reason = clean(current);
    if (typeof ownCode === 'string' && /^[\w.-]{1,64}$/.test(clean(ownCode))) code = ownCode;
    current = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return { code, reason: reason.slice(0, longestReason) };
}

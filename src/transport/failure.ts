/** What went wrong below HTTP, put into our own words: errors of the runtime may hold the request and its token. */
import { ConfigurationError, isSmsError, NetworkError, ResponseFormatError, type SmsError } from '../errors.js';
import { proxyLoginHint } from './api-error.js';
import { BodyTooLarge, longestBody } from './read-body.js';
import type { Clean } from './redact.js';

/** Codes that only a connection that was never made has. */
const neverConnected =
  /^(ENOTFOUND|EAI_\w+|ECONNREFUSED|UND_ERR_CONNECT_TIMEOUT|ERR_PROXY_TUNNEL|ConnectionRefused|FailedToOpenSocket)$/;
/** What the system was asked to do when a connection is not made. */
const connecting = /^(connect|getaddrinfo|socket|query\w*)$/;
/** Texts that say so where there is neither code nor system call: Deno, TLS that never began, proxies that refuse a tunnel. */
const saysNeverConnected =
  /client error \(Connect\)|before secure TLS connection was established|HTTP Tunneling|tunneling socket could not|CONNECT response/;

const headersOverflow = /^(UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW)$/;
const saysHeadersOverflow = /message head is too large/;
/** Codes of a network or a name server that does not lead to the host: most often a proxy is missing. */
const unreachable = /^(ENOTFOUND|EAI_\w+|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;
const brokenTrust = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH$)/;
/** Texts of a proxy that opens no tunnel without a login: createFetch and undici, tunnel, Node's own proxy support, Deno. */
const saysProxyLogin = /(tunnel|proxy).*[ (=]407\b|proxy auth\w+ required/i;
const saysBrokenTrust = /invalid peer certificate|received corrupt message of type/;

/**
 * What runtimes say of a broken network in a TypeError without a cause: browsers, React Native, Deno, undici, workerd. Any other one is a
 * mistake in a program.
 */
const saysNetwork =
  /^(fetch failed|failed to fetch|load failed|terminated$|(a )?network ?(err|req|conn)|error (\w+ing|in \w+ stream)\b|request or response|\w+ (not|to) connect|connection (error|lost|\w+ed)|the (internet|network|request timed|operation|certificate)|a server with|an ssl|cancelled$|decoding failed|cannot decode)/i;
/** Codes of an argument that is wrong. */
const wrongArgument = /^(UND_)?ERR_INVALID_/;

const longestReason = 500;

const unreachableHint =
  'Check the endpoint and the network. Where the network has a proxy, pass a fetch that uses it: see createFetch of @org/sms-client/node.';

/** @internal Whether a repetition would meet the same obstacle. */
export function isHopeless({ code, message }: NetworkError): boolean {
  return hintFor(code, message) !== undefined;
}

/**
 * @internal Makes an error of ours of whatever an attempt rejected with. Of the errors of a `fetch` only the innermost text and
 * code are taken over, with every secret of the request removed. A mistake in the program of a `fetch` is no failure of the network.
 *
 * @param hasHead - whether status and headers had arrived before
 */
export function toSmsError(rejection: unknown, subject: string, clean: Clean, hasHead = false): SmsError {
  if (isSmsError(rejection)) return rejection;
  if (rejection instanceof BodyTooLarge) {
    const issue = { path: '', expected: `at most ${longestBody} bytes`, received: 'more' };
    return new ResponseFormatError(`${subject} returned too large a body`, [issue], undefined);
  }
  const { code, reason, syscall } = digOut(rejection, clean);
  if (isMistake(rejection, code, reason)) {
    const { name } = rejection as Error;
    const what = hasHead
      ? `the response of ${subject} could not be read, because it`
      : `${subject} failed, because fetch`;
    const text = `fetch: ${what} threw a ${name}: ${reason}; the request may have been sent`;
    return new ConfigurationError(text, { cause: rejection, mayBeSent: true });
  }
  const codeText = code === null || reason.includes(code) ? '' : ` (${code})`;
  const obstacle = hintFor(code, reason);
  const hint = obstacle ?? (!hasHead && unreachable.test(code ?? '') ? unreachableHint : undefined);
  const text = `${subject} ${hasHead ? 'got a response that broke off' : 'got no response'}: ${reason}${codeText}`;
  const neverSent = !hasHead && wasNeverSent(code, syscall, reason);
  return new NetworkError(hint === undefined ? text : `${text}. Hint: ${hint}`, code, neverSent);
}

function wasNeverSent(code: string | null, syscall: string | undefined, reason: string): boolean {
  if (syscall !== undefined) return connecting.test(syscall);
  return (code !== null && neverConnected.test(code)) || saysNeverConnected.test(reason);
}

function isMistake(rejection: unknown, code: string | null, reason: string): boolean {
  // By name: the class of another realm is another one.
  const { cause, name } = readFields(rejection);
  if (name === 'AssertionError' || (name === 'TypeError' && wrongArgument.test(code ?? ''))) return true;
  if (code !== null || cause !== undefined) return false;
  if (name === 'TypeError')
    return !saysNetwork.test(reason) && !wasNeverSent(code, undefined, reason) && hintFor(code, reason) === undefined;
  return /^(Reference|Range|Syntax|Eval|URI)Error$/.test(String(name));
}

function hintFor(code: string | null, reason: string): string | undefined {
  if (headersOverflow.test(code ?? '') || saysHeadersOverflow.test(reason)) {
    return 'The headers of the response are larger than the runtime allows: raise the limit with node --max-http-header-size.';
  }
  if (brokenTrust.test(code ?? '') || saysBrokenTrust.test(reason)) {
    return 'The identity of the server could not be verified: check the endpoint, the clock and the trusted authorities.';
  }
  return saysProxyLogin.test(reason) ? proxyLoginHint : undefined;
}

// Node hides what happened in `cause`, and in `errors` when it tried several addresses.
function digOut(
  rejection: unknown,
  clean: Clean,
): { code: string | null; reason: string; syscall: string | undefined } {
  let code: string | null = null;
  let syscall: string | undefined;
  let reason = 'unknown reason';
  let current: unknown = rejection;
  for (let depth = 0; depth < 6 && current !== undefined && current !== null; depth += 1) {
    const { cause, code: ownCode, errors, message, syscall: ownCall } = readFields(current);
    if (typeof message === 'string' && message !== '') reason = clean(message);
    else if (typeof current === 'string' && current !== '') reason = clean(current);
    if (typeof ownCode === 'string' && /^[\w.-]{1,64}$/.test(clean(ownCode))) code = ownCode;
    if (typeof ownCall === 'string') syscall = ownCall;
    current = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return { code, reason: reason.slice(0, longestReason), syscall };
}

// What is thrown may throw when it is read.
function readFields(thrown: unknown): Readonly<Record<string, unknown>> {
  try {
    const { cause, code, errors, message, name, syscall } = Object(thrown);
    return { cause, code, errors, message, name, syscall };
  } catch {
    return {};
  }
}

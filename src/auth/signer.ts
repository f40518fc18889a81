/** Signs requests with an access key: SDK-HMAC-SHA256, on Web Crypto alone. */
import { encodeSegment } from '../transport/path.js';
import type { OutgoingRequest } from '../transport/transport.js';
import type { AccessKeyCredentials } from './credentials.js';

const algorithm = 'SDK-HMAC-SHA256';

/**
 * @internal Answers the headers that sign a request: its date, who signs, and the signature. Signed are, beside these, the host
 * and the content type; what a caller adds is not.
 */
export async function signRequest(
  request: OutgoingRequest,
  credentials: AccessKeyCredentials,
  time: number,
): Promise<Record<string, string>> {
  const { domainId, projectId, securityToken } = credentials;
  const headers: Record<string, string> = { 'x-sdk-date': formatTime(time) };
  if (securityToken !== undefined) headers['x-security-token'] = securityToken;
  if (projectId !== undefined) headers['x-project-id'] = projectId;
  else if (domainId !== undefined) headers['x-domain-id'] = domainId;
  const signed = {
    ...headers,
    'content-type': request.headers['content-type'] ?? '',
    host: new URL(request.url).host,
  };
  return { ...headers, authorization: await computeAuthorization({ ...request, headers: signed }, credentials) };
}

/** @internal The `Authorization` header of a request whose headers are all signed, `x-sdk-date` among them. */
export async function computeAuthorization(
  { body = '', headers, method, url }: OutgoingRequest,
  { accessKeyId, secretAccessKey }: Pick<AccessKeyCredentials, 'accessKeyId' | 'secretAccessKey'>,
): Promise<string> {
  // The parser that fetch uses, so that the very path is signed which is sent.
  const { pathname, searchParams } = new URL(url);
  const lines = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .sort(([name], [other]) => compare(name, other));
  const names = lines.map(([name]) => name).join(';');
  const canonical = [
    method,
    formatPath(pathname),
    formatQuery(searchParams),
    ...lines.map((line) => line.join(':')),
    '',
    names,
    await hash(body),
  ].join('\n');
  const date = lines.find(([name]) => name === 'x-sdk-date')?.[1];
  const text = [algorithm, date, await hash(canonical)].join('\n');
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', toBytes(secretAccessKey), hmac, false, ['sign']);
  const signature = toHex(await crypto.subtle.sign(hmac, key, toBytes(text)));
  return `${algorithm} Access=${accessKeyId}, SignedHeaders=${names}, Signature=${signature}`;
}

function formatTime(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

// The slash at the end belongs to the signature alone.
function formatPath(path: string): string {
  const text = path
    .split('/')
    .map((segment) => encodeSegment(decode(segment)))
    .join('/');
  return text.endsWith('/') ? text : `${text}/`;
}

// What is no valid encoding stands for itself.
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function formatQuery(query: URLSearchParams): string {
  return [...query]
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map((pair) => pair.map(encodeSegment).join('='))
    .join('&');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

async function hash(text: string): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', toBytes(text)));
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

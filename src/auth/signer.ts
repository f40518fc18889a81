/** Signs requests with an access key: SDK-HMAC-SHA256. */
import { encodeSegment } from '../transport/path.js';
import type { OutgoingRequest } from '../transport/transport.js';
import type { AccessKeyCredentials } from './credentials.js';
import { chain, type Digest, findDigest, type Soon } from './digest.js';

const algorithm = 'SDK-HMAC-SHA256';
// Most requests carry no body.
const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** @internal Returns the headers that sign a request at this time, in milliseconds since 1970-01-01 UTC. */
export type Signer = (request: OutgoingRequest, time: number) => Soon<Record<string, string>>;

/**
 * @internal Prepares an access key and returns what signs with it: at once where the runtime has `node:crypto`.
 *
 * The headers are the date, who signs, and the signature. These, the host and the content type are signed; what a caller adds
 * is not.
 */
export function createSigner(credentials: AccessKeyCredentials, digest: Digest = findDigest()): Signer {
  const { domainId, projectId, securityToken } = credentials;
  const authorize = createAuthorizer(credentials, digest);
  const identity: Record<string, string> = {};
  if (securityToken !== undefined) identity['x-security-token'] = securityToken;
  if (projectId !== undefined) identity['x-project-id'] = projectId;
  else if (domainId !== undefined) identity['x-domain-id'] = domainId;
  return (request, time) => {
    const headers = { 'x-sdk-date': formatTime(time), ...identity };
    const url = new URL(request.url);
    const signed = { ...headers, 'content-type': request.headers['content-type'] ?? '', host: url.host };
    return chain(authorize({ ...request, headers: signed }, url), (authorization) => ({ ...headers, authorization }));
  };
}

/** @internal Returns what writes the `Authorization` header of a request whose headers are all signed, `x-sdk-date` among them. */
export function createAuthorizer(
  { accessKeyId, secretAccessKey }: Pick<AccessKeyCredentials, 'accessKeyId' | 'secretAccessKey'>,
  { hash, prepareKey }: Digest = findDigest(),
): (request: OutgoingRequest, url?: URL) => Soon<string> {
  const sign = prepareKey(secretAccessKey);
  // The parser that fetch uses, so that the very path is signed which is sent.
  return ({ body = '', headers, method, url: address }, url = new URL(address)) => {
    const lines = Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
      .sort(([name], [other]) => compare(name, other));
    const names = lines.map(([name]) => name).join(';');
    const head = [
      method,
      formatPath(url.pathname),
      url.search === '' ? '' : formatQuery(url.searchParams),
      ...lines.map((line) => line.join(':')),
      '',
      names,
    ];
    const date = lines.find(([name]) => name === 'x-sdk-date')?.[1];
    const bodyHash = body === '' ? hashOfNothing : hash(body);
    const canonicalHash = chain(bodyHash, (digits) => hash([...head, digits].join('\n')));
    const signature = chain(canonicalHash, (digits) => sign([algorithm, date, digits].join('\n')));
    return chain(
      signature,
      (digits) => `${algorithm} Access=${accessKeyId}, SignedHeaders=${names}, Signature=${digits}`,
    );
  };
}

function formatTime(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  return `${date.replaceAll('-', '')}T${clock.slice(0, 8).replaceAll(':', '')}Z`;
}

// The slash at the end belongs to the signature alone.
function formatPath(path: string): string {
  // Most paths have nothing to encode.
  const text = /^[\w.~/-]*$/.test(path) ? path : path.split('/').map(encodeAnew).join('/');
  return text.endsWith('/') ? text : `${text}/`;
}

// What is no valid encoding stands for itself.
function encodeAnew(segment: string): string {
  let text = segment;
  try {
    text = decodeURIComponent(segment);
  } catch {}
  return encodeSegment(text);
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

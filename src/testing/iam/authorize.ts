import { type IncomingRequest, type Refusal, refuse, refuseByIam } from '../core/exchange.js';
import type { Call } from '../core/route.js';
import type { World } from '../world.js';
import type { Account } from './account.js';
import type { TokenRecord } from './token-store.js';

/** Refuses a call of SMS without a valid token, like the API gateway. */
export function authorize(world: World, headers: Readonly<Record<string, string>>): void {
  const value = headers['x-auth-token'];
  const standing = value === undefined ? 'unknown' : world.tokens.standing(value, world.clock.wall());
  if (standing === 'live') return;
  if (standing === 'expired') throw refuse(401, 'APIGW.0307', 'The token must be updated.');
  const reason = value === undefined ? 'x-auth-token not found' : 'decrypt token fail';
  throw refuse(401, 'APIGW.0301', `Incorrect IAM authentication information: ${reason}.`);
}

/** Who calls IAM: the owner of the access key that signed the request, or of its valid token. */
export function requireAccount(call: Call): Account {
  const account = call.signer ?? findLiveToken(call, 'x-auth-token')?.account;
  if (account === undefined) throw refuseToken();
  return account;
}

/** The valid token in a header. */
export function findLiveToken({ headers, world }: Call, header: string): TokenRecord | null {
  const value = headers[header] ?? '';
  return world.tokens.standing(value, world.clock.wall()) === 'live' ? world.tokens.find(value) : null;
}

/**
 * The response of Keystone without a valid token. ASSUMPTION: it is the same for a scope that the user does not have.
 */
export function refuseToken(): Refusal {
  return refuseByIam(401, 'The request you have made requires authentication.', 'Unauthorized');
}

/** The result of checking a signed request. */
export interface Signature {
  /** Whose key it is; null when the request is refused. */
  readonly account: Account | null;
  /** Why the request is refused; null when it is not. */
  readonly refusal: Refusal | null;
}

// ASSUMPTION: what other material of Huawei says; the reference of SMS names no tolerance.
const toleratedSkewMs = 15 * 60_000;

/**
 * Checks the signature of a request as the API gateway does; null for a request without one. Where the runtime has Node's
 * crypto, only fulfilled promises are awaited, so that fake timers do not block it.
 */
export async function verifySignature(world: World, request: IncomingRequest): Promise<Signature | null> {
  const { authorization } = request.headers;
  if (authorization === undefined) return null;
  const account = await findSigner(world, request, authorization);
  if (typeof account !== 'string') return { account, refusal: null };
  return { account: null, refusal: refuse(401, 'APIGW.0301', `Incorrect IAM authentication information: ${account}.`) };
}

// The account, or what is wrong.
async function findSigner(world: World, request: IncomingRequest, authorization: string): Promise<Account | string> {
  const parts = /^SDK-HMAC-SHA256 Access=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(authorization);
  if (parts === null) return 'the Authorization header cannot be read';
  const [, accessKeyId, names = '', signature] = parts;
  const signed = names.split(';');
  const owned = world.accounts.flatMap((account) => account.accessKeys.map((key) => ({ account, key })));
  const found = owned.find(({ key }) => key.accessKeyId === accessKeyId);
  if (found === undefined) return 'the AK does not exist';
  const date = readDate(request.headers['x-sdk-date']);
  if (!signed.includes('x-sdk-date') || !(Math.abs(date - world.clock.machine()) <= toleratedSkewMs)) {
    return 'the x-sdk-date has expired or is not signed';
  }
  // FACT: Terraform's client sets the security token after it has signed, and works on the real service.
  if (request.headers['x-security-token'] !== found.key.securityToken) return 'the security token is wrong or missing';
  const expected = await sign(found.key.secretAccessKey, request, signed);
  return expected === signature ? found.account : 'the signature does not match';
}

function readDate(text = ''): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

async function sign(secret: string, request: IncomingRequest, signed: string[]): Promise<string> {
  const { headers, method, path, queryText } = request;
  const segments = path.split('/').map((segment) => percentEncode(percentDecode(segment.replaceAll('+', '%2B'))));
  if (segments.at(-1) !== '') segments.push('');
  const query = queryText
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [percentDecode(name), percentDecode(value.join('='))];
    })
    .sort(byNameAndValue)
    .map((pair) => pair.map(percentEncode).join('='))
    .join('&');
  const block = signed.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('');
  const payloadHash = headers['x-sdk-content-sha256'] ?? (await digest(request.bodyText));
  const canonical = [method, segments.join('/'), query, block, signed.join(';'), payloadHash].join('\n');
  return hmac(secret, `SDK-HMAC-SHA256\n${headers['x-sdk-date']}\n${await digest(canonical)}`);
}

function byNameAndValue([name = '', value = '']: string[], [other = '', otherValue = '']: string[]): number {
  if (name !== other) return name < other ? -1 : 1;
  if (value !== otherValue) return value < otherValue ? -1 : 1;
  return 0;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

// RFC 3986, which leaves fewer characters alone than encodeURIComponent.
function percentEncode(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return bytes
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

// Not imported, so that bundlers for browsers find nothing to follow.
function findCrypto() {
  return globalThis.process?.getBuiltinModule?.('node:crypto');
}

async function digest(text: string): Promise<string> {
  const node = findCrypto();
  if (node !== undefined) return node.createHash('sha256').update(text).digest('hex');
  return toHex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

async function hmac(secret: string, text: string): Promise<string> {
  const node = findCrypto();
  if (node !== undefined) return node.createHmac('sha256', secret).update(text).digest('hex');
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['sign']);
  return toHex(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)));
}

function toHex(buffer: ArrayBuffer): string {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a token store holds: the outcome of a login, as text. */
import { AuthenticationError } from '../errors.js';
import { check, type Infer, loose, number, text } from '../schemas/fields.js';
import { TokenDetails } from '../schemas/token.js';
import { headerText } from './credentials.js';
import { now } from './life.js';
import type { Session } from './session.js';
import { Token } from './token.js';

const storedLogin = loose(
  {
    /** The key that it was written under. */
    key: text(),
    /** When it was written, in milliseconds since 1970, by the clock of the writer. */
    writtenAt: number({ min: 0 }),
    /** How long it was still good for when it was written, in milliseconds. */
    leftMs: number({ min: 1 }),
  },
  {
    /** The token; absent when the login was refused. */
    token: headerText('a token'),
    /** What IAM said about the token. */
    details: TokenDetails,
    /** The fingerprint of the login that was rejected. */
    refused: text(),
    /** Status of the refusal. */
    status: number({ min: 400, max: 403 }),
    /** Code of the refusal. */
    code: text(),
    /** Id of the request that was refused. */
    requestId: text(),
  },
);

/** @internal The outcome of a login, as it is stored. */
export interface StoredLogin extends Infer<typeof storedLogin> {}

// Tokens have to fit into a header.
const longestText = 100_000;
/** @internal How long a refusal is reported to others. */
export const refusalMs = 60_000;

/** @internal Reads what the store returned; undefined when it is anything else than the outcome of a login of this key. */
export function parseStored(key: string, value: unknown): StoredLogin | undefined {
  if (typeof value !== 'string' || value.length > longestText) return undefined;
  try {
    const outcome = check(storedLogin, JSON.parse(value));
    return outcome.issues === undefined && outcome.value.key === key ? outcome.value : undefined;
  } catch {
    return undefined;
  }
}

/** @internal The session of a stored login, unless it has none or that one is at its end. */
export function readStoredSession({ details, leftMs, token: value, writtenAt }: StoredLogin): Session | undefined {
  if (typeof value !== 'string' || !details) return undefined;
  const token = new Token(value, details);
  const { lifeMs } = token;
  const askedAt = now();
  // The clocks of two machines differ: a token is never given more than its writer gave it.
  const left = Math.min(leftMs, writtenAt + leftMs - askedAt.wall);
  if (!(leftMs <= lifeMs && left > 0)) return undefined;
  return { value, askedAt, lifeMs, ageMs: lifeMs - left, isShared: true, token, sign: undefined, secrets: [value] };
}

/** @internal The fingerprint of the rejected login, when the rejection is recent enough to count. */
export function readRefusedMark({ refused, status, writtenAt }: StoredLogin): string | undefined {
  const isYoung = Math.abs(Date.now() - writtenAt) < refusalMs;
  return isYoung && typeof status === 'number' ? (refused ?? undefined) : undefined;
}

/** @internal The refusal that a stored login reports. */
export function readStoredRefusal(
  { code = null, requestId = null, status }: StoredLogin,
  host: string,
): AuthenticationError {
  return new AuthenticationError({
    service: 'iam',
    status: status ?? 401,
    code,
    serviceMessage: 'another process that shares the token store was refused the same login less than a minute ago',
    requestId,
    method: 'POST',
    path: '/v3/auth/tokens',
    details: [],
    host,
    hint: 'Correct the credentials, or wait until the minute is over.',
    isJson: true,
  });
}

/** @internal What is stored of a token. */
export function describeToken(token: Token): Partial<StoredLogin> {
  const { domain, expiresAt, issuedAt, project, roles, user, value } = token;
  const details = { issued_at: issuedAt.toISOString(), expires_at: expiresAt.toISOString(), user, project, domain };
  return { token: value, details: { ...details, roles: [...roles] } };
}

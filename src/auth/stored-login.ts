/** What a token store holds: the outcome of a login, as text. */
import { AuthenticationError } from '../errors.js';
import { check, type Infer, loose, number, text } from '../schemas/fields.js';
import { TokenDetails } from '../schemas/token.js';
import { headerText } from './credentials.js';
import { findDigest } from './digest.js';
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
    /** The mark of the login that was refused. */
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

/** @internal A token from the store. */
export interface StoredToken {
  readonly value: string;
  readonly lifeMs: number;
  /** How long it will live, in milliseconds, as far as anybody knows. */
  readonly leftMs: number;
  readonly details: Token;
}

const secretFields = /^(password|passcode|token|secretAccessKey|securityToken)$/;
// Tokens have to fit into a header.
const longestText = 100_000;
/** @internal How long a refusal is told to others. */
export const refusalMs = 60_000;

/** @internal Names a login: its key tells nothing of the secrets, and its mark next to nothing. */
export async function nameLogin(endpoint: string, request: object): Promise<{ key: string; mark: string }> {
  const { hash } = findDigest();
  const login = [endpoint, request];
  const open = JSON.stringify(login, (name, value) =>
    typeof value === 'string' && secretFields.test(name) ? undefined : value,
  );
  return {
    key: `sms-client:token:v1:${await hash(open)}`,
    // One byte tells two passwords of a user apart, and is too little to guess one by.
    mark: (await hash(JSON.stringify(login))).slice(0, 2),
  };
}

/** @internal Reads what the store answered; undefined when it is anything else than the outcome of a login of this key. */
export function parseStored(key: string, value: unknown): StoredLogin | undefined {
  if (typeof value !== 'string' || value.length > longestText) return undefined;
  try {
    const outcome = check(storedLogin, JSON.parse(value));
    return outcome.issues === undefined && outcome.value.key === key ? outcome.value : undefined;
  } catch {
    return undefined;
  }
}

/** @internal The token of a stored login, unless it has none or that one is at its end. */
export function readStoredToken({ details, leftMs, token, writtenAt }: StoredLogin): StoredToken | undefined {
  if (typeof token !== 'string' || !details) return undefined;
  const known = new Token(token, details);
  const lifeMs = known.expiresAt.getTime() - known.issuedAt.getTime();
  // The clocks of two machines differ: a token is never given more than its writer gave it.
  const left = Math.min(leftMs, writtenAt + leftMs - Date.now());
  return leftMs <= lifeMs && left > 0 ? { value: token, lifeMs, leftMs: left, details: known } : undefined;
}

/** @internal The refusal that a stored login tells of the login with this mark. */
export function readStoredRefusal(stored: StoredLogin, mark: string, host: string): AuthenticationError | undefined {
  const { code = null, refused, requestId = null, status, writtenAt } = stored;
  if (refused !== mark || typeof status !== 'number' || Math.abs(Date.now() - writtenAt) >= refusalMs) return undefined;
  return new AuthenticationError({
    service: 'iam',
    status,
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
export function describeToken({
  domain,
  expiresAt,
  issuedAt,
  project,
  roles,
  user,
  value,
}: Token): Partial<StoredLogin> {
  const details = { issued_at: issuedAt.toISOString(), expires_at: expiresAt.toISOString(), user, project, domain };
  return { token: value, details: { ...details, roles: [...roles] } };
}

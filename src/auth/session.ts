/** What authorises requests for a while: a token, or an access key. */
import type { AccessKeyCredentials, TokenCredentials } from './credentials.js';
import { elapsedSince, type Moment, now } from './life.js';
import { createSigner, type Signer } from './signer.js';
import type { Token } from './token.js';

/** @internal What authorises requests, with its life on the issuer's clock. */
export interface Session {
  /** The token itself, or what distinguishes one access key from another. */
  readonly value: string;
  /** When it was asked for. */
  readonly askedAt: Moment;
  /** From its issue to its end, in milliseconds; infinite when that is not known. */
  readonly lifeMs: number;
  /** How old it was when it was asked for, in milliseconds. */
  readonly ageMs: number;
  /** Whether it comes from the token store rather than from a login of this client. */
  readonly isShared: boolean;
  /** What IAM says of the token; undefined for one that was given and for access keys. */
  readonly token: Token | undefined;
  /** Signs with the access key; undefined for tokens. */
  readonly sign: Signer | undefined;
  /** What must not be printed. */
  readonly secrets: readonly string[];
}

/** @internal How long a session still lives, in milliseconds. */
export function leftOf({ ageMs, askedAt, lifeMs }: Session): number {
  return lifeMs - ageMs - elapsedSince(askedAt);
}

/** @internal The session of a token that IAM has just issued. */
export function openTokenSession(token: Token, askedAt: Moment): Session {
  const { lifeMs, value } = token;
  return { value, askedAt, lifeMs, ageMs: 0, isShared: false, token, sign: undefined, secrets: [value] };
}

/**
 * @internal The session of credentials that need no login.
 *
 * @param time - the time at the service, in milliseconds since 1970
 */
export function openGivenSession(credentials: TokenCredentials | AccessKeyCredentials, time: number): Session {
  const { expiresAt } = credentials;
  const lifeMs = expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt.getTime() - time;
  const life = { askedAt: now(), lifeMs, ageMs: 0, isShared: false, token: undefined };
  if ('token' in credentials) {
    return { ...life, value: credentials.token, sign: undefined, secrets: [credentials.token] };
  }
  const { accessKeyId, secretAccessKey, securityToken } = credentials;
  const secrets = securityToken === undefined ? [secretAccessKey] : [secretAccessKey, securityToken];
  return { ...life, value: securityToken ?? accessKeyId, sign: createSigner(credentials), secrets };
}

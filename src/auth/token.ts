/** An IAM user token and what IAM says about it. */
import type { Named, TokenDetails, TokenProject, TokenUser } from '../schemas/token.js';

// With `showHidden` and `getters` Node calls the getters of prototypes, too.
const customInspection = Symbol.for('nodejs.util.inspect.custom');

/** An IAM user token. Neither `console.log`, `util.inspect` nor `JSON.stringify` show its value. */
export class Token {
  readonly #value: string;
  /** When IAM lets the token expire, at most 24 h after its issue. It can die earlier, for instance when the password changes. */
  readonly expiresAt: Date;
  /** When IAM issued the token. */
  readonly issuedAt: Date;
  /** The user that the token belongs to. */
  readonly user: TokenUser;
  /** The project that the token is for; undefined for a token of the domain. */
  readonly project: TokenProject | undefined;
  /** The domain (account) that the token is for, or that its project or user belongs to. */
  readonly domain: Named;
  /** Roles of the user. */
  readonly roles: readonly Named[];

  /** @internal */
  constructor(value: string, details: TokenDetails) {
    this.#value = value;
    this.expiresAt = new Date(details.expires_at);
    this.issuedAt = new Date(details.issued_at);
    this.user = details.user ?? {};
    this.project = details.project ?? undefined;
    this.domain = details.domain ?? details.project?.domain ?? details.user?.domain ?? {};
    this.roles = details.roles ?? [];
  }

  /** @internal */
  [customInspection](): object {
    return { ...this };
  }

  /** The token itself, to be sent as `X-Auth-Token`. Secret. */
  get value(): string {
    return this.#value;
  }
}

/** An IAM user token and what IAM says about it. */
import type { ReceivedToken, TokenDomain, TokenProject, TokenRole, TokenUser } from '../schemas/token.js';

const stampMs = 1000;
// Of longer ones a renewal is waited for earlier than that before their end.
const shortLifeMs = 50 * stampMs;

/** @internal Reads a stamp of IAM, in milliseconds since 1970: UTC, also where the zone is left out. NaN for what is no date. */
export function parseStamp(stamp: unknown): number {
  if (typeof stamp !== 'string') return Number.NaN;
  return Date.parse(/T[\d:.]+$/.test(stamp) ? `${stamp}Z` : stamp);
}

// With `showHidden` and `getters` Node calls the getters of prototypes, too.
const customInspection = Symbol.for('nodejs.util.inspect.custom');

/** An IAM user token. Neither `console.log`, `util.inspect` nor `JSON.stringify` show its value. */
export class Token {
  readonly #value: string;
  /** When the token expires, at most 24 h after its issue. It can become invalid earlier, for instance when the password changes. */
  readonly expiresAt: Date;
  /** When IAM issued the token. */
  readonly issuedAt: Date;
  /** The user that the token belongs to. */
  readonly user: TokenUser;
  /** The project that the token is for; undefined for a token of the domain. */
  readonly project: TokenProject | undefined;
  /** The domain (account) that the token is for, or that its project or user belongs to. */
  readonly domain: TokenDomain;
  /** Roles of the user. */
  readonly roles: readonly TokenRole[];

  /** @internal */
  constructor(value: string, details: ReceivedToken) {
    this.#value = value;
    this.expiresAt = new Date(parseStamp(details.expires_at));
    this.issuedAt = new Date(parseStamp(details.issued_at));
    const { domain, project, user } = details;
    this.user = { ...user, domain: nameDomain(user?.domain) };
    this.project = project ? { ...nameDomain(project), domain: nameDomain(project.domain) } : undefined;
    this.domain = nameDomain(domain ?? project?.domain ?? user?.domain);
    this.roles = details.roles ?? [];
  }

  /** @internal */
  [customInspection](): object {
    return { ...this };
  }

  /**
   * @internal From its issue to its end on the clock of IAM, in milliseconds; NaN when a stamp is no date. Stamps of whole seconds
   * may hide a second, which matters to tokens that live no longer than some.
   */
  get lifeMs(): number {
    const lifeMs = this.expiresAt.getTime() - this.issuedAt.getTime();
    const isWhole = [this.expiresAt, this.issuedAt].every((date) => date.getMilliseconds() === 0);
    return isWhole && lifeMs <= shortLifeMs ? Math.max(lifeMs - stampMs, lifeMs / 2) : lifeMs;
  }

  /** The token itself, to be sent as `X-Auth-Token`. Secret. */
  get value(): string {
    return this.#value;
  }
}

// IAM always names both. What a stand-in leaves out is empty.
function nameDomain(domain: TokenRole | null | undefined): TokenDomain {
  return { ...domain, id: domain?.id ?? '', name: domain?.name ?? '' };
}

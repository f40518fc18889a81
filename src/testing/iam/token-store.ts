import type { Identifiers } from '../core/identifiers.js';
import type { Account, ProjectSeed } from './account.js';

/** The scope of a token. */
export type Scope = ProjectScope | WideScope;

/** One project. */
export interface ProjectScope {
  /** Discriminates the scopes. */
  readonly kind: 'project';
  /** The project. */
  readonly project: ProjectSeed;
}

/** The whole account, or no scope. */
export interface WideScope {
  /** Discriminates the scopes. */
  readonly kind: 'domain' | 'none';
}

/** A token that was issued. */
export interface TokenRecord {
  /** The token itself. */
  readonly value: string;
  /** Whose it is. */
  readonly account: Account;
  /** The user who assumed an agency of that account; null for a token of the user's own. */
  readonly assumedBy: Account | null;
  /** How its owner logged in. */
  readonly methods: readonly string[];
  /** Its scope. */
  readonly scope: Scope;
  /** Wall clock, ms since 1970. */
  readonly issuedAt: number;
  /** Wall clock, ms since 1970. */
  readonly expiresAt: number;
}

/** Whether a token is accepted, and if not, why. */
export type TokenStanding = 'live' | 'expired' | 'revoked' | 'unknown';

/** The tokens of one simulator. */
export interface TokenStore {
  /** Issues a new token. Earlier ones stay valid, as IAM promises. */
  issue(token: Omit<TokenRecord, 'value'>): TokenRecord;
  /** The token with this value, invalid ones included. */
  find(value: string): TokenRecord | null;
  /** Whether the token is accepted now. */
  standing(value: string, now: number): TokenStanding;
  /** Ends one token. */
  revoke(value: string): void;
  /** Ends every token that is valid now. */
  killAll(standing: 'expired' | 'revoked', now: number): void;
}

/** How many tokens are remembered. Older ones are unknown. */
const rememberedTokens = 10_000;

/** An empty store. */
export function createTokenStore(identifiers: Identifiers): TokenStore {
  const tokens = new Map<string, TokenRecord>();
  const killed = new Map<string, 'expired' | 'revoked'>();
  function standing(value: string, now: number): TokenStanding {
    const token = tokens.get(value);
    if (token === undefined) return 'unknown';
    return killed.get(value) ?? (now >= token.expiresAt ? 'expired' : 'live');
  }
  return {
    issue(token) {
      const record = { ...token, value: createTokenValue(identifiers) };
      tokens.set(record.value, record);
      const [oldest] = tokens.keys();
      if (tokens.size > rememberedTokens && oldest !== undefined) {
        tokens.delete(oldest);
        killed.delete(oldest);
      }
      return record;
    },
    find: (value) => tokens.get(value) ?? null,
    standing,
    revoke: (value) => killed.set(value, 'revoked'),
    killAll(reason, now) {
      for (const value of tokens.keys()) {
        if (standing(value, now) === 'live') killed.set(value, reason);
      }
    },
  };
}

// Huawei's tokens are signed ASN.1 in base64, so they begin alike. This length is at the short end of real ones.
function createTokenValue(identifiers: Identifiers): string {
  return `MIIatAYJKoZIhvcNAQcCoIIapT${btoa(identifiers.hex(1107))}`;
}

/** Shares logins with other processes through a token store. */
import { AuthenticationError, TimeoutError } from '../errors.js';
import type { Logger } from '../transport/logger.js';
import type { OpenScope } from '../transport/scope.js';
import {
  describeToken,
  nameLogin,
  parseStored,
  readStoredRefusal,
  readStoredToken,
  refusalMs,
  type StoredLogin,
  type StoredToken,
} from './stored-login.js';
import type { Token } from './token.js';
import { type Renewal, refreshWindow, type Session } from './token-cache.js';
import type { TokenStore } from './token-store.js';

/** @internal What sharing needs of its client. */
export interface SharedLoginOptions {
  readonly store: TokenStore;
  /** URL of IAM. */
  readonly endpoint: string;
  readonly logger: Logger;
  readonly openScope: OpenScope;
  /** Asks IAM whether a token is alive. */
  readonly isAlive: (value: string) => Promise<boolean>;
}

const answerMs = 2_000;
const lockMs = 10_000;
const patienceMs = 20_000;
const firstPauseMs = 25;
const longestPauseMs = 500;
const mostRefused = 100;

/** The store failed, which the log knows already. */
class StoreFailure extends Error {}

/**
 * @internal Takes tokens from the store, and puts those of logins there.
 *
 * - With `setIfAbsent` one process at a time logs in. The others look for its token, at growing intervals, and log in themselves
 *   when the lock is free, or after 20 s. A lock ends by itself after 10 s, so a winner that dies stops nobody for long.
 * - A refused login leaves a mark for 60 s, which answers the same login of other processes.
 * - A token that was refused here is never taken from the store again, and removed from it when it is still there.
 * - After a refusal IAM is asked about a token that was in the store already: it may have died with the refused one.
 * - A login that ends late does not take the place of a newer token. Between looking and writing another process may write: the
 *   shape of Keyv has no other way. It costs a login.
 */
export class SharedLogin {
  readonly #options: SharedLoginOptions;
  readonly #refused = new Set<string>();
  #key: string | undefined;

  constructor(options: SharedLoginOptions) {
    this.#options = options;
  }

  /**
   * Answers a token from the store, or else of a login.
   *
   * @param request - says who logs in, secrets included
   */
  async obtain(request: object, logIn: () => Promise<Token>, renewal: Renewal): Promise<Session<Token>> {
    const { key, mark } = await nameLogin(this.#options.endpoint, request);
    this.#key = key;
    const lock = { endsAt: 0 };
    try {
      const found = await this.#tolerate(() => this.#seek(key, mark, renewal, lock));
      if (found !== undefined) {
        this.#options.logger.info('took a token from the store', { expiresAt: found.details.expiresAt.toISOString() });
        return { ...found, ageMs: found.lifeMs - found.leftMs };
      }
      return await this.#logIn(key, mark, logIn);
    } finally {
      if (performance.now() < lock.endsAt) {
        await this.#tolerate(() => this.#ask('delete', (store) => store.delete(lockOf(key))));
      }
    }
  }

  /** Tells that the service refused a token. */
  refuse(value: string): void {
    this.#refused.add(value);
    for (const oldest of this.#refused) {
      if (this.#refused.size <= mostRefused) return;
      this.#refused.delete(oldest);
    }
  }

  /** Refuses a token, and removes it from the store when it is there. */
  async forget(value: string): Promise<void> {
    this.refuse(value);
    const key = this.#key;
    if (key !== undefined) await this.#tolerate(() => this.#read(key, true));
  }

  async #logIn(key: string, mark: string, logIn: () => Promise<Token>): Promise<Session<Token>> {
    const askedAt = performance.now();
    try {
      const token = await logIn();
      const lifeMs = token.expiresAt.getTime() - token.issuedAt.getTime();
      const leftMs = Math.floor(askedAt + lifeMs - performance.now());
      await this.#tolerate(() => this.#write(key, leftMs, describeToken(token), token.issuedAt));
      return { value: token.value, lifeMs, details: token };
    } catch (error) {
      if (error instanceof AuthenticationError) {
        const { code, requestId, status } = error;
        await this.#tolerate(() => this.#write(key, refusalMs, { refused: mark, status, code, requestId }));
      }
      throw error;
    }
  }

  async #seek(
    key: string,
    mark: string,
    { afterRefusal, current, fresh }: Renewal,
    lock: { endsAt: number },
  ): Promise<StoredToken | undefined> {
    const look = async (tidy: boolean) => {
      const stored = await this.#read(key, tidy);
      const refusal = stored && readStoredRefusal(stored, mark, new URL(this.#options.endpoint).host);
      if (refusal !== undefined) throw refusal;
      const token = stored && readStoredToken(stored);
      const isNew = token !== undefined && token.value !== current && token.leftMs > refreshWindow(token.lifeMs);
      return isNew && !fresh ? token : undefined;
    };
    const canLock = this.#options.store.setIfAbsent !== undefined;
    // Whoever holds the lock tidies up, or the token of one who was quicker would be removed.
    const found = await look(!canLock);
    if (found !== undefined) {
      if (!afterRefusal || (await this.#options.isAlive(found.value))) return found;
      this.refuse(found.value);
    }
    if (fresh || !canLock) return undefined;
    const givesUpAt = performance.now() + patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const endsAt = performance.now() + lockMs;
      const isLocked = await this.#ask('setIfAbsent', (store) => store.setIfAbsent?.(lockOf(key), 'locked', lockMs));
      if (isLocked) lock.endsAt = endsAt;
      // Even with the lock: its last owner may have written between our look and our lock.
      const token = await look(isLocked === true);
      if (token !== undefined || isLocked || performance.now() + pauseMs > givesUpAt) return token;
      await this.#options.openScope({}).sleep(pauseMs);
    }
  }

  /** What the store holds, unless it is rubbish or a token that was refused here, which is removed when it is asked to tidy up. */
  async #read(key: string, tidy: boolean): Promise<StoredLogin | undefined> {
    const value = await this.#ask('get', (store) => store.get(key));
    if (value === undefined || value === null) return undefined;
    const stored = parseStored(key, value);
    if (stored === undefined) this.#options.logger.warn('the token store holds a value that is not ours: ignored');
    if (typeof stored?.token !== 'string' || !this.#refused.has(stored.token)) return stored;
    if (tidy) await this.#ask('delete', (store) => store.delete(key));
    return undefined;
  }

  /** Writes the outcome of a login, but never over a newer token, nor a refusal over any. */
  async #write(key: string, leftMs: number, outcome: Partial<StoredLogin>, issuedAt = new Date(0)): Promise<void> {
    const stored = await this.#read(key, false);
    const other = stored && readStoredToken(stored);
    if (leftMs < 1 || (other !== undefined && other.details.issuedAt > issuedAt)) return;
    const text = JSON.stringify({ key, writtenAt: Date.now(), leftMs, ...outcome });
    await this.#ask('set', (store) => store.set(key, text, leftMs));
  }

  async #tolerate<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreFailure) return undefined;
      throw error;
    }
  }

  async #ask<T>(
    method: keyof TokenStore,
    question: (store: TokenStore) => PromiseLike<T> | undefined,
  ): Promise<T | undefined> {
    const scope = this.#options.openScope({});
    // In two parts: a process that was held up finds its timer over and an answer that it has not read yet.
    const giveUp = async (): Promise<never> => {
      await scope.sleep(answerMs / 2);
      await scope.sleep(answerMs / 2);
      throw new TimeoutError('no answer');
    };
    try {
      const answer = await Promise.race([scope.race((async () => question(this.#options.store))()), giveUp()]);
      // Keyv says so of what it could not write; and whether a lock was taken must be beyond doubt.
      if (method === 'set' && answer === false) throw new Error('not set');
      if (method === 'setIfAbsent' && typeof answer !== 'boolean') throw new TypeError('no truth value');
      return answer;
    } catch (error) {
      this.#options.logger.warn(`the token store failed at ${method}: going on without it`, {
        reason: classify(error),
      });
      throw new StoreFailure();
    } finally {
      scope.cancel();
    }
  }
}

function lockOf(key: string): string {
  return `${key}:lock`;
}

// The texts of such errors quote keys and values.
function classify(error: unknown): string {
  const { code, name } = Object(error) as Record<string, unknown>;
  return [name, code].filter((word) => typeof word === 'string' && /^[\w.-]{1,64}$/.test(word)).join(' ');
}

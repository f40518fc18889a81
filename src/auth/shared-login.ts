/** Shares logins with other processes through a token store. */
import { AuthenticationError } from '../errors.js';
import type { Logger } from '../transport/logger.js';
import type { OpenScope } from '../transport/scope.js';
import { markLogin, nameLogin } from './login-name.js';
import { leftOf, type Session } from './session.js';
import { StoreFailure, StorePort, type StoreWait, storeLimitMs } from './store-port.js';
import {
  describeToken,
  parseStored,
  readRefusedMark,
  readStoredRefusal,
  readStoredSession,
  refusalMs,
  type StoredLogin,
} from './stored-login.js';
import { type Renewal, refreshWindow } from './token-cache.js';
import type { TokenStore } from './token-store.js';

/** @internal What sharing needs of its client. */
export interface SharedLoginOptions {
  readonly store: TokenStore;
  /** URL of IAM. */
  readonly endpoint: string;
  readonly logger: Logger;
  readonly openScope: OpenScope;
  /** Asks IAM whether a token is alive; undefined when IAM does not say. */
  readonly isAlive: (value: string, signal: AbortSignal) => Promise<boolean | undefined>;
}

/** @internal A login that can be shared. */
export interface SharedRequest {
  /** The identity, without secrets. */
  readonly identity: string;
  /** The same with its secrets. */
  readonly login: string;
  readonly logIn: () => Promise<Session>;
}

interface Lock {
  endsAt: number;
}

const lockMs = 10_000;
const longestPatienceMs = 20_000;
const patience = 1 / 2;
const storeShare = 1 / 5;
const firstPauseMs = 25;
const longestPauseMs = 500;
const mostRefused = 100;

/**
 * @internal Takes tokens from the store, and puts those of logins there.
 *
 * - A store that is slow costs a login: it may hold a renewal up for 2 s, or a fifth of what its first caller has left. Tokens are
 *   used first and written in the background. A refusal is written first, for 2 s at most.
 * - With `setIfAbsent` one process at a time logs in. The others look for its token, at growing intervals, and log in themselves
 *   when the lock is free, after 20 s, or after half of what the first caller has left. A lock ends by itself after 10 s, so a
 *   process that dies with the lock blocks the others only briefly.
 * - A rejected login leaves a fingerprint for 60 s. The same login of other processes then fails without a request.
 * - A token that was refused here is never used from the store again, and is removed from it when it is still there.
 * - After a refusal IAM is asked about a token that was in the store already: it may have died with the refused one. When IAM does
 *   not say, there is a login.
 * - A login that ends late does not take the place of a newer token. Between the read and the write another process may write, because
 *   Keyv has no atomic operation for this. It costs a login.
 */
export class SharedLogin {
  readonly #options: SharedLoginOptions;
  readonly #port: StorePort;
  readonly #refused = new Set<string>();
  #key: string | undefined;

  constructor(options: SharedLoginOptions) {
    this.#options = options;
    this.#port = new StorePort(options);
  }

  /** Returns a session from the store, or else of a login. */
  async obtain(request: SharedRequest, renewal: Renewal): Promise<Session> {
    const key = await nameLogin(this.#options.endpoint, request.identity);
    this.#key = key;
    const lock: Lock = { endsAt: 0 };
    try {
      const found = await this.#tolerate(() => this.#seek(key, request.login, renewal, lock));
      if (found === undefined) return await this.#logIn(key, request);
      this.#options.logger.info('took a token from the store', { expiresAt: found.token?.expiresAt.toISOString() });
      return found;
    } finally {
      this.#port.workBehind(async () => {
        if (performance.now() < lock.endsAt) await this.#unlock(key);
      });
    }
  }

  /** Reports that the service refused a token. */
  refuse(value: string): void {
    this.#refused.add(value);
    for (const oldest of this.#refused) {
      if (this.#refused.size <= mostRefused) return;
      this.#refused.delete(oldest);
    }
  }

  /** Refuses a token, and removes it from the store in the background when it is there. */
  forget(value: string): void {
    this.refuse(value);
    const key = this.#key;
    if (key !== undefined) this.#port.workBehind(() => this.#read(key, true));
  }

  async #logIn(key: string, { logIn, login }: SharedRequest): Promise<Session> {
    try {
      const session = await logIn();
      this.#port.workBehind(() => this.#writeSession(key, session));
      return session;
    } catch (error) {
      if (error instanceof AuthenticationError) {
        this.#port.workBehind(() => this.#writeRefusal(key, login, error));
        // A process that ends now would leave others to lock the account.
        await this.#tolerate(() => this.#port.settle());
      }
      throw error;
    }
  }

  async #seek(key: string, login: string, renewal: Renewal, lock: Lock): Promise<Session | undefined> {
    const { afterRefusal, fresh, remainingMs, scope } = renewal;
    let { current } = renewal;
    const seekUntil = performance.now() + Math.min(storeLimitMs, storeShare * remainingMs);
    const { signal } = scope;
    const seekWait = (): StoreWait => ({ limitMs: seekUntil - performance.now(), signal });
    await this.#port.settle(seekWait());
    let mark: Promise<string> | undefined;
    const poll = async (tidy: boolean, wait: StoreWait): Promise<Session | undefined> => {
      const stored = await this.#read(key, tidy, wait);
      if (stored === undefined) return undefined;
      const refused = readRefusedMark(stored);
      if (refused !== undefined) {
        mark ??= markLogin(key, login);
        if (refused === (await mark)) throw readStoredRefusal(stored, new URL(this.#options.endpoint).host);
      }
      const session = fresh ? undefined : readStoredSession(stored);
      const isNew = session !== undefined && session.value !== current;
      return isNew && leftOf(session) > refreshWindow(session.lifeMs) ? session : undefined;
    };
    const canLock = this.#options.store.setIfAbsent !== undefined;
    // Only the holder of the lock cleans up. Otherwise the token of a faster process could be removed.
    const found = await poll(!canLock, seekWait());
    if (found !== undefined) {
      const isAlive = !afterRefusal || (await this.#options.isAlive(found.value, signal));
      if (isAlive) return found;
      // One of which nothing is known is not used now, but stays where it is: it may be good.
      if (isAlive === false) this.refuse(found.value);
      current = found.value;
    }
    if (fresh || !canLock) return undefined;
    const givesUpAt = performance.now() + Math.min(longestPatienceMs, patience * remainingMs);
    let wait = seekWait();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const isLocked = await this.#lock(key, lock, wait);
      // Even with the lock: its last owner may have written between our poll and our lock.
      const session = await poll(isLocked, wait);
      if (session !== undefined || isLocked || performance.now() + pauseMs > givesUpAt) return session;
      await scope.sleep(pauseMs);
      wait = { signal };
    }
  }

  async #lock(key: string, lock: Lock, wait: StoreWait): Promise<boolean> {
    const endsAt = performance.now() + lockMs;
    let late: Promise<boolean> | undefined;
    const take = (store: TokenStore) => {
      late = store.setIfAbsent?.(lockOf(key), 'locked', lockMs);
      return late;
    };
    try {
      const isLocked = (await this.#port.ask('setIfAbsent', take, wait)) === true;
      if (isLocked) lock.endsAt = endsAt;
      return isLocked;
    } catch (error) {
      // A lock that comes too late would keep others waiting.
      late?.then(
        (isLocked) => isLocked && performance.now() < endsAt && this.#port.workBehind(() => this.#unlock(key)),
        () => undefined,
      );
      throw error;
    }
  }

  async #unlock(key: string): Promise<void> {
    await this.#port.ask('delete', (store) => store.delete(lockOf(key)));
  }

  /** The value in the store, unless it is invalid or a token that was refused here. Removes such a value when `tidy` says so. */
  async #read(key: string, tidy: boolean, wait?: StoreWait): Promise<StoredLogin | undefined> {
    const value = await this.#port.ask('get', (store) => store.get(key), wait);
    if (value === undefined || value === null) return undefined;
    const stored = parseStored(key, value);
    if (stored === undefined)
      this.#options.logger.warn('the token store holds a value that this client did not write: ignored');
    if (typeof stored?.token !== 'string' || !this.#refused.has(stored.token)) return stored;
    if (tidy) await this.#port.ask('delete', (store) => store.delete(key), wait);
    return undefined;
  }

  /** Writes a session, but never over a newer token. */
  async #writeSession(key: string, session: Session): Promise<void> {
    const { token, value } = session;
    if (token === undefined || this.#refused.has(value)) return;
    const other = await this.#readToken(key);
    if (other === undefined || other.issuedAt <= token.issuedAt)
      await this.#write(key, Math.floor(leftOf(session)), describeToken(token));
  }

  /** Writes a refusal, but never over a token, nor over the same refusal, which would last longer. */
  async #writeRefusal(key: string, login: string, { code, requestId, status }: AuthenticationError): Promise<void> {
    const stored = await this.#read(key, false);
    if (stored !== undefined && readStoredSession(stored) !== undefined) return;
    const refused = await markLogin(key, login);
    if (stored === undefined || readRefusedMark(stored) !== refused)
      await this.#write(key, refusalMs, { refused, status, code, requestId });
  }

  async #readToken(key: string): Promise<Session['token']> {
    const stored = await this.#read(key, false);
    return stored && readStoredSession(stored)?.token;
  }

  async #write(key: string, leftMs: number, outcome: Partial<StoredLogin>): Promise<void> {
    if (leftMs < 1) return;
    const text = JSON.stringify({ key, writtenAt: Date.now(), leftMs, ...outcome });
    await this.#port.ask('set', (store) => store.set(key, text, leftMs));
  }

  async #tolerate<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreFailure) return undefined;
      throw error;
    }
  }
}

function lockOf(key: string): string {
  return `${key}:lock`;
}

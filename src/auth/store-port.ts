/** How a token store is asked: with a limit of time, and without ever failing a call. */
import { TimeoutError } from '../errors.js';
import type { Logger } from '../transport/logger.js';
import { type OpenScope, workUnder } from '../transport/scope.js';
import type { TokenStore } from './token-store.js';

/** @internal The store failed, which the log knows already. */
export class StoreFailure extends Error {}

/** @internal What the port needs of its client. */
export interface StorePortOptions {
  readonly store: TokenStore;
  readonly logger: Logger;
  readonly openScope: OpenScope;
}

/** @internal How long a store may take to respond when nothing else is said, in milliseconds. */
export const storeLimitMs = 2_000;

/** @internal How long a store is waited for. */
export interface StoreWait {
  /** In milliseconds; 2 s when left out. */
  readonly limitMs?: number | undefined;
  /** Aborts when nobody needs what was asked for. */
  readonly signal?: AbortSignal | undefined;
}

/** @internal Calls a token store, and performs background operations one after the other. */
export class StorePort {
  readonly #options: StorePortOptions;
  #behind: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: StorePortOptions) {
    this.#options = options;
  }

  /**
   * Asks the store.
   *
   * @throws {@link StoreFailure} when it throws, returns nonsense or takes too long. The log then has a warning. The reason of the
   * signal when that aborts.
   */
  async ask<T>(
    method: keyof TokenStore,
    question: (store: TokenStore) => PromiseLike<T> | undefined,
    { limitMs = storeLimitMs, signal }: StoreWait = {},
  ): Promise<T | undefined> {
    const { logger, openScope, store } = this.#options;
    const scope = openScope({ signal });
    // In two parts: a process that was held up finds its timer over and a result that it has not read yet.
    const giveUp = async (): Promise<never> => {
      await scope.sleep(limitMs / 2);
      await scope.sleep(limitMs / 2);
      throw new TimeoutError('no response');
    };
    try {
      const result = await Promise.race([scope.race((async () => question(store))()), giveUp()]);
      // Keyv says so of what it could not write; and whether a lock was taken must be beyond doubt.
      if (method === 'set' && result === false) throw new Error('not set');
      if (method === 'setIfAbsent' && typeof result !== 'boolean') throw new TypeError('no truth value');
      return result;
    } catch (error) {
      scope.throwIfEnded();
      logger.warn(`the token store failed at ${method}: going on without it`, { reason: classify(error) });
      throw new StoreFailure();
    } finally {
      scope.cancel();
    }
  }

  /** Does something in the background, after everything that was added before. */
  workBehind(work: () => Promise<unknown>): void {
    this.#waiting += 1;
    this.#behind = this.#behind
      .then(work)
      .catch(() => undefined)
      .then(() => {
        this.#waiting -= 1;
      });
  }

  /**
   * Waits until the background operations are done.
   *
   * @throws {@link StoreFailure} when it takes longer, and the reason of the signal when that aborts.
   */
  async settle({ limitMs = storeLimitMs, signal }: StoreWait = {}): Promise<void> {
    if (this.#waiting === 0) return;
    const limits = { signal, timeoutMs: limitMs, onTimeout: () => new StoreFailure() };
    await workUnder(this.#options.openScope, limits, (scope) => scope.race(this.#behind));
  }
}

// The texts of such errors quote keys and values.
function classify(error: unknown): string {
  const { code, name } = Object(error) as Record<string, unknown>;
  return [name, code].filter((word) => typeof word === 'string' && /^[\w.-]{1,64}$/.test(word)).join(' ');
}

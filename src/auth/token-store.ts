/** Where logins are shared. */

/**
 * Keeps logins for a fleet of processes: pass the same store to every client, as `tokenStore`. You can pass an instance of Keyv.
 *
 * The client trusts it: it holds live tokens, and the client uses what it returns. Values are strings that the client makes. A store
 * that throws, does not respond within 2 seconds or returns an invalid value costs a login, never a call.
 */
export interface TokenStore {
  /** Returns the value of a key; undefined or null when there is none, or it has expired. */
  get(key: string): Promise<unknown>;
  /** Stores a value for this many milliseconds and replaces the one before. Resolves with `false` when it failed. */
  set(key: string, value: string, ttlMs: number): Promise<unknown>;
  /** Removes a key, if it is there. */
  delete(key: string): Promise<unknown>;
  /**
   * Stores a value for this many milliseconds if the key has none, as one atomic step, and returns whether it did. With it,
   * processes that need a token at the same time log in once between them. Without it, each logs in at most once.
   */
  setIfAbsent?: ((key: string, value: string, ttlMs: number) => Promise<boolean>) | undefined;
}

const mostEntries = 1000;

/**
 * A token store in memory: for several clients of one process, and for tests. Keeps at most 1000 entries and drops the oldest.
 * Neither `console.log`, `util.inspect` nor `JSON.stringify` show what it holds.
 */
export class MemoryTokenStore implements TokenStore {
  readonly #entries = new Map<string, { readonly value: string; readonly endsAt: number }>();

  /** Returns the value of a key; undefined when there is none, or it has expired. */
  async get(key: string): Promise<string | undefined> {
    return this.#find(key);
  }

  /** Stores a value for this many milliseconds. */
  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#keep(key, value, ttlMs);
  }

  /** Removes a key, if it is there. */
  async delete(key: string): Promise<void> {
    this.#entries.delete(key);
  }

  /** Stores a value for this many milliseconds if the key has none, and returns whether it did. */
  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    if (this.#find(key) !== undefined) return false;
    this.#keep(key, value, ttlMs);
    return true;
  }

  #find(key: string): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || performance.now() < entry.endsAt) return entry?.value;
    this.#entries.delete(key);
    return undefined;
  }

  #keep(key: string, value: string, ttlMs: number): void {
    // Removed first, so that the map keeps the order of writes.
    this.#entries.delete(key);
    this.#entries.set(key, { value, endsAt: performance.now() + ttlMs });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= mostEntries) return;
      this.#entries.delete(oldest);
    }
  }
}

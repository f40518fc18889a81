/** Time that goes on by itself as soon as nothing else happens: waits of days cost nothing. */

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

const mostTimers = 5_000;

/** Takes the timers and the clock of this realm into its hands until `restore` is called. */
export class Clock {
  readonly #timers = new Map<number, Timer>();
  readonly #undo: () => void;
  #now = 0;
  #count = 0;

  constructor() {
    const { clearTimeout, setTimeout } = globalThis;
    const { now: realNow } = Date;
    const realPerformance = performance.now;
    Object.assign(globalThis, {
      setTimeout: (callback: () => void, ms = 0) => {
        this.#count += 1;
        this.#timers.set(this.#count, { at: this.#now + Math.max(0, ms), callback });
        return this.#count;
      },
      clearTimeout: (timer: unknown) => void this.#timers.delete(timer as number),
    });
    performance.now = () => this.#now;
    Date.now = () => 1_700_000_000_000 + this.#now;
    this.#undo = () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      performance.now = realPerformance;
      Date.now = realNow;
    };
  }

  /** Gives the timers and the clock back. */
  restore(): void {
    this.#undo();
  }

  get now(): number {
    return this.#now;
  }

  /** Resolves after so many milliseconds of this clock. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Lets time pass until the promise has settled; null when nothing can settle it any more. */
  async settle<T>(work: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown } | null> {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    work.then(
      (value) => {
        outcome = { value };
      },
      (error: unknown) => {
        outcome = { error };
      },
    );
    for (let fired = 0; outcome === undefined; fired += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (outcome !== undefined) break;
      if (!this.#fire() || fired > mostTimers) return null;
    }
    this.#timers.clear();
    return outcome;
  }

  #fire(): boolean {
    let next: readonly [number, Timer] | undefined;
    for (const entry of this.#timers) if (next === undefined || entry[1].at < next[1].at) next = entry;
    if (next === undefined) return false;
    const [id, { at, callback }] = next;
    this.#timers.delete(id);
    this.#now = Math.max(this.#now, at);
    callback();
    return true;
  }
}

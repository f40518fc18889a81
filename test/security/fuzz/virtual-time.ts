/** A clock that goes on by itself as soon as nothing else happens, so that minutes of waiting cost nothing and a hang is seen as one. */
interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** What became of a promise. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'hang' };

// A body passes through a few turns of the event loop without any timer.
const turnsBeforeTimer = 3;
const turnsBeforeHang = 200;
const mostTimers = 20_000;

/** Timers, clocks and chance of this realm, in our hands until `restore` is called. */
export class VirtualTime {
  readonly #timers = new Map<number, Timer>();
  readonly #restore: () => void;
  #now = 0;
  #count = 0;
  #pendingWork = 0;

  /** @param random - takes the place of `Math.random` */
  constructor(random: () => number) {
    const { clearTimeout, setTimeout } = globalThis;
    const { random: realRandom } = Math;
    const realDate = Date.now;
    const realPerformance = performance.now;
    const undoCrypto = this.#watchCrypto();
    const startTimer = (callback: () => void, ms = 0) => {
      this.#count += 1;
      this.#timers.set(this.#count, { at: this.#now + Math.max(0, ms), callback });
      return this.#count;
    };
    Object.assign(globalThis, {
      setTimeout: startTimer,
      clearTimeout: (timer: unknown) => void this.#timers.delete(timer as number),
    });
    Date.now = () => 1_767_225_600_000 + this.#now;
    performance.now = () => this.#now;
    Math.random = random;
    this.#restore = () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      Date.now = realDate;
      performance.now = realPerformance;
      Math.random = realRandom;
      undoCrypto();
    };
  }

  /** Gives everything back. */
  restore(): void {
    this.#restore();
  }

  /** Timers that are running. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass until the promise has settled. */
  async settle(work: Promise<unknown>): Promise<Outcome> {
    let outcome: Outcome | undefined;
    work.then(
      (value) => {
        outcome = { kind: 'value', value };
      },
      (error: unknown) => {
        outcome = { kind: 'error', error };
      },
    );
    for (let idle = 0, fired = 0; outcome === undefined; idle += 1) {
      await turn();
      if (this.#pendingWork > 0) idle = 0;
      if (outcome !== undefined || idle < turnsBeforeTimer) continue;
      if (this.#fireNext()) {
        idle = 0;
        fired += 1;
      } else if (idle > turnsBeforeHang) return { kind: 'hang' };
      if (fired > mostTimers) return { kind: 'hang' };
    }
    return outcome;
  }

  /** Lets what goes on behind the callers come to its end; false when it does not. */
  async drain(): Promise<boolean> {
    for (let fired = 0; fired < 1_000; fired += 1) {
      for (let idle = 0; idle < turnsBeforeTimer || this.#pendingWork > 0; idle += 1) await turn();
      if (!this.#fireNext()) return true;
    }
    return false;
  }

  #fireNext(): boolean {
    let next: [number, Timer] | undefined;
    for (const entry of this.#timers) if (next === undefined || entry[1].at < next[1].at) next = entry;
    if (next === undefined) return false;
    const [id, { at, callback }] = next;
    this.#timers.delete(id);
    this.#now = Math.max(this.#now, at);
    callback();
    return true;
  }

  // Web Crypto works on other threads, beside which no virtual time may pass.
  #watchCrypto(): () => void {
    const { subtle } = globalThis.crypto;
    const names = ['digest', 'importKey', 'sign'] as const;
    for (const name of names) {
      const real = Reflect.get(subtle, name) as (...parameters: unknown[]) => Promise<unknown>;
      const watched = async (...parameters: unknown[]) => {
        this.#pendingWork += 1;
        try {
          return await Reflect.apply(real, subtle, parameters);
        } finally {
          this.#pendingWork -= 1;
        }
      };
      Object.defineProperty(subtle, name, { value: watched, configurable: true });
    }
    return () => {
      for (const name of names) Reflect.deleteProperty(subtle, name);
    };
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

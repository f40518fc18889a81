/** Calls functions of the caller, one at a time. */
import type { Scope } from '../transport/scope.js';

interface Question {
  readonly result: Promise<unknown>;
  /** Who waits for it. */
  asker: Scope;
}

/**
 * @internal Runs one function at a time, for example one that asks a person for a passcode.
 *
 * A caller that comes while another function runs waits for its end first. When no caller waits for the running one any more, its
 * result goes to the next caller.
 */
export class Exclusive<T> {
  #open: Question | undefined;

  /** Asks, and returns what the question resolves with. The scope ends the wait, not the question. */
  async ask(question: () => T | Promise<T>, scope: Scope): Promise<T> {
    for (let open = this.#open; open !== undefined; open = this.#open) {
      if (open.asker.signal.aborted) {
        open.asker = scope;
        return (await scope.race(open.result)) as T;
      }
      await scope.race(open.result.catch(() => undefined));
    }
    const result = (async () => question())();
    this.#open = { result, asker: scope };
    const close = () => {
      this.#open = undefined;
    };
    result.then(close, close);
    return scope.race(result);
  }
}

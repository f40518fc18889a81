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
 * result goes to the next caller. When it fails then, because its signal was aborted, the function runs again for the next caller.
 */
export class Exclusive<T> {
  #open: Question | undefined;

  /** Runs the function and returns what it resolves with. The scope ends the wait and aborts the signal of the function. */
  async ask(question: (signal: AbortSignal) => T | Promise<T>, scope: Scope): Promise<T> {
    for (let open = this.#open; open !== undefined; open = this.#open) {
      const isFree = open.asker.signal.aborted;
      if (isFree) open.asker = scope;
      const outcome = await scope.race(
        open.result.then(
          (value) => ({ value }),
          () => undefined,
        ),
      );
      if (isFree && outcome !== undefined) return outcome.value as T;
    }
    const result = (async () => question(scope.signal))();
    this.#open = { result, asker: scope };
    const close = () => {
      this.#open = undefined;
    };
    result.then(close, close);
    return scope.race(result);
  }
}

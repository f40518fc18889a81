/** Async iterables whose loop can be left at any time, also while they wait. */
import { showCallerOf } from '../sms-error.js';
import type { OpenScope, Scope, ScopeLimits } from '../transport/scope.js';

/**
 * @internal Makes an async iterable of a generator. Each loop over it is a run of its own, with a scope of its own. An iterator is
 * an object of ours, because `return()` of a generator waits until the generator yields: here it ends the scope and every pending
 * `next()` at once.
 *
 * @param limits - what ends a run before its work is done
 * @param run - does the work under the scope; whatever it waits for must end with the scope
 */
export function makeIterable<T>(
  openScope: OpenScope,
  limits: () => ScopeLimits,
  run: (scope: Scope) => AsyncGenerator<T, void, undefined>,
): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => iterate(openScope, limits, run) };
}

function iterate<T>(
  openScope: OpenScope,
  limits: () => ScopeLimits,
  run: (scope: Scope) => AsyncGenerator<T, void, undefined>,
): AsyncIterator<T, void, undefined> {
  const done: IteratorResult<T, void> = { done: true, value: undefined };
  const pending = new Set<(result: IteratorResult<T, void>) => void>();
  let isLeft = false;
  let scope: Scope | undefined;
  let steps: AsyncGenerator<T, void, undefined> | undefined;

  // Nothing begins before the first item is asked for, so that an iterator that is never used holds nothing.
  const begin = () => {
    scope = openScope(limits());
    steps = run(scope);
    return steps;
  };
  const finish = () => {
    isLeft = true;
    scope?.cancel();
  };
  const leave = () => {
    finish();
    for (const resolve of pending) resolve(done);
    pending.clear();
    // Runs the `finally` blocks of the generator, without waiting for them.
    steps?.return().catch(() => undefined);
  };

  const advance = () =>
    new Promise<IteratorResult<T, void>>((resolve, reject) => {
      const step = (steps ?? begin()).next();
      pending.add(resolve);
      step.then(
        (result) => {
          pending.delete(resolve);
          if (result.done) finish();
          resolve(result);
        },
        (error: unknown) => {
          pending.delete(resolve);
          finish();
          reject(error);
        },
      );
    });

  return {
    async next() {
      if (isLeft) return done;
      try {
        return await advance();
      } catch (error) {
        throw showCallerOf(error, new Error());
      }
    },
    return() {
      leave();
      return Promise.resolve(done);
    },
    throw(reason) {
      leave();
      return Promise.reject(reason);
    },
  };
}

/** The kinds of option that calls, waits and clients share. */
import { custom, type Field, number } from '../schemas/fields.js';

const longestTimeoutMs: number = 2 ** 31 - 1;

/** @internal A duration that a timer can hold. */
export const timeout = (): Field<number> => number({ min: 1, max: longestTimeoutMs });

/** @internal How often something is repeated. */
export const retries = (): Field<number> => number({ min: 0, max: 100 });

/** @internal A function of the caller's. */
export function callback<F>(): Field<F> {
  return custom<F>('a function', (value) => typeof value === 'function');
}

/** @internal A value of a query. */
export function scalar(): Field<string | number | boolean | null | undefined> {
  return custom(
    'a text, a number or a truth value',
    (value) => value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value),
  );
}

/** @internal A signal of any realm: `instanceof` would refuse those of jsdom and of other windows. */
export function abortSignal(): Field<AbortSignal> {
  return custom<AbortSignal>('an AbortSignal', (value) => {
    const { aborted, addEventListener, removeEventListener } = Object(value);
    return [typeof aborted, typeof addEventListener, typeof removeEventListener].join() === 'boolean,function,function';
  });
}

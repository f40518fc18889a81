/**
 * What the sentences of this folder are written with. Nothing here runs: `test/types/sentences.test.ts` lets the compiler check the
 * files against `dist` and makes one test of each `it()`.
 */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

interface Expectation<A> {
  toEqualTypeOf<B>(...differs: Same<A, B> extends true ? [] : [never]): void;
  toExtend<B>(...differs: A extends B ? [] : [never]): void;
}

export declare function it(sentence: string, body: () => unknown): void;
export declare function expectTypeOf<A>(value: A): Expectation<A>;
export declare function expectTypeOf<A>(): Expectation<A>;
export declare function assertType<A>(value: A): void;

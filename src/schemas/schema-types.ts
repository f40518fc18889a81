/** What a schema is to the compiler. Nothing here exists at run time. */
import type * as z from 'zod/mini';

/** What `safeParse` of a {@link Schema} returns: the data, or the error that says why there is none. */
export type SafeParseResult<T> =
  | {
      /** The value fits. */
      readonly success: true;
      /** The value with its type. */
      readonly data: T;
      /** Never there. */
      readonly error?: undefined;
    }
  | {
      /** The value does not fit. */
      readonly success: false;
      /** Never there. */
      readonly data?: undefined;
      /** One issue for each place that does not fit. */
      readonly error: z.core.$ZodError<T>;
    };

/** @internal What reads a value of any kind. */
export interface Field<T> {
  parse(value: unknown): T;
  safeParse(value: unknown): SafeParseResult<T>;
}

/**
 * A schema of this package: a zod object (so it composes with a caller's own zod schemas, `z.extend` and `z.partial` take it, and
 * it is a [Standard Schema](https://standardschema.dev)) that reads a `T`.
 *
 * `schema.parse(json)` returns the value or throws a `ZodError` whose message has one line an issue, such as
 * `sub_tasks[3].progress: expected number, received string`; `schema.safeParse(json)` returns a result instead of throwing.
 *
 * @example
 * ```ts
 * import { Task } from '@org/sms-client/schemas';
 *
 * const task: Task = Task.parse(JSON.parse('{"id":"8abda863","state":"RUNNING"}'));
 * ```
 */
export type Schema<T> = {
  /** Returns the value with its type, or throws a `ZodError`. */
  parse(value: unknown): T;
  /** Returns the value with its type, or the error. */
  safeParse(value: unknown): SafeParseResult<T>;
} & z.ZodMiniObject<
  { [K in keyof T]-?: undefined extends T[K] ? z.ZodMiniOptional<z.ZodMiniType<T[K]>> : z.ZodMiniType<T[K]> },
  z.core.$strip
>;

/** @internal The type that a schema or field reads, for `interface X extends Infer<typeof x> {}`. */
// By the name of the alias first, which costs the compiler nothing; only fields have no name to go by.
export type Infer<S> = S extends Schema<infer T> ? T : S extends Field<infer T> ? T : never;

/** @internal The type of a response: what is not required may be absent or null, as the service does. */
export type LooseOf<Required, Optional> = { -readonly [K in keyof Required]: Infer<Required[K]> } & {
  -readonly [K in keyof Optional]?: Infer<Optional[K]> | null | undefined;
};

// What is sent is only read, so lists of constants are welcome.
type Sent<T> = [T] extends [readonly (infer Item)[]] ? readonly Item[] : T;

/** @internal The type of a request: what is not required may be left out or null, which is not sent. */
export type StrictOf<Required, Optional> = { -readonly [K in keyof Required]: Sent<Infer<Required[K]>> } & {
  -readonly [K in keyof Optional]?: Sent<Infer<Optional[K]>> | null | undefined;
};

/** @internal The type of options of our own: what is not required may be left out or undefined. */
export type SettingsOf<Required, Optional> = { -readonly [K in keyof Required]: Sent<Infer<Required[K]>> } & {
  -readonly [K in keyof Optional]?: Sent<Infer<Optional[K]>> | undefined;
};

/** @internal A field for each option of an interface that is written by hand. */
export type FieldsOf<Options> = { readonly [Name in keyof Options]-?: Field<Exclude<Options[Name], undefined>> };

/** @internal The names of the options that must be given. */
export type RequiredNames<Options> = {
  [Name in keyof Options]-?: undefined extends Options[Name] ? never : Name;
}[keyof Options];

/** @internal What is read of zod's definition of a schema. */
export interface Definition {
  readonly shape?: Readonly<Record<string, Field<unknown>>>;
  readonly innerType?: Field<unknown>;
  readonly element?: Field<unknown>;
  /** The values that a field is known to have. */
  readonly known?: readonly (string | number)[];
  /** True for what `secret()` made. */
  readonly isSecret?: boolean;
}

import { describe, expect, it } from 'vitest';
import { inlineTypes } from '../../scripts/declarations/inline-types.js';
import { keepPublic } from '../../scripts/declarations/public-files.js';
import { findInternalNames, removeInternal } from '../../scripts/declarations/remove-internal.js';

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

describe('types made of constants', () => {
  it('of responses may be null, with their comments', () => {
    const printed = inlineTypes(
      'a.d.ts',
      `declare const task: Schema<LooseOf<{
        /** Id. */
        id: Field<string>;
      }, {
        /** Steps. */
        steps: Field<Step[]>;
        target: Schema<Target>;
        other: Field<unknown>;
      }>>;
      interface Task extends Base, Infer<typeof task> {
      }`,
    );
    expect(lines(printed).slice(-8)).toEqual([
      'interface Task extends Base {',
      '/** Id. */',
      'id: string;',
      '/** Steps. */',
      'steps?: Step[] | null | undefined;',
      'target?: Target | null | undefined;',
      'other?: unknown;',
      '}',
    ]);
  });

  it('of requests take lists that are only read, those of options no null', () => {
    const request = 'declare const a: Schema<StrictOf<{ ids: Field<string[]>; }, { names: Field<string[]>; }>>;';
    expect(inlineTypes('a.d.ts', `${request}\ninterface A extends Infer<typeof a> {}`)).toContain(
      'ids: readonly string[];\n  names?: readonly string[] | null | undefined;',
    );
    const option = 'declare const a: Schema<SettingsOf<unknown, { get: Field<() => string>; }>>;';
    expect(inlineTypes('a.d.ts', `${option}\ninterface A extends Infer<typeof a> {}`)).toContain(
      'get?: (() => string) | undefined;',
    );
  });

  it('of tables are unions and fields', () => {
    const printed = inlineTypes(
      'a.d.ts',
      `declare const table: { readonly one: 'text?'; readonly two: 'list'; };
      declare const names: readonly ["x", "y"];
      type Name = (typeof names)[number];
      type Key = keyof typeof table;
      interface Fields extends WireFields<typeof table> {}`,
    );
    expect(lines(printed).slice(2)).toEqual([
      'type Name = "x" | "y";',
      "type Key = 'one' | 'two';",
      'interface Fields {',
      'one?: string | null | undefined;',
      'two?: readonly unknown[] | undefined;',
      '}',
    ]);
  });

  it('are refused when they are of another kind', () => {
    const text = 'declare const a: Schema<Other>;\ninterface A extends Infer<typeof a> {}';
    expect(() => inlineTypes('a.d.ts', text)).toThrow('this is no object of fields');
  });
});

describe('what is internal', () => {
  const text = `/** @internal A symbol. */
  declare const brand: unique symbol;
  /** @internal */
  interface Hidden {}
  /** Shown. */
  declare class Shown implements Hidden {
    /** @internal */
    constructor(secret: Hidden);
    get [brand](): true;
    /** @internal */
    help(): void;
    /** Does something. */
    work(): void;
  }`;

  it('goes, but for constructors that users could call by mistake', () => {
    const names = new Set(findInternalNames('a.d.ts', text));
    expect([...names]).toEqual(['brand', 'Hidden']);
    const shown = removeInternal('a.d.ts', text, names, new Set(['Shown']));
    expect(lines(shown).slice(5)).toEqual([
      'declare class Shown {',
      'protected constructor();',
      '/** Does something. */',
      'work(): void;',
      '}',
    ]);
    expect(removeInternal('a.d.ts', text, names, new Set())).not.toContain('constructor');
  });
});

describe('what the entries need', () => {
  const texts = new Map([
    [
      'index.d.ts',
      `import { T as Task, H as Hidden } from './chunk.js';
      import * as z from 'zod/mini';
      import 'zod/mini';
      /** Of a module. */

      /** A client. */
      declare class Client { task: Task; }
      declare class Tasks { list(): Hidden[]; }
      declare const tasks: Tasks;
      export { Client as C, Tasks as T };`,
    ],
    [
      'chunk.d.ts',
      `interface Task { id: string; }
      declare const Task: Schema<Task>;
      interface Hidden { other: Other; }
      interface Other {}
      interface Unused {}
      export { Task as T, type Hidden as H, Unused as U };`,
    ],
  ]);

  it('stays, and what is no value at run time is exported as a type', () => {
    const printed = keepPublic(texts, [{ entry: 'index.d.ts', isValue: (name) => name === 'C' }]);
    expect(lines(printed.get('index.d.ts') ?? '')).toEqual([
      "import { T as Task, H as Hidden } from './chunk.js';",
      '/** A client. */',
      'declare class Client { task: Task; }',
      'declare class Tasks { list(): Hidden[]; }',
      'export { Client as C, type Tasks as T };',
    ]);
    expect(lines(printed.get('chunk.d.ts') ?? '')).toEqual([
      'interface Task { id: string; }',
      'interface Hidden { other: Other; }',
      'interface Other {}',
      'export { type Task as T, type Hidden as H };',
    ]);
  });

  it('must be there', () => {
    expect(() => keepPublic(texts, [{ entry: 'other.d.ts', isValue: () => true }])).toThrow('there is no other.d.ts');
  });
});

/** The same models in a realm that forbids the generation of code. */

import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { root } from '../repository.js';
import { readFixture } from './facts.js';

const { responseFixtures, requestFixtures } = await import('./fixtures.js');
const { nameOf } = await import('./tables.js');

const fixtures = [...Object.entries(responseFixtures), ...Object.entries(requestFixtures)];

describe('where code generation is forbidden', () => {
  const bundle = buildSync({
    stdin: {
      contents: "export * from './index.js'; export { check, formatIssues } from './fields.js';",
      resolveDir: join(root, 'src/schemas'),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'schemas',
  }).outputFiles[0]?.text;

  const realm = createContext({}, { codeGeneration: { strings: false, wasm: false } });
  runInContext(bundle ?? '', realm);
  const evaluate = (code: string): unknown => runInContext(code, realm);

  it('new Function throws', () => {
    expect(() => evaluate("new Function('return 1')")).toThrow(/Code generation from strings disallowed/);
  });

  it.each(fixtures.filter(([name]) => !name.startsWith('iam.')))('%s parses', (name, schema) => {
    const json = JSON.stringify(readFixture(name));
    const outcome = evaluate(
      `JSON.stringify(schemas.${nameOf.get(schema)}.parse(JSON.parse(${JSON.stringify(json)})))`,
    );
    expect(JSON.parse(String(outcome))).toEqual(readFixture(name));
  });

  it('messages are the same', () => {
    const code =
      "schemas.formatIssues(schemas.check(schemas.Task, { id: 'x', state: null, sub_tasks: [{ id: 'x' }] }).issues)";
    expect(evaluate(code)).toBe(
      'state: expected string, received null\nsub_tasks[0].id: expected number, received string',
    );
  });
});

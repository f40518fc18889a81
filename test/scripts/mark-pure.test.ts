import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { addPureAnnotations } from '../../scripts/mark-pure.js';

/** What a bundler keeps of a module of which nothing is used. */
async function bundle(text: string): Promise<string> {
  const { code } = await transform(addPureAnnotations('module.ts', text), {
    loader: 'ts',
    treeShaking: true,
    format: 'iife',
  });
  return code.replace(/\(\(\) => \{|\}\)\(\);|"use strict";|\s/g, '');
}

describe('pure annotations of the build', () => {
  it.each([
    'const a = make({ b: alias(), ...c });',
    'const a = tag`x`;',
    'const a = new RegExp("x");',
    'class A extends B {}',
    'abstract class A { get [key]() { return 1; } }',
  ])('let a bundler drop %j', async (text) => {
    expect(await bundle(text)).toBe('');
  });

  it('keep what a module does, its exports and the names of its classes', async () => {
    expect(await bundle('run();')).toContain('run()');
    const text =
      'export abstract class A extends Array<string> { abstract x: 1; static make() { return A.name; } }\nexport const b = A.make();';
    const { code } = await transform(addPureAnnotations('module.ts', text), {
      loader: 'ts',
      format: 'esm',
      target: 'es2022',
    });
    const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
    expect([module.A.name, module.b]).toEqual(['A', 'A']);
  });
});

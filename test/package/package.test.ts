import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../repository.js';
import { findNames, findRepeatedShapes, readComments } from './declarations.js';
import { createProject, createSandbox, readInstalled, run, type Sandbox } from './sandbox.js';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
});

afterAll(() => sandbox?.remove());

describe('contents', () => {
  it('are exactly these files', () => {
    // What entries share is named by the bundler, after its contents.
    const files = sandbox.files.map((path) => path.replace(/^dist\/[a-z-]+-[\w-]{8}\./, 'dist/shared-hash.'));
    expect([...new Set(files)].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/THIRD-PARTY-LICENSES.txt',
      'dist/cli.js',
      'dist/index.cjs',
      'dist/index.d.cts',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/node.cjs',
      'dist/node.d.cts',
      'dist/node.d.ts',
      'dist/node.js',
      'dist/schemas.cjs',
      'dist/schemas.d.cts',
      'dist/schemas.d.ts',
      'dist/schemas.js',
      'dist/shared-hash.cjs',
      'dist/shared-hash.d.cts',
      'dist/shared-hash.d.ts',
      'dist/shared-hash.js',
      'dist/testing.cjs',
      'dist/testing.d.cts',
      'dist/testing.d.ts',
      'dist/testing.js',
      'package.json',
    ]);
  });

  it('name the repository, and nothing that only the repository needs', async () => {
    const manifest = JSON.parse(await readInstalled(sandbox, 'package.json'));
    expect(Object.keys(manifest)).toEqual(expect.arrayContaining(['repository', 'homepage', 'bugs', 'license']));
    // npm warns of a `prepare` script, and asks about scripts of an installation.
    for (const key of ['scripts', 'devDependencies', 'allowScripts']) expect(manifest).not.toHaveProperty(key);
  });

  it('carry the licence of the code that is bundled', async () => {
    expect(await readInstalled(sandbox, 'dist/THIRD-PARTY-LICENSES.txt')).toMatch(
      /ky[\s\S]+MIT License[\s\S]+Sindre Sorhus/,
    );
  });

  it('show no type of ky and nothing from Node', async () => {
    const declarations = sandbox.files.filter((path) => /\.d\.c?ts$/.test(path));
    expect(declarations.length).toBeGreaterThan(5);
    for (const path of declarations) {
      const text = await readInstalled(sandbox, path);
      expect(text, path).not.toMatch(/['"](ky|node:[a-z/]+)['"]/);
    }
  });

  it('keep the comment of every property', () => {
    const inPackage = (path: string) => join(sandbox.folder, 'node_modules/@org/sms-client/dist', path);
    const endings = ['.d.ts', '.d.cts'];
    const [written = new Map<string, boolean>(), ...packed] = readComments(
      ['index.ts', 'testing/index.ts', 'node/index.ts'].map((path) => join(root, 'src', path)),
      ...endings.map((ending) => ['index', 'testing', 'node'].map((entry) => inPackage(entry + ending))),
    );
    const documented = [...written.keys()].filter((property) => written.get(property));
    expect(documented.length).toBeGreaterThan(1400);
    expect(packed).toHaveLength(endings.length);
    for (const [index, ending] of endings.entries()) {
      expect(
        documented.filter((property) => !packed[index]?.get(property)),
        ending,
      ).toEqual([]);
    }
  });

  it.each(['.d.ts', '.d.cts'])('name nothing in %s that users cannot import', async (ending) => {
    const paths = sandbox.files.filter((path) => path.endsWith(ending));
    const files = await Promise.all(
      paths.map(async (path) => ({
        isEntry: /^dist\/(index|schemas|testing|node)\./.test(path),
        text: await readInstalled(sandbox, path),
      })),
    );
    const { declared, exported } = findNames(files);
    expect(exported.size).toBeGreaterThan(200);
    expect([...declared].filter((name) => !exported.has(name))).toEqual([]);
    for (const { text } of files) expect(text).not.toMatch(/@internal|\bTransport\b/);
    // A user constructs the client alone.
    const constructors = files.flatMap(({ text }) => text.match(/^.*\bconstructor\(.*$/gm) ?? []);
    expect(new Set(constructors.map((line) => line.trim()))).toEqual(
      new Set(['constructor(options: ClientOptions);', 'protected constructor();']),
    );
  });

  it('take less than 240 kB of declarations for each kind of module, and 95 kB without comments', async () => {
    for (const ending of ['.d.ts', '.d.cts']) {
      const paths = sandbox.files.filter((path) => path.endsWith(ending));
      const texts = await Promise.all(paths.map((path) => readInstalled(sandbox, path)));
      const bare = texts.map((text) => text.replaceAll(/\s*\/\*\*[\s\S]*?\*\//g, ''));
      expect(texts.join('').length, ending).toBeLessThan(240_000);
      expect(bare.join('').length, ending).toBeLessThan(95_000);
    }
  });

  it.each(['.d.ts', '.d.cts'])('print no shape twice in %s', async (ending) => {
    const paths = sandbox.files.filter((path) => path.endsWith(ending));
    const texts = await Promise.all(paths.map((path) => readInstalled(sandbox, path)));
    expect(findRepeatedShapes(texts, 4)).toEqual([]);
  });

  it('name Node only in the entry for Node and in the command', async () => {
    for (const path of sandbox.files.filter((name) => /^dist\/(?!cli\.|node\.|testing\.).*js$/.test(name))) {
      expect(await readInstalled(sandbox, path), path).not.toMatch(/(require|import)\(['"]node:|from ['"]node:/);
    }
  });

  it('load Node’s server only for listen(), in a way that no bundler follows', async () => {
    for (const path of ['dist/testing.js', 'dist/testing.cjs']) {
      const text = await readInstalled(sandbox, path);
      expect(text, path).toMatch(/getBuiltinModule\?\.\(['"]node:http['"]\)/);
      expect(text, path).not.toMatch(/(require|import)\(['"]node:|from ['"]node:/);
    }
  });
});

describe('the installed package', () => {
  const outcome = { states: ['MIGRATE_SUCCESS', 'MIGRATE_SUCCESS'], shared: true };

  it('loads as CommonJS where web classes are missing, as in the jsdom of Jest and in React Native', async () => {
    const missing = `AbortController AbortSignal Blob FormData Headers ReadableStream Request Response TextDecoder TextEncoder
      URLSearchParams crypto fetch structuredClone`;
    const folder = await createProject(sandbox, 'bare', { type: 'commonjs' }, []);
    const program = `for (const name of ${JSON.stringify(missing.split(/\s+/))}) {
      Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
      delete globalThis[name];
    }
    for (const entry of ['', '/schemas', '/testing', '/node']) require('@org/sms-client' + entry);
    console.log(typeof TextEncoder, typeof fetch);`;
    await writeFile(join(folder, 'bare.cjs'), program);
    expect((await run('node', ['bare.cjs'], folder)).trim()).toBe('undefined undefined');
  });

  it('runs the quickstart of the README with plain node, to the end of a migration', async () => {
    const folder = await createProject(sandbox, 'quickstart', {}, []);
    const [, quickstart = ''] = /```js\n([\s\S]*?)```/.exec(await readInstalled(sandbox, 'README.md')) ?? [];
    await writeFile(join(folder, 'quickstart.mjs'), quickstart);
    const lines = (await run('node', ['quickstart.mjs'], folder)).trim().split('\n');
    expect(lines.at(-2)).toMatch(/^100 % /);
    expect(lines.at(-1)).toBe('MIGRATE_SUCCESS');
  });

  it('works in an ESM project', async () => {
    const folder = await createProject(sandbox, 'esm', { type: 'module' }, [
      'esm.mjs',
      'main-flow.cjs',
      'is-shared.cjs',
    ]);
    expect(JSON.parse(await run('node', ['esm.mjs'], folder))).toEqual(outcome);
  });

  it('works in a CommonJS project', async () => {
    const folder = await createProject(sandbox, 'cjs', { type: 'commonjs' }, [
      'cjs.cjs',
      'main-flow.cjs',
      'is-shared.cjs',
    ]);
    expect(JSON.parse(await run('node', ['cjs.cjs'], folder))).toEqual(outcome);
  });
});

describe('the command', () => {
  it('is installed, and explains itself', async () => {
    const command = join(sandbox.folder, 'node_modules/.bin/sms-client');
    expect(await run(command, ['--help'], sandbox.folder)).toMatch(/^ {2}simulate /m);
    expect(await run(command, ['simulate', '--help'], sandbox.folder)).toContain('--port');
  });
});

describe('types', () => {
  const strict = { strict: true, skipLibCheck: false, noEmit: true, target: 'es2022' };
  const nodeTypes = { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] };
  const cases: Record<string, { compilerOptions: Record<string, unknown>; files: string[] }> = {
    // Projects on Node know `URL` and `AbortSignal` by its types, without the library of the DOM.
    node16: {
      compilerOptions: { ...strict, ...nodeTypes, module: 'node16', moduleResolution: 'node16', lib: ['es2022'] },
      files: ['types.mts', 'types.cts'],
    },
    bundler: {
      compilerOptions: {
        ...strict,
        exactOptionalPropertyTypes: true,
        types: [],
        module: 'esnext',
        moduleResolution: 'bundler',
        lib: ['es2022', 'dom', 'dom.iterable'],
      },
      files: ['types.mts'],
    },
    // Whatever our functions return can be exported: the compiler has a name for each part of it.
    'declarations of a library': {
      compilerOptions: {
        ...strict,
        ...nodeTypes,
        noEmit: false,
        declaration: true,
        module: 'nodenext',
        moduleResolution: 'nodenext',
        lib: ['es2022'],
      },
      files: ['library.mts'],
    },
  };

  it.each(Object.entries(cases))('hold: %s', async (name, { compilerOptions, files }) => {
    const folder = await createProject(sandbox, `types-${name.replaceAll(' ', '-')}`, { type: 'module' }, files);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    // TypeScript 7 takes a tenth of the time. `npm run test:runtimes` tries every version that is supported.
    const version = name === 'node16' ? 'typescript-native' : 'typescript';
    const compiler = join(root, `node_modules/${version}/bin/tsc`);
    const report = await run('node', [compiler, '--extendedDiagnostics'], folder);
    console.log(name, report.match(/Instantiations:.*/)?.[0]);
    // Of these zod takes 51,300, whoever imports it. The sum was 161,000 once.
    if (name === 'bundler') expect(Number(/Instantiations:\s+(\d+)/.exec(report)?.[1])).toBeLessThan(53_600);
  });
});

/** What each kind of bundle may take, in the format of size-limit. */
const limits: { name: string; path: string; import: string; limit: string }[] = JSON.parse(
  readFileSync(join(root, '.size-limit.json'), 'utf8'),
);

describe('bundle', () => {
  /** Bundles for a browser, where whatever needs Node fails the build. */
  async function bundle(contents: string): Promise<{ kilobytes: number; inputs: string[] }> {
    const { outputFiles, metafile } = await build({
      stdin: { contents, resolveDir: sandbox.folder },
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      logLevel: 'silent',
    });
    expect(listExternals(metafile)).toEqual([]);
    const kilobytes = gzipSync(outputFiles[0]?.contents ?? '').length / 1000;
    return { kilobytes, inputs: Object.keys(metafile.inputs) };
  }

  function listExternals({ outputs }: Metafile): string[] {
    return Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  }

  it.each(limits)('of $name fits in $limit and needs nothing from Node', async ({ import: names, limit, path }) => {
    const { kilobytes } = await bundle(`export ${names} from '${path}'`);
    console.log(`${names} of ${path}, minified and gzipped: ${kilobytes.toFixed(1)} kB`);
    expect(kilobytes).toBeLessThanOrEqual(Number.parseFloat(limit));
  });

  it('of the schemas carries no ky', async () => {
    const { inputs } = await bundle(`export { Task } from '@org/sms-client/schemas'`);
    expect(inputs.filter((path) => path.includes('node_modules/ky/'))).toEqual([]);
  });

  it('of the CommonJS build carries ky itself and finds all it requires', async () => {
    const { inputs } = await bundle(`export const { SmsClient } = require('@org/sms-client')`);
    expect(inputs.filter((path) => path.endsWith('sms-client/dist/index.cjs'))).toHaveLength(1);
    expect(inputs.filter((path) => path.includes('node_modules/ky/'))).toEqual([]);
  });
});

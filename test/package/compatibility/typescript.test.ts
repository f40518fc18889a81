import { beforeAll, describe, expect, it } from 'vitest';
import { readConsumers, run } from '../sandbox.js';
import { createHome, type Home } from './home.js';
import { compilers } from './matrix.js';

/** What a strict project sets. `types: ['node']` brings `URL`, `Response` and `AbortSignal` to projects without the library of the DOM. */
const strict = {
  strict: true,
  // The declarations of zod 4 need it, when they are checked and required from CommonJS.
  esModuleInterop: true,
  skipLibCheck: false,
  noEmit: true,
  target: 'es2022',
  lib: ['es2022', 'esnext.disposable'],
};

/** Each way of resolving modules, with the files that are written for it. */
const resolutions = {
  node10: { options: { module: 'commonjs', moduleResolution: 'node10' }, files: ['types.cts'] },
  node16: { options: { module: 'node16', moduleResolution: 'node16' }, files: ['types.mts', 'types.cts'] },
  nodenext: { options: { module: 'nodenext', moduleResolution: 'nodenext' }, files: ['types.mts', 'types.cts'] },
  bundler: {
    options: { module: 'esnext', moduleResolution: 'bundler', exactOptionalPropertyTypes: true },
    files: ['types.mts'],
  },
};

type Resolution = keyof typeof resolutions;

describe.each(Object.keys(compilers) as (keyof typeof compilers)[])('%s', (key) => {
  const { tool } = compilers[key];
  const without: readonly string[] = compilers[key].without;
  const all = (Object.keys(resolutions) as Resolution[]).filter((name) => !without.includes(name));
  // A build with little time tries the oldest way that this compiler knows.
  const ways = process.env.COMPATIBILITY === 'reduced' ? all.slice(0, 1) : all;
  let home: Home | undefined;

  beforeAll(async () => {
    home = await createHome(tool);
  });

  it.for(ways)('compiles a program under %s', async (name, { skip }) => {
    if (home === undefined) return skip(`${tool.packages} cannot be installed here`);
    const { options, files } = resolutions[name];
    const compilerOptions = {
      ...strict,
      ...options,
      ...(key === 'ts6' && name === 'node10' ? { ignoreDeprecations: '6.0' } : {}),
      types: ['node'],
    };
    const folder = await home.createProject(name, {
      ...(await readConsumers(...files)),
      'tsconfig.json': JSON.stringify({ compilerOptions, files }),
    });
    expect(await run(home.find('tsc'), ['--project', 'tsconfig.json'], folder)).toBe('');
    await home.record(name);
  });
});

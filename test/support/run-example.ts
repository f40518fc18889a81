import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { onTestFinished } from 'vitest';
import { root } from '../repository.js';

/** An example in a process of its own. */
export interface RunningExample {
  readonly child: ChildProcess;
  /** What it wrote so far. */
  readonly output: () => string;
  readonly errors: () => string;
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves with the first match in its output; rejects when it ends before. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/** Starts an example. It does not outlive the test. */
export const startExample = (name: string, ...rest: StartArguments): RunningExample =>
  startProgram(compile(`examples/${name}`), ...rest);

/** Starts a script of `scripts`. */
export const startScript = (name: string, ...rest: StartArguments): RunningExample =>
  startProgram(findFilesBesideThem.has(name) ? asWritten(`scripts/${name}`) : compile(`scripts/${name}`), ...rest);

type StartArguments = typeof startProgram extends (first: never, ...rest: infer Rest) => unknown ? Rest : never;

/** Scripts that look for other files from the place of their own. */
const findFilesBesideThem = new Set(['example', 'dashboard']);

const toFile = (name: string) => join(root, /\.\w+$/.test(name) ? name : `${name}.ts`);

/** A program as its user runs it. Each process compiles the sources anew. */
function asWritten(name: string): string[] {
  return ['--import', import.meta.resolve('tsx'), toFile(name)];
}

const compiled = new Map<string, string>();
let folder: string | undefined;

/** A program in one file, which starts in a fraction of the time. Packages stay outside, as they are. */
function compile(name: string): string[] {
  const file = compiled.get(name) ?? build(toFile(name));
  compiled.set(name, file);
  return ['--enable-source-maps', file];
}

function build(entry: string): string {
  const outfile = join(openFolder(), `${basename(entry).replace(/\.\w+$/, '')}.mjs`);
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'inline',
    tsconfig: join(root, 'tsconfig.json'),
    logLevel: 'error',
  });
  return outfile;
}

/** Inside the repository, so that what is compiled finds the packages. */
function openFolder(): string {
  if (folder !== undefined) return folder;
  const parent = join(root, 'node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  const made = mkdtempSync(join(parent, 'sms-client-programs-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}

function startProgram(
  program: readonly string[],
  parameters: readonly string[] = [],
  { cwd = root, variables = {} }: { readonly cwd?: string; readonly variables?: Record<string, string> } = {},
): RunningExample {
  // Nothing of the account of whoever runs the tests, nor of the runner.
  const inherited = Object.entries(process.env).filter(
    ([key]) =>
      !/^(HW_|HUAWEICLOUD_|NODE_OPTIONS$|REDIS_URL$|WEBHOOK_URL$|PORT$|COLUMNS$|VAULT_|HTTPS?_PROXY$|NO_PROXY$)/.test(
        key,
      ),
  );
  const child = spawn(process.execPath, [...program, ...parameters], {
    cwd,
    env: { ...Object.fromEntries(inherited), TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), ...variables },
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const collect = (stream: NodeJS.ReadableStream) => {
    const parts: string[] = [];
    stream.setEncoding('utf8').on('data', (part) => parts.push(part));
    return () => parts.join('');
  };
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const until = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output());
        if (match !== null) resolve(match);
      };
      child.stdout.on('data', look);
      look();
      ended.then((code) => reject(new Error(`It ended with ${code} before ${pattern}: ${output()}${errors()}`)));
    });
  return { child, output, errors, ended, until };
}

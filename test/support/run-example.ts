import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { test } from 'vitest';
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

/** The environment of a terminal of 60 columns. */
export const narrow = { COLUMNS: '60' };

/** The lines that such a terminal would break. */
export function findWideLines({ errors, output }: RunningExample): string[] {
  return `${output()}${errors()}`.split('\n').filter((line) => line.length >= Number(narrow.COLUMNS));
}

type Start = (name: string, parameters?: readonly string[], place?: Place) => RunningExample;

interface Place {
  readonly cwd?: string;
  readonly variables?: Record<string, string>;
}

/** What starts programs in a test. */
export interface Programs {
  /** Starts an example. */
  readonly startExample: Start;
  /** Starts a script of `scripts`. */
  readonly startScript: Start;
}

/** A test that starts programs. They do not outlive it, and tests of one file can run side by side: most of their time is waiting. */
export const it = test.extend<Programs & { readonly programs: RunningExample[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
  programs: async ({}, use) => {
    const programs: RunningExample[] = [];
    await use(programs);
    await Promise.all(programs.map(endProgram));
  },
  startExample: ({ programs }, use) =>
    use((name, ...rest) => keep(programs, startProgram(compile(`examples/${name}`), ...rest))),
  startScript: ({ programs }, use) =>
    use((name, ...rest) => {
      const path = `scripts/${name}`;
      return keep(programs, startProgram(findFilesBesideThem.has(name) ? asWritten(path) : compile(path), ...rest));
    }),
});

function keep(programs: RunningExample[], program: RunningExample): RunningExample {
  programs.push(program);
  return program;
}

/** First the signal at which a program ends those that it has started. */
async function endProgram({ child }: RunningExample): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await exited;
  clearTimeout(timer);
}

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

/** Starts a program: what node is given, the parameters, and where. The caller ends it. */
export function startProgram(
  program: readonly string[],
  parameters: readonly string[] = [],
  { cwd = root, variables = {} }: Place = {},
): RunningExample {
  // Without the account and the test runner of this environment.
  const inherited = Object.entries(process.env).filter(
    ([key]) =>
      !/^(HW_|HUAWEICLOUD_|NODE_OPTIONS$|REDIS_URL$|WEBHOOK_URL$|PORT$|COLUMNS$|VAULT_|HTTPS?_PROXY$|NO_PROXY$)/i.test(
        key,
      ),
  );
  const child = spawn(process.execPath, [...program, ...parameters], {
    cwd,
    env: { ...Object.fromEntries(inherited), TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), ...variables },
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const collect = (stream: NodeJS.ReadableStream) => {
    const parts: string[] = [];
    stream.setEncoding('utf8').on('data', (part) => parts.push(part));
    return () => parts.join('');
  };
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const until = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const inspect = () => {
        const match = pattern.exec(output());
        if (match !== null) resolve(match);
      };
      child.stdout.on('data', inspect);
      inspect();
      ended.then((code) => reject(new Error(`It ended with ${code} before ${pattern}: ${output()}${errors()}`)));
    });
  return { child, output, errors, ended, until };
}

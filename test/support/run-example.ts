import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
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

/** Starts an example as its user does. It does not outlive the test. */
export const startExample = (name: string, ...rest: StartArguments): RunningExample =>
  startProgram(`examples/${name}`, ...rest);

/** Starts a script of `scripts` in the same way. */
export const startScript = (name: string, ...rest: StartArguments): RunningExample =>
  startProgram(`scripts/${name}`, ...rest);

type StartArguments = typeof startProgram extends (name: string, ...rest: infer Rest) => unknown ? Rest : never;

function startProgram(
  name: string,
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
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), join(root, /\.\w+$/.test(name) ? name : `${name}.ts`), ...parameters],
    { cwd, env: { ...Object.fromEntries(inherited), TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), ...variables } },
  );
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

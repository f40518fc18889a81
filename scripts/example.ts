/** `npm run example -- NAME …` runs an example with the arguments after its name. Without a name it lists the examples. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { wrap } from '../examples/support/run-example.js';
import { readColumns } from './show/layout.js';

const folder = new URL('../examples/', import.meta.url);
const files = new Map(
  readdirSync(folder)
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .map((file) => [file.replace(/(\.test)?\.(ts|mjs)$/, ''), file]),
);
// Examples that need a second process run through a script when there are no arguments.
const demonstrations = new Map([
  ['resume', 'demonstrate-restart.ts'],
  ['worker-fleet', 'demonstrate-takeover.ts'],
]);

/** The first sentence of the comment at the top of an example. */
function readSentence(file: string): string {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(new URL(file, folder), 'utf8'))?.[1] ?? '';
  const text = comment
    .replace(/^\s*\* ?/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
}

// A reader such as `head` has closed the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const [, , given = '', ...rest] = process.argv;
const name = given.replace(/^examples\/|(\.test)?\.(ts|mjs)$/g, '');
const file = files.get(name);
if (file === undefined) {
  const columns = readColumns(given === '' ? process.stdout : process.stderr) + 1;
  if (given !== '') console.error(`${wrap(`There is no example ${given}.`, columns)}\n`);
  const width = Math.max(...[...files.keys()].map((each) => each.length)) + 4;
  const lines = [...files].map(([each, path]) => {
    const sentence = wrap(readSentence(path), columns - width);
    return `  ${each}`.padEnd(width) + sentence.replaceAll('\n', `\n${' '.repeat(width)}`);
  });
  const list = ['npm run example -- NAME, where NAME is one of:', '', ...lines].join('\n');
  if (given === '') console.log(list);
  else console.error(list);
  process.exitCode = given === '' ? 0 : 1;
} else if (file.includes('.test.')) {
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const run = spawn(process.execPath, [vitest, 'run', '--project', 'unit', `examples/${file}`, ...rest], {
    // Vitest itself complains about a pipe that its reader has closed.
    stdio: ['inherit', process.stdout.isTTY ? 'inherit' : 'pipe', 'inherit'],
  });
  process.once('exit', () => run.kill('SIGKILL'));
  // Ctrl-C reaches Vitest, too, which has something to say before it ends.
  process.on('SIGINT', () => undefined);
  run.stdout?.pipe(process.stdout, { end: false });
  const [code] = await once(run, 'close');
  process.exitCode = code ?? 1;
} else {
  const demonstration = rest.length === 0 ? demonstrations.get(name) : undefined;
  const program = demonstration === undefined ? new URL(file, folder) : new URL(demonstration, import.meta.url);
  // The program sees only its own arguments, as if it had been started directly.
  process.argv.splice(1, 2, fileURLToPath(program));
  await import(pathToFileURL(process.argv[1] ?? '').href);
}

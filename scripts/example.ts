/** `npm run example -- NAME …` runs examples/NAME.ts with the arguments after it; without a name it lists them. */
import { readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const folder = new URL('../examples/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length));
const name = process.argv[2]?.replace(/^examples\/|\.ts$/g, '');

if (name === undefined || !names.includes(name)) {
  console.error(`npm run example -- NAME, where NAME is one of:\n${names.map((each) => `  ${each}`).join('\n')}`);
  process.exit(name === undefined ? 0 : 1);
}
// The example sees its own arguments, as if it had been started by itself.
process.argv.splice(1, 2, new URL(`${name}.ts`, folder).pathname);
await import(pathToFileURL(process.argv[1] ?? '').href);

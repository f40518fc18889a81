/**
 * Leaves in the declarations of `dist` only what users can name. `npm run build` runs it at its end, because the bundler prints
 * whatever the public names are made of:
 *
 * - types made of schemas and other constants are printed as what they are, so that no part of a schema stands there;
 * - members marked `@internal` go, and so does every declaration that no entry needs;
 * - what no module exports at run time is exported as a type.
 *
 * It fails when a public declaration mentions a name that is marked `@internal`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inlineTypes } from './declarations/inline-types.js';
import { keepPublic } from './declarations/public-files.js';
import { findInternalNames, removeInternal } from './declarations/remove-internal.js';

const dist = join(fileURLToPath(new URL('..', import.meta.url)), 'dist');
/** The entries. */
const modules = ['index', 'schemas', 'testing', 'node'];
const values = await Promise.all(
  modules.map(async (name) => Object.keys(await import(pathToFileURL(join(dist, `${name}.js`)).href))),
);

const mentioned: string[] = [];
const valueNames = new Set(values.flat());

for (const ending of ['.d.ts', '.d.cts']) {
  const names = readdirSync(dist).filter((name) => name.endsWith(ending));
  const printed = names.map((name): [string, string] => [name, readFileSync(join(dist, name), 'utf8')]);
  const internalNames = new Set(printed.flatMap(([name, text]) => findInternalNames(name, text)));
  const whole = printed.map(([name, text]): [string, string] => {
    return [name, removeInternal(name, inlineTypes(name, text), internalNames, valueNames)];
  });
  const entries = modules.map((module, index) => ({
    entry: `${module}${ending}`,
    isValue: (name: string) => values[index]?.includes(name) === true,
  }));
  for (const [name, text] of keepPublic(new Map(whole), entries)) {
    mentioned.push(...findInternalNames(name, text).map((internal) => `${name}: ${internal}`));
    writeFileSync(
      join(dist, name),
      text.replace(/^( {4})+/gm, (indent) => indent.slice(indent.length / 2)),
    );
  }
}
if (mentioned.length > 0)
  throw new Error(`public declarations mention what is marked @internal:\n${mentioned.join('\n')}`);

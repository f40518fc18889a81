/** Writes the table of docs/compatibility.md from what `npm run test:runtimes` has seen to work. Both: `npm run compatibility`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CompatibilityRecord } from '../test/package/compatibility/home.js';
import { matrix } from '../test/package/compatibility/matrix.js';

const root = new URL('..', import.meta.url);
const pagePath = new URL('docs/compatibility.md', root);
const folder = fileURLToPath(new URL('coverage/compatibility/', root));

const records = readdirSync(folder).map(
  (name): CompatibilityRecord => JSON.parse(readFileSync(`${folder}${name}`, 'utf8')),
);

const rows = Object.entries(matrix).flatMap(([group, tools]) =>
  tools.map(({ name }) => {
    const record = records.find((candidate) => candidate.name === name);
    if (record === undefined) throw new Error(`${name} was not run: npm run test:runtimes`);
    return `| ${group} | ${name} | ${record.version} | ${record.proofs.join(', ')} |`;
  }),
);
const table = ['| Kind | Supported | Tried with | Proven |', '|---|---|---|---|', ...rows].join('\n');

const [before, after] = readFileSync(pagePath, 'utf8').split(
  /(?<=<!-- table -->\n)[\s\S]*(?=<!-- end of the table -->)/,
);
writeFileSync(pagePath, `${before}\n${table}\n\n${after}`);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { matrix } from './package/compatibility/matrix.js';
import { root } from './repository.js';

it('docs/compatibility.md lists every tool of the matrix, in its order, and no other', () => {
  const page = readFileSync(join(root, 'docs/compatibility.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([^|]+) \| ([^|]+) \| [\d.]+ \| [^|]+ \|$/gm)].map(([, group, name]) => [
    group,
    name,
  ]);
  expect(rows).toEqual(Object.entries(matrix).flatMap(([group, tools]) => tools.map(({ name }) => [group, name])));
});

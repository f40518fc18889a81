/** The promises of docs/security.md name their tests; a test that was renamed or lost is noticed here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../repository.js';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const rows = read('docs/security.md')
  .split('\n')
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
  .filter((cells) => cells[2]?.includes(' › '));

const named = rows.flatMap(([threat = '', , tests = '']) =>
  tests.split('<br>').map((test) => {
    const [, path = '', title = ''] = /^`([^`]+)` › (.+)$/.exec(test) ?? [];
    return { threat, path, title };
  }),
);

describe('docs/security.md', () => {
  it('says of every threat what is promised and which test holds it', () => {
    expect(rows.length).toBeGreaterThan(40);
    for (const cells of rows) {
      expect(cells).toHaveLength(3);
      for (const cell of cells) expect(cell.trim()).not.toBe('');
    }
  });

  it.each(named)('names a test that exists: $path › $title', ({ path, title }) => {
    expect(path).toMatch(/^test\/.+\.test\.ts$/);
    expect(existsSync(join(root, path)), path).toBe(true);
    expect(title).not.toBe('');
    expect(read(path).includes(title), title).toBe(true);
  });
});

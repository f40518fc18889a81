/** The promises of docs/security.md have their tests in docs/contributing/security-tests.md. A test that was renamed or lost is noticed here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../repository.js';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The rows of the tables with this head, as their cells. */
function readRows(page: string, head: string): string[][] {
  const tables = read(page).split(`${head}\n|---|---|\n`).slice(1);
  return tables.flatMap((text) => {
    const [table = ''] = /^(?:\|.*\n)*/.exec(text) ?? [];
    return (table.match(/.+/g) ?? []).map((line) => line.replace(/^\| | \|$/g, '').split(' | '));
  });
}

const promises = readRows('docs/security.md', '| Threat | Promise |');
const tested = readRows('docs/contributing/security-tests.md', '| Threat | Test |');

const named = tested.flatMap(([threat = '', tests = '']) =>
  tests.split('<br>').map((test) => {
    const [, path = '', title = ''] = /^`([^`]+)` › (.+)$/.exec(test) ?? [];
    return { threat, path, title };
  }),
);

describe('docs/security.md', () => {
  it('says of every threat what is promised', () => {
    expect(promises.length).toBeGreaterThan(40);
    for (const cells of promises) {
      expect(cells).toHaveLength(2);
      for (const cell of cells) expect(cell.trim()).not.toBe('');
    }
  });

  it('has the threats of docs/contributing/security-tests.md, in the same order', () => {
    expect(tested.map(([threat]) => threat)).toEqual(promises.map(([threat]) => threat));
  });
});

describe('docs/contributing/security-tests.md', () => {
  it.each(named)('names a test that exists: $path › $title', ({ path, title }) => {
    expect(path).toMatch(/^test\/.+\.test\.ts$/);
    expect(existsSync(join(root, path)), path).toBe(true);
    expect(title).not.toBe('');
    expect(read(path).includes(title), title).toBe(true);
  });
});

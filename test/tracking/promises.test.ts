import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../repository.js';

/** The comments behind the promises of a page: `<!-- file › title -->`. */
function readPromises(page: string): { readonly file: string; readonly title: string }[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/<!-- (test\/\S+\.test\.ts) › (.+?) -->/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));
}

describe.each([
  ['docs/following.md', 20],
  ['docs/fleets.md', 4],
])('%s', (page, least) => {
  it('names a test for each of its promises', () => {
    const promises = readPromises(page);
    expect(promises.length).toBeGreaterThanOrEqual(least);
    const missing = promises.filter(({ file, title }) => {
      const path = join(root, file);
      return !existsSync(path) || !readFileSync(path, 'utf8').includes(title);
    });
    expect(missing).toEqual([]);
  });
});

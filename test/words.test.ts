/** One word for one thing: words that the pages, the code and the titles of tests do not use, and what stands in their place. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles, root } from './repository.js';

// Only words that mean one thing wherever they stand: "look" and "rest" are good words, too.
const replaced: readonly (readonly [word: RegExp, instead: string])[] = [
  [/answer/i, 'response, returns'],
  [/\bexactly\s+once\b/i, 'at most once'],
  [/\bshall\b/i, 'must, will'],
  [/\bat ?rest\b/i, 'done'],
  [/\btold\b/i, 'reported'],
  [/\btells\b/i, 'shows, reports'],
  [/\bheeds?\b/i, 'obeys, ends with'],
  [/\badvice\b|whatToDo\b/i, 'hint'],
  [/\bfor good\b/i, 'permanent'],
  [/\bpassing (error|failure|fault|mistake)/i, 'transient'],
  [/\b(a|each|every|one) (look|reading|tick)\b|\bticks\b/i, 'poll'],
  [/\btakes? (back|up)\b/i, 'clears, accepts'],
  [/\b(door|room|chapter|witness)(s|es)?\b/i, 'module, page, test'],
];

/** Where a word is quoted: a decision about it, and names that a version of the past had. */
const quoted: Readonly<Record<string, RegExp>> = {
  'docs/decisions/0003-at-most-once.md': /"Exactly once"/g,
  'CHANGELOG.md': /`[^`\n]+`/g,
};

const files = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md'],
  ...listFiles('docs', '.md').filter((path) => !path.startsWith('docs/api/')),
  ...['src', 'examples', 'scripts', 'test'].flatMap((folder) =>
    ['.ts', '.mjs', '.cjs', '.html', '.md'].flatMap((ending) => listFiles(folder, ending)),
  ),
].filter((path) => path !== 'test/words.test.ts' && !path.includes('node_modules/'));

const lines = files.flatMap((path) => {
  const text = readFileSync(join(root, path), 'utf8').replace(quoted[path] ?? /$^/g, '');
  // The name of a file counts as its first line.
  return [path, ...text.split('\n')].map((line, index) => ({ at: `${path}:${index}`, line }));
});

describe('pages, comments, messages and titles', () => {
  it('are all read', () => {
    expect(files.length).toBeGreaterThan(300);
    for (const path of ['README.md', 'docs/errors.md', 'src/client.ts', 'examples/quickstart.mjs', 'test/README.md'])
      expect(files).toContain(path);
  });

  it.each(replaced)('do not say %s, but: %s', (word) => {
    expect(lines.filter(({ line }) => word.test(line)).map(({ at, line }) => `${at} ${line.trim()}`)).toEqual([]);
  });
});

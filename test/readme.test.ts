import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles, root } from './repository.js';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const manifest = JSON.parse(read('package.json')) as { repository: { url: string }; scripts: Record<string, string> };
const repository = manifest.repository.url.replace(/^git\+|\.git$/g, '');
const guides = listFiles('docs', '.md').filter((path) => !/\/(api|contributing|decisions)\//.test(path));

describe('the README', () => {
  const [, quickstart = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];

  it('has a quickstart of at most 12 lines before line 60: examples/quickstart.mjs', () => {
    const line = readme.slice(0, readme.indexOf(quickstart)).split('\n').length;
    const code = quickstart.split('\n').filter((each) => !/^\s*($|\/\/)/.test(each));
    expect(line).toBeLessThan(60);
    expect(code.length).toBeLessThanOrEqual(12);
    expect(read('examples/quickstart.mjs').replace(/^\/\*\*[^\n]*\*\/\n/, '')).toBe(quickstart);
  });

  it('compares with the official SDK and Terraform in ten rows', () => {
    const [, rows = ''] = /\| Terraform provider \|\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(readme) ?? [];
    expect(rows.trim().split('\n')).toHaveLength(10);
  });

  it('shows on its first screen what it is, the badges, the picture and the comparison, then the quickstart', () => {
    const order = ['[![CI]', 'A typed TypeScript client', 'terminal.svg', '| Terraform provider |', '## Quickstart'];
    const places = order.map((text) => readme.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  it('has badges that link to the repository', () => {
    const badges = [...readme.matchAll(/^\[!\[([^\]]+)\]\(([^)]+)\)\]\(([^)]+)\)$/gm)].map(([, ...parts]) => parts);
    expect(badges.map(([name]) => name)).toEqual(['CI', 'npm', 'licence: MIT']);
    const elsewhere = badges.filter(([, , target]) => !target?.startsWith(`${repository}/`));
    expect(elsewhere).toEqual([]);
  });

  it('links to the reference where the workflow for Pages publishes it', () => {
    const [, owner = '', name = ''] = /github\.com\/([^/]+)\/([^/]+)$/.exec(repository) ?? [];
    expect(readme).toContain(`](https://${owner}.github.io/${name}/)`);
    expect(read('.github/workflows/pages.yml')).toMatch(
      /npm run docs[\s\S]*path: docs\/api\n[\s\S]*actions\/deploy-pages@/,
    );
    expect(manifest.scripts).toMatchObject({ docs: expect.any(String) });
  });

  it('shows how to clone, with the two commands for a migration and for the tests', () => {
    const [, shell = ''] = /```sh\n(git clone [^`]*)```/.exec(readme) ?? [];
    expect(shell).toBe(`git clone ${repository} && cd sms-client && npm ci && npm start\n`);
    const before = readme.slice(0, readme.indexOf(shell)).split('\n\n').at(-2);
    expect(before).toContain('`npm ci && npm start` shows a migration');
    expect(before).toContain('`npm ci && npm test` runs the tests');
    expect(manifest.scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
  });

  it('has absolute links only, because npm shows it, too', () => {
    const targets = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
    expect(targets.filter((target) => !target.startsWith('https://'))).toEqual([]);
  });

  it('shows the terminal as scripts/draw-terminal.ts draws it', { timeout: 60_000 }, () => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const program = ['--import', import.meta.resolve('tsx'), 'scripts/draw-terminal.ts', '--check'];
    expect(execFileSync(process.execPath, program, { cwd: root, env, encoding: 'utf8' })).toBe('');
  });

  it('says which TypeScript and which types are needed; test/package compiles with either', () => {
    expect(readme).toContain('TypeScript 5.4 or newer');
    expect(readme).toContain('`@types/node` or the types of\nthe DOM');
  });

  it('promises "at most once", and so do the guides, because nobody can promise more', () => {
    const pages = ['README.md', ...guides];
    expect(pages.filter((page) => /exactly\s+once/i.test(read(page)))).toEqual([]);
  });
});

describe('the guides', () => {
  it('are all in the index', () => {
    const index = read('docs/README.md');
    const missing = guides.filter((path) => !path.endsWith('README.md') && !index.includes(`(${path.slice(5)})`));
    expect(missing).toEqual([]);
  });

  it('begin with what they are for', () => {
    const begins = (path: string) => /^# [^\n]+\n\nThis page /.test(read(path));
    expect(guides.filter((path) => !begins(path))).toEqual([]);
  });

  it.each([
    ['retry', 'docs/retries.md'],
    ['proxy', 'docs/proxies.md'],
    ['response', 'docs/errors.md'],
    ['returns', 'docs/operations.md'],
    ['OpenTelemetry', 'docs/observability.md'],
  ])('are found by a search for %j: %s', (word, page) => {
    // As a search does: a hit in a title or heading weighs more than one in the text, and long pages do not win by length.
    const weigh = (path: string) => {
      const text = read(path).toLowerCase();
      const stem = word.toLowerCase().replace(/y$/, '(y|ies)').replace(/se$/, 'ses?');
      const headings = (text.match(/^#.*$/gm) ?? []).join('\n');
      const count = (where: string) => (where.match(new RegExp(stem, 'g')) ?? []).length;
      return (5 * count(headings) + count(text)) / Math.sqrt(text.length);
    };
    const [first] = [...guides].sort((one, other) => weigh(other) - weigh(one));
    expect(first).toBe(page);
  });
});

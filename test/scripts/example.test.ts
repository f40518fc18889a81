import { readdirSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { root } from '../repository.js';
import { it } from '../support/run-example.js';

const examples = readdirSync(join(root, 'examples')).filter((name) => /\.(ts|mjs)$/.test(name));
const names = examples.map((name) => name.replace(/(\.test)?\.(ts|mjs)$/, ''));

describe.concurrent('npm run example', () => {
  it('lists each example with a sentence', { timeout: 30_000 }, async ({ startScript }) => {
    const { ended, errors, output } = startScript('example');
    expect(await ended).toBe(0);
    expect(errors()).toBe('');
    const entries = output()
      .replaceAll(/\n {8,}/g, ' ')
      .split('\n');
    for (const name of names)
      expect(entries.find((entry) => entry.startsWith(`  ${name} `))).toMatch(/ {2,}[A-Z].+\.$/);
  });

  it.for([
    ['80', []],
    ['60', []],
    ['60', ['start-migraton']],
  ] as const)(
    'lists them in lines that fit %s columns, after the parameters %j',
    { timeout: 30_000 },
    async ([columns, parameters], { startScript }) => {
      const { ended, errors, output } = startScript('example', parameters, { variables: { COLUMNS: columns } });
      await ended;
      const lines = `${output()}${errors()}`.split('\n');
      expect(lines.length).toBeGreaterThan(names.length);
      expect(lines.filter((line) => line.length >= Number(columns))).toEqual([]);
      // And they use the width: more than half of it.
      expect(lines.some((line) => line.length > Number(columns) - 20)).toBe(true);
    },
  );

  it('refuses an unknown name, and lists the known ones', { timeout: 30_000 }, async ({ startScript }) => {
    const { ended, errors } = startScript('example', ['start-migraton']);
    expect(await ended).toBe(1);
    expect(errors()).toMatch(/There is no example start-migraton\.\n[\s\S]*start-migration/);
  });
});

// One of each kind: the list, one that stands alone, one with a support file, one with a second process, and the test.
const kinds = ['', 'quickstart', 'start-migration', 'nightly-fleet', 'resume', 'vitest'];

describe.concurrent('npm run example, when its reader has closed the pipe,', () => {
  it.for(kinds)('ends quietly with 0: %s', { timeout: 60_000 }, async (name, { startScript }) => {
    const { child, ended, errors } = startScript('example', name === '' ? [] : [name], {
      variables: { CSV_FILE: devNull },
    });
    child.stdout?.destroy();
    expect(await ended).toBe(0);
    expect(errors()).toBe('');
  });
});

describe('an example', () => {
  it.each(examples)('%s has at most 60 lines and one support file', (name) => {
    const text = readFileSync(join(root, 'examples', name), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
    expect(text.match(/from '\.\/[^']+'/g) ?? []).toHaveLength(text.includes("from './support/") ? 1 : 0);
  });

  it('that is the one to copy stands alone: start-migration', () => {
    expect(readFileSync(join(root, 'examples/start-migration.ts'), 'utf8')).not.toMatch(/\b(from|import) *\(?'\./);
  });

  it('has support files that import no other support file', () => {
    for (const name of readdirSync(join(root, 'examples/support')))
      expect(readFileSync(join(root, 'examples/support', name), 'utf8')).not.toMatch(/from '\.{1,2}\//);
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matrix } from '../package/compatibility/matrix.js';
import { listFiles, root } from '../repository.js';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('.ci/run', () => {
  const script = read('.ci/run');
  const names = /^names=\((.+)\)$/m.exec(script)?.[1]?.split(' ') ?? [];

  it('prints no name that it refuses as NAME, and has something to do for each', () => {
    const printed = [...script.matchAll(/^[^#\n]*\b(?:(?:step|beside) \d+|skip) ('[^']+'|[\w:-]+)/gm)].map(
      ([, name]) => name,
    );
    expect(printed.length).toBeGreaterThanOrEqual(names.length);
    expect([...new Set(printed)].sort()).toEqual([...names].sort());
  });

  it('refuses a name that is no step, and prints the names', () => {
    const { status, stderr, stdout } = spawnSync(join(root, '.ci/run'), ['integration:keystone'], { encoding: 'utf8' });
    expect({ status, stderr, stdout }).toEqual({
      status: 2,
      stderr: `There is no step "integration:keystone". Steps: ${names.join(' ')}\n`,
      stdout: '',
    });
  });
});

describe('the workflow of CI', () => {
  const workflow = read('.github/workflows/ci.yml');
  const readList = (key: string) => new RegExp(`^ +${key}: \\[(.+)\\]$`, 'm').exec(workflow)?.[1]?.split(', ') ?? [];
  const versions = (matrix.Runtimes ?? []).flatMap(({ name }) => /^Node\.js (\d+)$/.exec(name)?.[1] ?? []);

  it('runs the tests and npm start on each Node.js of docs/compatibility.md', () => {
    expect(versions.length).toBeGreaterThan(1);
    expect(readList('node')).toEqual(versions);
    const page = read('docs/compatibility.md');
    expect([...page.matchAll(/^\| Runtimes \| Node\.js (\d+) \|/gm)].map(([, version]) => version)).toEqual(versions);
    const [, job = ''] = /^ {2}test:\n((?: {4}.*\n|\n)+)/m.exec(workflow) ?? [];
    expect(job).toContain(`node-version: \${{ matrix.node }}`);
    expect(job).toMatch(/- run: npm ci\n[\s\S]*- run: npm test\b/);
    // Without a shell that is named, the exit code of a pipe is that of its last part.
    expect(job).toMatch(/- run: npm start \| cat\n +shell: bash\n/);
  });

  it('tries the tarball with each group of the compatibility tests', () => {
    const groups = listFiles('test/package/compatibility', '.test.ts').map((path) => basename(path, '.test.ts'));
    expect(readList('group').sort()).toEqual(groups.sort());
  });

  it('runs everything else on one of them', () => {
    expect(versions).toContain(read('.nvmrc').trim().replace(/^v/, '').split('.')[0]);
  });
});

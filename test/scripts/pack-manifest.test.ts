import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../repository.js';

const script = join(root, 'scripts/pack-manifest.mjs');
// As nobody would print it: a rewritten file would differ.
const written = `{\t"name":"packed",   "version": "1.0.0",\r
  "scripts": {"prepack": "node ${script} strip", "postpack": "node ${script} restore", "prepare": "exit 0"},
  "license": "MIT", "devDependencies": {}, "allowScripts": {"a": false}, "description": "\u00e9"}`;

describe('the manifest', () => {
  let cwd: string;
  const manifest = () => readFileSync(join(cwd, 'package.json'), 'utf8');
  const run = (command: string) => execFileSync(process.execPath, [script, command], { cwd });

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'sms-client-manifest-'));
    writeFileSync(join(cwd, 'package.json'), written);
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));

  it('loses what only the repository needs, and is put back byte for byte', () => {
    run('strip');
    expect(Object.keys(JSON.parse(manifest()))).toEqual(['name', 'version', 'license', 'description']);
    run('restore');
    expect(manifest()).toBe(written);
    expect(existsSync(join(cwd, 'package.json.kept'))).toBe(false);
  });

  it('is put back although a run before was killed between the two', () => {
    for (const command of ['strip', 'strip', 'restore', 'restore']) run(command);
    expect(manifest()).toBe(written);
  });

  it('is put back by npm pack, which leaves it out of the tarball', { timeout: 60_000 }, () => {
    const parameters = ['pack', '--json', '--offline', '--ignore-scripts=false'];
    const [packed] = JSON.parse(execFileSync('npm', parameters, { cwd, encoding: 'utf8' }).replace(/^[^[]*/, ''));
    expect(manifest()).toBe(written);
    const inside = execFileSync('tar', ['-xOf', packed.filename, 'package/package.json'], { cwd, encoding: 'utf8' });
    expect(Object.keys(JSON.parse(inside))).toEqual(['name', 'version', 'license', 'description']);
  });

  it('of this package is stripped before packing and put back after it', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(scripts.prepack).toMatch(/&& node scripts\/pack-manifest\.mjs strip$/);
    expect(scripts.postpack).toBe('node scripts/pack-manifest.mjs restore');
  });
});

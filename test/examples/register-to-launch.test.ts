import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('register-to-launch performs every step from registration to clean-up', { timeout: 180_000 }, async () => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const parameters = ['--import', 'tsx', 'examples/register-to-launch.ts'];
  const { stderr, stdout } = await promisify(execFile)(process.execPath, parameters, { env, timeout: 120_000 });
  expect(stderr).toBe('');
  expect(stdout.split('\n').map((line) => line.split(/\s+/, 2).join(' '))).toEqual([
    'Source web-server-01:',
    expect.stringMatching(/^Template [\w-]+$/),
    expect.stringMatching(/^Task \w+$/),
    'Copied MIGRATE_SUCCESS',
    'Launched CUTOVER0,',
    'Checked 1',
    'Cleaned everything',
    '',
  ]);
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('shared-login makes 20 workers log in once, and once more when the token was revoked', {
  timeout: 180_000,
}, async () => {
  const { NODE_OPTIONS: _, REDIS_URL: _url, ...env } = process.env;
  const parameters = ['--import', 'tsx', 'examples/shared-login.ts'];
  const { stderr, stdout } = await promisify(execFile)(process.execPath, parameters, { env, timeout: 120_000 });
  expect(stderr).toBe('');
  expect(stdout).toBe('20 workers, memory: 1 login\nThe token was revoked: 2 logins\n');
});

import { expect } from 'vitest';
import { it } from '../support/run-example.js';

it('shared-login makes 20 workers log in once, and once more when the token was revoked', {
  timeout: 60_000,
}, async ({ startExample }) => {
  const { ended, errors, output } = startExample('shared-login');
  expect(await ended).toBe(0);
  expect(errors()).toBe('');
  expect(output()).toBe('20 workers, memory: 1 login\nThe token was revoked: 2 logins\n');
});

import { expect } from 'vitest';
import { it } from '../support/run-example.js';

it('register-to-launch performs every step from registration to clean-up', { timeout: 60_000 }, async ({
  startExample,
}) => {
  const { ended, errors, output } = startExample('register-to-launch');
  expect(await ended).toBe(0);
  expect(errors()).toBe('');
  expect(
    output()
      .split('\n')
      .map((line) => line.split(/\s+/, 2).join(' ')),
  ).toEqual([
    'Source web-server-01:',
    expect.stringMatching(/^Template [\w-]+$/),
    expect.stringMatching(/^Task \w+$/),
    'Copied MIGRATE_SUCCESS',
    'Launched CUTOVER0',
    expect.stringMatching(/^Target [\w-]+$/),
    'Checked 1',
    'Cleaned everything',
    '',
  ]);
});

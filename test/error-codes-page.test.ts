import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeErrorCodes } from '../scripts/write-error-codes.js';
import { root } from './repository.js';

it('docs/error-codes.md is what scripts/write-error-codes.ts writes', () => {
  expect(readFileSync(join(root, 'docs/error-codes.md'), 'utf8')).toBe(writeErrorCodes());
});

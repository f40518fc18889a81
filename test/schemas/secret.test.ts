import { describe, expect, it } from 'vitest';
import { check, isSecret, secret, text } from '../../src/schemas/fields.js';

describe('secret()', () => {
  it('is a text that is marked as secret', () => {
    expect(isSecret(secret())).toBe(true);
    expect(isSecret(text())).toBe(false);
    expect(check(secret({ min: 1 }), 'Passw0rd')).toEqual({ value: 'Passw0rd' });
    expect(check(secret({ min: 1 }), '').issues).toEqual([
      { path: '', expected: 'a non-empty string', received: 'an empty string' },
    ]);
  });
});

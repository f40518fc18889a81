import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { list, loose, markSecret, orNull, secret, strict, text } from '../../src/schemas/fields.js';
import { holdsSecret, omitSecrets, secretsOf } from '../../src/schemas/secrets.js';

const key = strict({ id: text(), value: secret({ min: 1 }) }, { spare: secret() });
const box = loose({ name: text(), key }, { keys: list(key), note: text() });

describe('the secrets of a value', () => {
  const value = {
    name: 'n',
    key: { id: 'a', value: 's1', spare: 's2' },
    keys: [{ id: 'b', value: 's3' }],
    more: { value: 'unknown' },
  };

  it('are found at any depth, by the kinds of their schema and not by names', () => {
    expect(secretsOf(box, value)).toEqual(['s1', 's2', 's3']);
  });

  it('are left out of a copy, which holds all the rest', () => {
    expect(omitSecrets(box, value)).toEqual({
      name: 'n',
      key: { id: 'a' },
      keys: [{ id: 'b' }],
      more: { value: 'unknown' },
    });
    expect(value.key.value).toBe('s1');
  });

  it('are never in the copy, whatever the value is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.anything(), (hidden, anything) => {
        const copy = omitSecrets(box, { name: anything, key: { id: anything, value: `!${hidden}!` }, keys: anything });
        expect(Object.keys((copy as { key: object }).key)).not.toContain('value');
        expect(() => secretsOf(box, anything)).not.toThrow();
      }),
    );
  });
});

describe('a schema', () => {
  it.each([
    ['a secret', secret()],
    ['an object that is one as a whole', markSecret(loose({ id: text() }))],
    ['a field that may be null', loose({}, { value: secret() })],
    ['items of a list', loose({ keys: list(key) })],
    ['the items of a list that may be null', list(orNull(secret()))],
  ])('holds a secret in %s', (_where, schema) => {
    expect(holdsSecret(schema)).toBe(true);
  });

  it('holds none where there is none', () => {
    expect(holdsSecret(loose({ id: text() }, { names: list(text()), more: loose({ note: text() }) }))).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNearest } from '../../src/schemas/nearest.js';

const states = ['READY', 'RUNNING', 'SYNCING', 'MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'ABORT'];

describe('findNearest', () => {
  it.each([
    ['MIGRATE_SUCESS', 'MIGRATE_SUCCESS'],
    ['migrate-success', 'MIGRATE_SUCCESS'],
    ['RUNING', 'RUNNING'],
    ['RAEDY', 'READY'],
    ['ABORTED', undefined],
    ['ABORTS', 'ABORT'],
    ['FINISHED', undefined],
    ['', undefined],
  ])('of %j is %j', (name, nearest) => {
    expect(findNearest(name, states)).toBe(nearest);
  });

  it('is one of the known names or undefined, for any input', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.array(fc.string()), (name, known) => {
        const nearest = findNearest(name, known);
        expect(nearest === undefined || known.includes(nearest)).toBe(true);
      }),
    );
  });
});

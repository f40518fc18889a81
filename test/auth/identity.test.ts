import { describe, expect, it } from 'vitest';
import { isSameCredentials } from '../../src/auth/identity.js';

const day = (text: string) => new Date(`2026-01-${text}T00:00:00Z`);
const provide = async () => ({ token: 'given' });

describe('two credentials', () => {
  it.each<[string, unknown, unknown]>([
    ['the same fields', { username: 'u', password: 'p' }, { password: 'p', username: 'u' }],
    ['a field that is undefined in one', { token: 't' }, { token: 't', expiresAt: undefined }],
    ['the same parts', { mfa: { userId: 'u', passcode: '1' } }, { mfa: { userId: 'u', passcode: '1' } }],
    ['the same end', { token: 't', expiresAt: day('01') }, { token: 't', expiresAt: day('01') }],
    ['the same function', { source: provide }, { source: provide }],
  ])('are the same with %s', (_what, one, other) => {
    expect([isSameCredentials(one, other), isSameCredentials(other, one)]).toEqual([true, true]);
  });

  it.each<[string, unknown, unknown]>([
    ['another secret', { username: 'u', password: 'p' }, { username: 'u', password: 'q' }],
    ['one field more', { token: 't' }, { token: 't', expiresAt: day('01') }],
    ['another part', { mfa: { userId: 'u', passcode: '1' } }, { mfa: { userId: 'u', passcode: '2' } }],
    ['another end', { token: 't', expiresAt: day('01') }, { token: 't', expiresAt: day('02') }],
    ['a function and an object', { source: provide }, { source: {} }],
    ['a date and a text', { token: 't', expiresAt: day('01') }, { token: 't', expiresAt: day('01').toISOString() }],
    ['null', { source: null }, { source: {} }],
    ['a text', { source: 'a' }, { source: {} }],
  ])('are different with %s', (_what, one, other) => {
    expect([isSameCredentials(one, other), isSameCredentials(other, one)]).toEqual([false, false]);
  });
});

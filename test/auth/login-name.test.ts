import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { markLogin } from '../../src/auth/login-name.js';

describe('the fingerprint of a rejected login', () => {
  it('is the first 128 bits of PBKDF2 over the login, salted with its key: slow to guess from', async () => {
    const expected = pbkdf2Sync('login with its password', 'key', 100_000, 16, 'sha256').toString('hex');
    expect(await markLogin('key', 'login with its password')).toBe(expected);
  });

  it('is made with a key that nothing can read out of the runtime again', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey');
    await markLogin('key', 'login');
    expect(importKey.mock.lastCall?.slice(3)).toEqual([false, ['deriveBits']]);
    importKey.mockRestore();
  });
});

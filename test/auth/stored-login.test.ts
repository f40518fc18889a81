import { AuthenticationError } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import {
  parseStored,
  readRefusedMark,
  readStoredRefusal,
  readStoredSession,
  refusalMs,
  type StoredLogin,
} from '../../src/auth/stored-login.js';
import { useFakeTime } from '../support/fake-time.js';

useFakeTime();

/** The faked time. */
const at = 1_700_000_000_000;

const details = { issued_at: '2026-01-01T00:00:00.123Z', expires_at: '2026-01-02T00:00:00.123Z' };
const store = (more: Partial<StoredLogin> = {}): StoredLogin => ({
  key: 'key',
  writtenAt: at - 1_000,
  leftMs: 5_000,
  token: 'token',
  details,
  ...more,
});

describe('a stored login', () => {
  it('is what was written under its own key', () => {
    expect(parseStored('key', JSON.stringify(store()))).toEqual(store());
    expect(parseStored('other', JSON.stringify(store()))).toBeUndefined();
  });

  it.each([undefined, null, 5, '', '{', 'null', '[]', '{"key":"key"}', JSON.stringify(store({ leftMs: 0 }))])(
    'is not %j',
    (value) => {
      expect(parseStored('key', value)).toBeUndefined();
    },
  );

  it('is at most 100,000 characters long', () => {
    const text = JSON.stringify(store());
    expect(parseStored('key', text.padEnd(100_000))).toEqual(store());
    expect(parseStored('key', text.padEnd(100_001))).toBeUndefined();
  });
});

describe('the session of a stored login', () => {
  it('has what is left of it, and hides its token', () => {
    expect(readStoredSession(store())).toMatchObject({
      value: 'token',
      isShared: true,
      lifeMs: 86_400_000,
      ageMs: 86_400_000 - 4_000,
      secrets: ['token'],
    });
  });

  it('is never given more than its writer gave it, although the clock of the writer is ahead', () => {
    expect(readStoredSession(store({ writtenAt: at + 60_000 }))).toMatchObject({ ageMs: 86_400_000 - 5_000 });
  });

  it.each([
    ['is at its end', { leftMs: 1_000 }],
    ['is past its end', { leftMs: 999 }],
    ['would outlive its token', { leftMs: 86_400_001 }],
    ['has no token', { token: undefined }],
    ['has no details', { details: undefined }],
  ])('is nothing when it %s', (_what, more) => {
    expect(readStoredSession(store(more as Partial<StoredLogin>))).toBeUndefined();
  });

  it('is one in its last millisecond', () => {
    expect(readStoredSession(store({ leftMs: 1_001 }))).toMatchObject({ ageMs: 86_399_999 });
  });
});

describe('a stored refusal', () => {
  it.each([
    [0, 'mark'],
    [refusalMs - 1, 'mark'],
    [1 - refusalMs, 'mark'],
    [refusalMs, undefined],
    [-refusalMs, undefined],
  ])('counts for a minute, also under a clock that differs: %i ms old', (age, mark) => {
    expect(readRefusedMark(store({ writtenAt: at - age, refused: 'mark', status: 401 }))).toBe(mark);
  });

  it('needs a status and a mark', () => {
    expect(readRefusedMark(store({ writtenAt: at, refused: 'mark' }))).toBeUndefined();
    expect(readRefusedMark(store({ writtenAt: at, status: 401 }))).toBeUndefined();
  });

  it('says what the refusal of the other process said', () => {
    const error = readStoredRefusal(store({ status: 403, code: 'IAM.0011', requestId: 'id' }), 'iam.example');
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({
      service: 'iam',
      host: 'iam.example',
      method: 'POST',
      path: '/v3/auth/tokens',
      status: 403,
      code: 'IAM.0011',
      requestId: 'id',
      details: [],
      hint: 'Correct the credentials, or wait until the minute is over.',
      serviceMessage: 'another process that shares the token store was refused the same login less than a minute ago',
    });
    expect(readStoredRefusal(store(), 'iam.example')).toMatchObject({ status: 401, code: null, requestId: null });
  });
});

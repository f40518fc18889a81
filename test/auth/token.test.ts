import { format, inspect } from 'node:util';
import type { Token } from '@org/sms-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseStamp } from '../../src/auth/token.js';
import { connect } from './support.js';

const secret = 'S3cr3t-token';
const named = { id: 'domain-id', name: 'domain' };
const dates = { issued_at: '2026-01-01T00:00:00.123456Z', expires_at: '2026-01-02T00:00:00.123456Z' };

async function logIn(details: object = {}): Promise<Token> {
  const headers = { 'x-subject-token': secret };
  const { client } = connect({
    login: () => Response.json({ token: { ...dates, ...details } }, { status: 201, headers }),
  });
  return client.auth.login();
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a token', () => {
  it.each<[string, (token: Token) => string]>([
    ['console.log', (token) => format(token)],
    ['console.log of what holds it', (token) => format('%o %O', { token }, [token])],
    ['inspect', (token) => inspect(token)],
    [
      'inspect with everything',
      (token) => inspect(token, { showHidden: true, getters: true, depth: null, showProxy: true }),
    ],
    ['JSON', (token) => JSON.stringify({ token })],
    ['spread', (token) => inspect({ ...token })],
    ['Object.entries', (token) => inspect(Object.entries(token))],
    ['a text', (token) => `${token}`],
    ['structuredClone', (token) => inspect(structuredClone(token), { showHidden: true })],
    ['own properties', (token) => inspect(Object.getOwnPropertyDescriptors(token))],
  ])('does not show its value: %s', async (_what, show) => {
    const token = await logIn();
    expect(show(token)).not.toContain(secret);
    expect(token.value).toBe(secret);
  });

  it('shows everything but its value', async () => {
    expect(inspect(await logIn({ user: { name: 'testname' } }))).toMatch(
      /expiresAt: 2026-01-02T00:00:00.123Z.*testname/s,
    );
  });

  it('cannot be given another value', async () => {
    const token = await logIn();
    expect(() => Object.assign(token, { value: 'other' })).toThrow(TypeError);
  });

  it('knows its dates to the millisecond', async () => {
    const { expiresAt, issuedAt } = await logIn();
    expect([issuedAt.toJSON(), expiresAt.toJSON()]).toEqual(['2026-01-01T00:00:00.123Z', '2026-01-02T00:00:00.123Z']);
  });

  it('reads dates without a zone as those of UTC wherever it runs, and others with theirs', async () => {
    // The zone of this machine may be UTC, where a stamp without a zone would be read rightly by chance.
    const parse = vi.spyOn(Date, 'parse');
    const { expiresAt, issuedAt } = await logIn({
      issued_at: '2026-01-01T00:00:00.123456',
      expires_at: '2026-01-02T08:00:00+08:00',
    });
    expect([issuedAt.toJSON(), expiresAt.toJSON()]).toEqual(['2026-01-01T00:00:00.123Z', '2026-01-02T00:00:00.000Z']);
    const stamps = parse.mock.calls.map(([text]) => text);
    expect(stamps).toContain('2026-01-01T00:00:00.123456Z');
    expect(stamps).toContain('2026-01-02T08:00:00+08:00');
  });

  it.each<[string, object, object]>([
    ['its own, when it is for a domain', { domain: named }, named],
    ["its project's", { project: { id: 'p', domain: named }, user: { domain: { name: 'other' } } }, named],
    ["its user's, when it is for nothing", { user: { domain: named } }, named],
    ['empty, when IAM says nothing', {}, { id: '', name: '' }],
  ])('has the domain that IAM names: %s', async (_what, details, domain) => {
    expect((await logIn(details)).domain).toEqual(domain);
  });

  it('is for a project, or has none', async () => {
    const project = { id: 'p', name: 'cn-north-4', domain: named };
    expect((await logIn({ project })).project).toEqual(project);
    expect((await logIn({ project: null })).project).toBeUndefined();
    expect((await logIn()).project).toBeUndefined();
  });

  it('has the user and the roles, empty when IAM sends none', async () => {
    const roles = [{ id: '0', name: 'te_admin' }];
    const user = { id: 'u', name: 'testname', domain: named };
    expect(await logIn({ roles, user })).toMatchObject({ roles, user });
    expect(await logIn()).toMatchObject({ roles: [], user: {} });
  });
});

describe('a stamp', () => {
  it.each([undefined, null, 5, 'soon', '', 'T10:00:00'])('%j is no date', (stamp) => {
    expect(parseStamp(stamp)).toBeNaN();
  });
});

describe('the life of a token', () => {
  it.each([
    ['of whole seconds, which may hide one, when it is short', '00:00:00Z', '00:00:50Z', 49_000],
    ['of whole seconds, of which half is kept at least', '00:00:00Z', '00:00:01Z', 500],
    ['of whole seconds, when it is long', '00:00:00Z', '00:00:51Z', 51_000],
    ['of fractions at its end', '00:00:00Z', '00:00:50.001Z', 50_001],
    ['of fractions at its issue', '00:00:00.001Z', '00:00:50Z', 49_999],
  ])('is that %s', async (_what, issued, expires, lifeMs) => {
    const {
      expiresAt,
      issuedAt,
      lifeMs: life,
    } = await logIn({
      issued_at: `2099-01-01T${issued}`,
      expires_at: `2099-01-01T${expires}`,
    });

    expect(expiresAt.getTime() - issuedAt.getTime()).toBeGreaterThan(0);
    expect(life).toBe(lifeMs);
  });
});

import { inspect } from 'node:util';
import type { AgencyCredentials, ClientOptions, Credentials } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import { describe, expect, it, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { loginResponse, refusal, type SentRequest, taskResponse } from '../support/fake-fetch.js';
import { useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';
import { connect, dayMs, keystoneRefusal, livingToken, readFixture } from './support.js';

useFakeTime();

const delegate = { username: 'delegate', password: 'S3cr3t', domainName: 'IAMDomainB' };
const key = { accessKeyId: 'AccessKey', secretAccessKey: 'S3cr3tKey' };
const agency = { agencyName: 'IAMAgency', domainName: 'IAMDomainA' };

/** A simulator with an account that delegates to another one. */
function simulate(credentials: Credentials, options: Partial<ClientOptions> = {}) {
  const simulator = createSimulator({
    accounts: [
      {
        username: 'owner',
        password: 'p',
        domainName: 'IAMDomainA',
        domainId: 'domain-a',
        projects: [{ id: 'project-a', name: 'cn-north-1' }],
        agencies: [{ agencyName: 'IAMAgency', trustedDomainName: 'IAMDomainB' }],
      },
      { ...delegate, accessKeys: [key] },
      { username: 'stranger', password: 'p', domainName: 'IAMDomainC' },
    ],
  });
  const sms = makeClient(simulator, { credentials, maxRetries: 0, ...options });
  return { simulator, sms, id: simulator.addTask() };
}

const bodyOf = ({ body = '{}' }: SentRequest) => JSON.parse(body).auth;
const methodsOf = (request: SentRequest) => bodyOf(request).identity.methods.join();

describe('the request of an agency', () => {
  it('is the official one', async () => {
    const { iam, read } = connect({
      credentials: { ...agency, projectName: 'cn-north-1', source: { token: 'shown' } },
    });
    await read();
    expect(JSON.parse(iam[0]?.body ?? '')).toEqual(readFixture('iam.create-token.agency-project.request.json'));
    expect(iam[0]?.url.href).toBe('https://iam.test.example/v3/auth/tokens?nocatalog=true');
  });

  it.each<[Partial<AgencyCredentials>, object, object]>([
    [{}, { domain_name: 'IAMDomainA' }, { domain: { name: 'IAMDomainA' } }],
    [{ domainName: undefined, domainId: 'i' }, { domain_id: 'i' }, { domain: { id: 'i' } }],
    [{ domainId: 'i' }, { domain_id: 'i' }, { domain: { id: 'i' } }],
    [{ projectId: 'p', projectName: 'n' }, { domain_name: 'IAMDomainA' }, { project: { id: 'p' } }],
  ])('names account and scope: %j', async (more, domain, scope) => {
    const { iam, read } = connect({ credentials: { ...agency, ...more, source: { token: 'shown' } } });
    await read();
    expect(bodyOf(iam[0] as SentRequest)).toEqual({
      identity: { methods: ['assume_role'], assume_role: { ...domain, agency_name: 'IAMAgency' } },
      scope,
    });
  });
});

describe('an agency', () => {
  it.each<[string, Credentials, string[]]>([
    ['a password', delegate, ['CreateToken', 'CreateToken']],
    ['an access key', key, ['CreateToken']],
    ['a function that returns a password', async () => delegate, ['CreateToken', 'CreateToken']],
    ['a function that returns an access key', async () => key, ['CreateToken']],
  ])('is assumed by %s', async (_what, source, logins) => {
    const { id, simulator, sms } = simulate({ ...agency, projectName: 'cn-north-1', source });
    await sms.tasks.get(id);
    expect(simulator.requests.map(({ operation }) => operation)).toEqual([...logins, 'ShowTask']);
    const token = await sms.auth.getToken();
    expect(token.user.name).toBe('IAMDomainA/IAMAgency');
    expect(token.project?.id).toBe('project-a');
    expect(await sms.auth.listProjects()).toMatchObject([{ id: 'project-a' }]);
  });

  it('is assumed by a token that was given', async () => {
    const { simulator, sms: owner } = simulate(delegate);
    const { value: token } = await owner.auth.login();
    const sms = makeClient(simulator, { credentials: { ...agency, source: { token } } });
    expect((await sms.auth.login()).domain.name).toBe('IAMDomainA');
  });

  it('may come from a function', async () => {
    const { sms } = simulate(async () => ({
      ...agency,
      domainName: undefined,
      domainId: 'domain-a',
      source: delegate,
    }));
    expect((await sms.auth.getToken()).user.name).toBe('IAMDomainA/IAMAgency');
  });

  it('sends the token of its source or a signature, never both', async () => {
    const shown = connect({ credentials: { ...agency, source: { token: 'shown' } } });
    await shown.read();
    expect(shown.iam[0]?.headers.get('x-auth-token')).toBe('shown');
    expect(shown.iam[0]?.headers.has('authorization')).toBe(false);
    const signed = connect({ credentials: { ...agency, source: key } });
    await signed.read();
    expect(signed.iam[0]?.headers.has('x-auth-token')).toBe(false);
    expect(signed.iam[0]?.headers.get('authorization')).toMatch(/^SDK-HMAC-SHA256 Access=AccessKey, /);
  });

  it('keeps the token of its source from one renewal to the next', async () => {
    const { iam, read } = connect({
      credentials: { ...agency, source: delegate },
      login: (request, count) =>
        livingToken(`token-${count}`, methodsOf(request) === 'assume_role' ? dayMs / 24 : dayMs),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs / 24);
    await read();
    expect(iam.map(methodsOf)).toEqual(['password', 'assume_role', 'assume_role']);
    expect(iam.map(({ headers }) => headers.get('x-auth-token'))).toEqual([null, 'token-1', 'token-1']);
  });

  it('keeps the token of its source from one login to the next, also when a function returns both anew each time', async () => {
    const { client, iam } = connect({ credentials: async () => ({ ...agency, source: { ...delegate } }) });
    for (let login = 0; login < 3; login += 1) await client.auth.login();
    expect(iam.map(({ body }) => body?.includes('assume_role'))).toEqual([false, true, true, true]);
  });

  it('changes its source as soon as the function returns other credentials', async () => {
    const passwords = ['one', 'two', 'two'];
    const credentials = async () => ({ ...agency, source: { ...delegate, password: passwords.shift() ?? '' } });
    const { client, iam } = connect({ credentials });
    for (let login = 0; login < 3; login += 1) await client.auth.login();
    expect(iam.map(({ body }) => body?.includes('assume_role'))).toEqual([false, true, false, true, true]);
  });

  it('renews the token of its source when IAM refuses it, once', async () => {
    const { iam, read } = connect({
      credentials: { ...agency, source: delegate },
      login: (request, count) =>
        request.headers.get('x-auth-token') === 'token-1' ? keystoneRefusal(401) : loginResponse(`token-${count}`),
    });
    await read();
    expect(iam.map(methodsOf)).toEqual(['password', 'assume_role', 'password', 'assume_role']);
  });

  it('is assumed anew when the service refuses its token', async () => {
    const { iam, read, sms } = connect({
      credentials: { ...agency, source: delegate },
      respond: (_request, count) => (count === 1 ? refusal(401, 'APIGW.0307') : taskResponse('READY')),
    });
    await read();
    expect(iam.map(methodsOf)).toEqual(['password', 'assume_role', 'assume_role']);
    expect(sms.map(({ headers }) => headers.get('x-auth-token'))).toEqual(['token-2', 'token-3']);
  });

  it('corrects the clock for a signed login, too', async () => {
    const { iam, read } = connect({
      credentials: { ...agency, source: key },
      login: (_request, count) =>
        count === 1
          ? refusal(401, 'APIGW.0301', { date: new Date(Date.now() + dayMs).toUTCString() })
          : loginResponse('token'),
    });
    await read();
    expect(iam).toHaveLength(2);
  });

  it.each<[string, Partial<AgencyCredentials>]>([
    ['an agency that is not there', { agencyName: 'other' }],
    ['the agency of an account that is not there', { domainName: 'other' }],
    ['an agency of others', { source: { username: 'stranger', password: 'p', domainName: 'IAMDomainC' } }],
  ])('that is refused is not requested again for 60 s, nor is its source: %s', async (_what, more) => {
    const { id, simulator, sms } = simulate({ ...agency, source: delegate, ...more });
    await expect(sms.tasks.get(id)).rejects.toMatchObject({
      ...{ name: 'AuthenticationError', service: 'iam', status: 403 },
      hint: expect.stringContaining('Agent Operator'),
    });
    await expect(sms.tasks.get(id)).rejects.toMatchObject({ hint: expect.stringContaining('not sent') });
    expect(simulator.requests).toHaveLength(2);
  });

  it('whose source is refused reports that, and does not log in again for 60 s', async () => {
    const { id, simulator, sms } = simulate({ ...agency, source: { ...delegate, password: 'wrong' } });
    const first = await rejectionOf(sms.tasks.get(id));
    expect(first).toMatchObject({
      name: 'AuthenticationError',
      status: 401,
      hint: expect.stringMatching(/^Check user/),
    });
    await expect(sms.tasks.get(id)).rejects.toMatchObject({ hint: expect.stringMatching(/^This login was not sent/) });
    expect(simulator.requests).toHaveLength(1);
  });

  it('whose source comes from a function and is refused does not log in again for 60 s', async () => {
    const { id, simulator, sms } = simulate(async () => ({ ...agency, source: { ...delegate, password: 'wrong' } }));
    for (let call = 0; call < 3; call += 1) await rejectionOf(sms.tasks.get(id));
    expect(simulator.requests).toHaveLength(1);
  });

  describe('whose source is a function', () => {
    /** IAM that refuses what is not good. */
    const login = ({ headers }: SentRequest) =>
      /good/.test(`${headers.get('x-auth-token')}`) ? loginResponse('token') : keystoneRefusal(401);

    it('is assumed as soon as the function returns another token than the refused one, which is not sent again', async () => {
      let token = 'dead';
      const { iam, read } = connect({ credentials: { ...agency, source: async () => ({ token }) }, login });
      expect(await rejectionOf(read())).toMatchObject({ hint: expect.stringMatching(/^Check agency/) });
      const sent = iam.length;
      for (let call = 0; call < 2; call += 1) {
        expect(await rejectionOf(read())).toMatchObject({ hint: expect.stringMatching(/^This login was not sent/) });
      }
      expect(iam).toHaveLength(sent);
      token = 'good';
      await read();
      expect(iam).toHaveLength(sent + 1);
    });

    it('is assumed as soon as the function returns another secret key', async () => {
      let secretAccessKey = 'wrong';
      const { read } = connect({
        credentials: { ...agency, source: async () => ({ ...key, secretAccessKey }) },
        login: () => (secretAccessKey === 'wrong' ? keystoneRefusal(403) : loginResponse('token')),
      });
      await rejectionOf(read());
      secretAccessKey = 'right';
      await read();
    });

    it.each([
      ['a function', (source: Credentials) => source],
      ['another agency by a function', (source: Credentials) => ({ ...agency, agencyName: 'between', source })],
    ])('is assumed as soon as the provider returns the agency with another source: %s', async (_what, wrap) => {
      const tokens = ['dead', 'good'];
      const credentials = async () => {
        const token = tokens.shift() ?? 'none';
        return { ...agency, source: wrap(async () => ({ token })) };
      };
      const { read } = connect({
        credentials,
        login: (request) =>
          bodyOf(request).identity.assume_role.agency_name === 'between'
            ? loginResponse(`between-${request.headers.get('x-auth-token')}`)
            : login(request),
      });
      await rejectionOf(read());
      await read();
    });

    it('with a password is refused once in 60 s, and the function is not called again', async () => {
      const source = vi.fn(async () => delegate);
      const { id, simulator, sms } = simulate({ ...agency, agencyName: 'other', source });
      for (let call = 0; call < 3; call += 1) await rejectionOf(sms.tasks.get(id));
      expect(simulator.requests).toHaveLength(2);
      expect(source).toHaveBeenCalledTimes(1);
    });
  });

  it('never shows the password, key or token of its source, even when IAM quotes them', async () => {
    for (const source of [delegate, key, { token: 'S3cr3tToken' }]) {
      const { client, read } = connect({
        credentials: { ...agency, source },
        login: ({ body = '', headers }) =>
          body.includes('"password"')
            ? loginResponse('S3cr3tOfSource')
            : keystoneRefusal(
                400,
                `${[...headers.values()].join()} ${'secretAccessKey' in source && source.secretAccessKey}`,
              ),
      });
      const error = await rejectionOf(read());
      expect(error.message).toContain('***');
      expect(inspect([error, client], { depth: 12, showHidden: true, getters: true })).not.toMatch(/S3cr3t/);
    }
  });
});

import { type ClientOptions, SmsClient } from '@org/sms-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { account } from './support/make-client.js';
import { traceClient } from './support/trace-client.js';

describe('the environment', () => {
  const password = { HW_USER_NAME: 'n', HW_USER_PASSWORD: 'p4ssword', HW_DOMAIN_NAME: 'd' };
  const place = { HW_REGION_NAME: 'eu-west-101' };

  beforeEach(() => {
    for (const name of Object.keys(process.env)) {
      if (/^(HW|HUAWEICLOUD)_/.test(name)) vi.stubEnv(name, undefined);
    }
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  function traceEnv(variables: Record<string, string>, overrides: Partial<ClientOptions> = {}) {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    return traceClient((fetch) => SmsClient.fromEnv({ fetch, ...overrides }));
  }

  const readLogin = (body: string | undefined) => {
    const { identity, scope } = JSON.parse(body ?? '{}').auth;
    return { user: identity.password.user, scope };
  };

  it('holds credentials, project and region under the names of Terraform', async () => {
    const { login, reading } = await traceEnv({ ...password, ...place, HW_PROJECT_ID: 'project' });

    expect(readLogin(login?.body)).toEqual({
      user: { name: 'n', password: 'p4ssword', domain: { name: 'd' } },
      scope: { project: { id: 'project' } },
    });
    expect(login?.url.host).toBe('iam.myhuaweicloud.eu');
    expect(reading.url.host).toBe('sms.myhuaweicloud.eu');
  });

  it.each<[Record<string, string>, object]>([
    [{ HW_PROJECT_NAME: 'eu-west-101' }, { project: { name: 'eu-west-101' } }],
    [{ HUAWEICLOUD_SDK_PROJECT_ID: 'sdk' }, { project: { id: 'sdk' } }],
    [{ HW_PROJECT_ID: 'terraform', HUAWEICLOUD_SDK_PROJECT_ID: 'sdk' }, { project: { id: 'terraform' } }],
    [{ HW_PROJECT_ID: '', HUAWEICLOUD_SDK_PROJECT_ID: 'sdk' }, { project: { id: 'sdk' } }],
    [{ HW_PROJECT_ID: 'id', HW_PROJECT_NAME: 'name' }, { project: { id: 'id' } }],
    [{ HW_PROJECT_ID: '', HW_PROJECT_NAME: '' }, { domain: { name: 'd' } }],
  ])('with %j asks for a token of %j', async (variables, scope) => {
    const { login } = await traceEnv({ ...password, ...place, ...variables });

    expect(readLogin(login?.body).scope).toEqual(scope);
  });

  it.each<[Record<string, string>, string, string]>([
    [
      { HUAWEICLOUD_SDK_REGION_ID: 'ru-moscow-1' },
      'sms-api.ru-moscow-1.myhuaweicloud.com',
      'iam.ru-moscow-1.myhuaweicloud.com',
    ],
    [{ ...place, HUAWEICLOUD_SDK_REGION_ID: 'ru-moscow-1' }, 'sms.myhuaweicloud.eu', 'iam.myhuaweicloud.eu'],
    [
      { HW_REGION_NAME: '', HUAWEICLOUD_SDK_REGION_ID: 'ru-moscow-1' },
      'sms-api.ru-moscow-1.myhuaweicloud.com',
      'iam.ru-moscow-1.myhuaweicloud.com',
    ],
    [{ ...place, HUAWEICLOUD_SDK_SMS_ENDPOINT: 'https://sms.example' }, 'sms.example', 'iam.myhuaweicloud.eu'],
    [{ ...place, HUAWEICLOUD_SDK_IAM_ENDPOINT: 'https://iam.example' }, 'sms.myhuaweicloud.eu', 'iam.example'],
    [
      { ...place, HW_AUTH_URL: 'https://a.example', HUAWEICLOUD_SDK_IAM_ENDPOINT: 'https://b.example' },
      'sms.myhuaweicloud.eu',
      'a.example',
    ],
    [
      { HUAWEICLOUD_SDK_SMS_ENDPOINT: 'https://sms.example', HW_AUTH_URL: 'https://iam.example' },
      'sms.example',
      'iam.example',
    ],
  ])('with %j leads to %s and %s', async (variables, smsHost, iamHost) => {
    const { login, reading } = await traceEnv({ ...password, ...variables });

    expect([reading.url.host, login?.url.host]).toEqual([smsHost, iamHost]);
  });

  it.each(['https://iam.example', 'https://iam.example/', 'https://iam.example/v3', 'https://iam.example/v3/'])(
    'may hold %s as HW_AUTH_URL: a version at its end is dropped',
    async (url) => {
      const { login } = await traceEnv({ ...password, ...place, HW_AUTH_URL: url });

      expect(login?.url.href).toBe('https://iam.example/v3/auth/tokens?nocatalog=true');
    },
  );

  it('keeps a version that is not at the end of HW_AUTH_URL', async () => {
    const { login } = await traceEnv({ ...password, ...place, HW_AUTH_URL: 'https://gateway.example/v3/iam' });

    expect(login?.url.href).toBe('https://gateway.example/v3/iam/v3/auth/tokens?nocatalog=true');
  });

  it('may hold a token instead of a password', async () => {
    const { login, reading } = await traceEnv({ ...place, HW_AUTH_TOKEN: 'given' });

    expect(login).toBeUndefined();
    expect(reading.headers.get('x-auth-token')).toBe('given');
  });

  it('that holds both uses the password, which can be renewed', async () => {
    const { reading } = await traceEnv({ ...password, ...place, HW_AUTH_TOKEN: 'given' });

    expect(reading.headers.get('x-auth-token')).toBe('token-1');
  });

  it.each<[Record<string, string>, string]>([
    [{}, 'HW_USER_NAME, HW_USER_PASSWORD, HW_DOMAIN_NAME'],
    [{ HW_USER_NAME: 'n' }, 'HW_USER_PASSWORD, HW_DOMAIN_NAME'],
    [{ HW_USER_NAME: 'n', HW_USER_PASSWORD: 'p' }, 'HW_DOMAIN_NAME'],
    [{ ...password, HW_USER_NAME: '' }, 'HW_USER_NAME'],
    [{ ...password, HW_USER_PASSWORD: '', HW_AUTH_TOKEN: '' }, 'HW_USER_PASSWORD'],
  ])('with only %j is refused, naming what is missing', async (variables, missing) => {
    await expect(traceEnv({ ...place, ...variables })).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: `The environment holds no credentials. For a login with a password set ${missing}; for a token set HW_AUTH_TOKEN`,
    });
  });

  it('without a region or endpoints is refused like options without them', async () => {
    await expect(traceEnv(password)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: 'endpoint: expected a URL, or a region, received nothing',
    });
  });

  it('gives way to every option that is given', async () => {
    const { login, reading } = await traceEnv(
      { ...password, ...place, HUAWEICLOUD_SDK_SMS_ENDPOINT: 'https://sms.example' },
      { credentials: { token: 'mine' }, endpoint: 'https://mine.example' },
    );

    expect(login).toBeUndefined();
    expect(reading.url.host).toBe('mine.example');
    expect(reading.headers.get('x-auth-token')).toBe('mine');
  });

  it('gives way to a region that is given, with its endpoints too', async () => {
    const { login, reading } = await traceEnv(
      { ...password, HUAWEICLOUD_SDK_SMS_ENDPOINT: 'https://sms.example', HW_AUTH_URL: 'https://iam.example' },
      { region: 'ru-moscow-1' },
    );

    expect(reading.url.host).toBe('sms-api.ru-moscow-1.myhuaweicloud.com');
    expect(login?.url.host).toBe('iam.ru-moscow-1.myhuaweicloud.com');
  });

  it('does not give way to options that are undefined', async () => {
    const { reading } = await traceEnv({ ...password, ...place }, { region: undefined, endpoint: undefined });

    expect(reading.url.host).toBe('sms.myhuaweicloud.eu');
  });

  it('is not needed for credentials when they are given', async () => {
    const { reading } = await traceEnv(place, { credentials: { token: 'mine' } });

    expect(reading.headers.get('x-auth-token')).toBe('mine');
  });

  it('may be missing altogether, as in a browser', () => {
    vi.stubGlobal('process', undefined);
    try {
      expect(() => SmsClient.fromEnv()).toThrow('The environment holds no credentials');
      expect(SmsClient.fromEnv({ region: 'eu-west-101', credentials: account })).toBeInstanceOf(SmsClient);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

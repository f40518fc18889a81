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

  const set = (variables: Record<string, string>) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  };

  function refusalOf(work: () => unknown): Error {
    try {
      work();
    } catch (error) {
      expect(error).toMatchObject({ name: 'ConfigurationError' });
      return error as Error;
    }
    throw new Error('expected a refusal');
  }

  const readLogin = (body: string | undefined) => {
    const { identity, scope } = JSON.parse(body ?? '{}').auth;
    return { user: identity.password.user, scope };
  };

  it('holds credentials, project and region under the names of Terraform', async () => {
    const { login, request: read } = await traceEnv({ ...password, ...place, HW_PROJECT_ID: 'project' });

    expect(readLogin(login?.body)).toEqual({
      user: { name: 'n', password: 'p4ssword', domain: { name: 'd' } },
      scope: { project: { id: 'project' } },
    });
    expect(login?.url.host).toBe('iam.myhuaweicloud.eu');
    expect(read.url.host).toBe('sms.myhuaweicloud.eu');
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
    const { login, request: read } = await traceEnv({ ...password, ...variables });

    expect([read.url.host, login?.url.host]).toEqual([smsHost, iamHost]);
  });

  it('may hold a region and URLs with blanks or a line break at an end, as a file with variables leaves them', async () => {
    const { login, request: read } = await traceEnv({
      ...password,
      HW_REGION_NAME: ' EU-west-101\r\n',
      HW_AUTH_URL: '\u00a0https://iam.example/v3\n',
    });
    expect([read.url.href, login?.url.host]).toEqual(['https://sms.myhuaweicloud.eu/v3/tasks/t', 'iam.example']);

    const sdk = { HUAWEICLOUD_SDK_SMS_ENDPOINT: '\thttps://sms.example\n', HUAWEICLOUD_SDK_REGION_ID: 'eu-west-101\n' };
    vi.stubEnv('HW_REGION_NAME', undefined);
    expect((await traceEnv(sdk)).request.url.host).toBe('sms.example');
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
    const { login, request: read } = await traceEnv({ ...place, HW_AUTH_TOKEN: 'given' });

    expect(login).toBeUndefined();
    expect(read.headers.get('x-auth-token')).toBe('given');
  });

  it('with both uses the password, which can be renewed', async () => {
    const { request: read } = await traceEnv({ ...password, ...place, HW_AUTH_TOKEN: 'given' });

    expect(read.headers.get('x-auth-token')).toBe('token-1');
  });

  const key = { HW_ACCESS_KEY: 'ak', HW_SECRET_KEY: 's3cret' };
  const sdkKey = { HUAWEICLOUD_SDK_AK: 'sdk-ak', HUAWEICLOUD_SDK_SK: 's3cret' };
  const keyOf = (headers: Headers) => /Access=([^,]+)/.exec(headers.get('authorization') ?? '')?.[1];

  it.each<[Record<string, string>, string, object]>([
    [key, 'ak', {}],
    [{ ...key, HW_SECURITY_TOKEN: 't' }, 'ak', { 'x-security-token': 't' }],
    [{ ...key, HW_PROJECT_ID: 'p', HW_DOMAIN_ID: 'd' }, 'ak', { 'x-project-id': 'p' }],
    [{ ...key, HW_DOMAIN_ID: 'd', HUAWEICLOUD_SDK_DOMAIN_ID: 'e' }, 'ak', { 'x-domain-id': 'd' }],
    [{ ...key, HW_PROJECT_NAME: 'n' }, 'ak', {}],
    [sdkKey, 'sdk-ak', {}],
    [{ ...sdkKey, HUAWEICLOUD_SDK_SECURITY_TOKEN: 't' }, 'sdk-ak', { 'x-security-token': 't' }],
    [{ ...sdkKey, HUAWEICLOUD_SDK_PROJECT_ID: 'p' }, 'sdk-ak', { 'x-project-id': 'p' }],
    [{ ...sdkKey, HUAWEICLOUD_SDK_DOMAIN_ID: 'd' }, 'sdk-ak', { 'x-domain-id': 'd' }],
    [{ ...sdkKey, HW_SECURITY_TOKEN: 't' }, 'sdk-ak', {}],
    [{ ...sdkKey, HW_ACCESS_KEY: 'half' }, 'sdk-ak', {}],
    [{ ...key, ...sdkKey, HUAWEICLOUD_SDK_SECURITY_TOKEN: 't' }, 'ak', {}],
  ])('with %j signs as %s, with %j', async (variables, id, expected) => {
    const { login, request: read } = await traceEnv({ ...place, ...variables });

    expect(login).toBeUndefined();
    expect(keyOf(read.headers)).toBe(id);
    const names = ['x-security-token', 'x-project-id', 'x-domain-id'].filter((name) => read.headers.has(name));
    expect(Object.fromEntries(names.map((name) => [name, read.headers.get(name)]))).toEqual(expected);
  });

  it.each<[string, Record<string, string>]>([
    ['password', { ...password, ...key, ...sdkKey, HW_AUTH_TOKEN: 'given' }],
    ['ak', { HW_USER_NAME: 'n', ...key, ...sdkKey, HW_AUTH_TOKEN: 'given' }],
    ['sdk-ak', { HW_USER_NAME: 'n', HW_SECRET_KEY: 'half', ...sdkKey, HW_AUTH_TOKEN: 'given' }],
    ['token', { HW_USER_NAME: 'n', HW_SECRET_KEY: 'half', HUAWEICLOUD_SDK_AK: 'half', HW_AUTH_TOKEN: 'given' }],
  ])('with several credentials uses the first complete ones: %s', async (expected, variables) => {
    const { login, request: read } = await traceEnv({ ...place, ...variables });
    const used = login === undefined ? (keyOf(read.headers) ?? 'token') : 'password';

    expect(used).toBe(expected);
  });

  const agency = { HW_ASSUME_ROLE_AGENCY_NAME: 'a', HW_ASSUME_ROLE_DOMAIN_NAME: 'other' };
  const readRole = (body: string | undefined) => {
    const { identity, scope } = JSON.parse(body ?? '{}').auth;
    return { role: identity.assume_role, scope };
  };

  it.each<[Record<string, string>, object, object]>([
    [{}, { domain_name: 'other' }, { domain: { name: 'other' } }],
    [{ HW_ASSUME_ROLE_DOMAIN_NAME: '', HW_ASSUME_ROLE_DOMAIN_ID: 'i' }, { domain_id: 'i' }, { domain: { id: 'i' } }],
    [{ HW_PROJECT_NAME: 'n' }, { domain_name: 'other' }, { project: { name: 'n' } }],
    [{ HW_PROJECT_ID: 'p' }, { domain_name: 'other' }, { project: { id: 'p' } }],
  ])('with an agency assumes it with the other credentials: %j', async (variables, role, scope) => {
    const { login } = await traceEnv({ ...key, ...place, ...agency, ...variables });

    expect(keyOf(login?.headers ?? new Headers())).toBe('ak');
    expect(login?.headers.has('x-project-id')).toBe(false);
    expect(readRole(login?.body)).toEqual({ role: { ...role, agency_name: 'a' }, scope });
  });

  it('with an agency logs in to the domain of the user first', async () => {
    const { login } = await traceEnv({ ...password, ...place, ...agency, HW_PROJECT_ID: 'p' });

    expect(readLogin(login?.body)).toMatchObject({ user: { name: 'n' }, scope: { domain: { name: 'd' } } });
  });

  it.each<[Record<string, string>, string]>([
    [{ HW_ASSUME_ROLE_AGENCY_NAME: 'a' }, 'HW_ASSUME_ROLE_DOMAIN_NAME or HW_ASSUME_ROLE_DOMAIN_ID'],
    [{ HW_ASSUME_ROLE_DOMAIN_NAME: 'd' }, 'HW_ASSUME_ROLE_AGENCY_NAME'],
    [{ HW_ASSUME_ROLE_DOMAIN_ID: 'd' }, 'HW_ASSUME_ROLE_AGENCY_NAME'],
  ])('with half of an agency is refused, naming the missing variable: %j', async (variables, missing) => {
    await expect(traceEnv({ ...password, ...place, ...variables })).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: `The environment names half of an agency: it lacks ${missing}`,
    });
  });

  const keys = 'HW_ACCESS_KEY, HW_SECRET_KEY, or HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK';
  it.each<[Record<string, string>, string, string]>([
    [{}, 'HW_USER_NAME, HW_USER_PASSWORD, HW_DOMAIN_NAME', keys],
    [{ HW_USER_NAME: 'n' }, 'HW_USER_PASSWORD, HW_DOMAIN_NAME', keys],
    [{ HW_USER_NAME: 'n', HW_USER_PASSWORD: 'p' }, 'HW_DOMAIN_NAME', keys],
    [{ ...password, HW_USER_NAME: '' }, 'HW_USER_NAME', keys],
    [{ ...password, HW_USER_PASSWORD: '', HW_AUTH_TOKEN: '' }, 'HW_USER_PASSWORD', keys],
    [
      { HW_DOMAIN_NAME: 'd', HW_ACCESS_KEY: 's3cret', HUAWEICLOUD_SDK_SK: 's3cret' },
      'HW_USER_NAME, HW_USER_PASSWORD',
      'HW_SECRET_KEY, or HUAWEICLOUD_SDK_AK',
    ],
  ])('with only %j is refused, saying what each kind lacks', async (variables, missing, missingOfKeys) => {
    await expect(traceEnv({ ...place, ...variables })).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: `The environment holds no credentials: a login with a password lacks ${missing}; an access key lacks ${missingOfKeys}; a token lacks HW_AUTH_TOKEN`,
    });
  });

  it.each<[Record<string, string>, Partial<ClientOptions>]>([
    [{}, {}],
    [{ HUAWEICLOUD_SDK_SMS_ENDPOINT: 'https://sms.example' }, {}],
    [{ HW_AUTH_URL: 'https://iam.example' }, {}],
    [{}, { endpoint: 'https://sms.example' }],
  ])('with %j and options %j is refused, naming the variables of the region', async (variables, overrides) => {
    await expect(traceEnv({ ...password, ...variables }, overrides)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: 'The environment names no region: set HW_REGION_NAME, or HUAWEICLOUD_SDK_SMS_ENDPOINT and HW_AUTH_URL',
    });
  });

  it('yields to every given option', async () => {
    const { login, request: read } = await traceEnv(
      { ...password, ...place, HUAWEICLOUD_SDK_SMS_ENDPOINT: 'https://sms.example' },
      { credentials: { token: 'mine' }, endpoint: 'https://mine.example' },
    );

    expect(login).toBeUndefined();
    expect(read.url.host).toBe('mine.example');
    expect(read.headers.get('x-auth-token')).toBe('mine');
  });

  it('yields to a given region, and so do its endpoints', async () => {
    const { login, request: read } = await traceEnv(
      { ...password, HUAWEICLOUD_SDK_SMS_ENDPOINT: 'https://sms.example', HW_AUTH_URL: 'https://iam.example' },
      { region: 'ru-moscow-1' },
    );

    expect(read.url.host).toBe('sms-api.ru-moscow-1.myhuaweicloud.com');
    expect(login?.url.host).toBe('iam.ru-moscow-1.myhuaweicloud.com');
  });

  it('does not yield to undefined options', async () => {
    const { request: read } = await traceEnv({ ...password, ...place }, { region: undefined, endpoint: undefined });

    expect(read.url.host).toBe('sms.myhuaweicloud.eu');
  });

  it('is not needed when credentials are given', async () => {
    const { request: read } = await traceEnv(place, { credentials: { token: 'mine' } });

    expect(read.headers.get('x-auth-token')).toBe('mine');
  });

  it.each([
    ['HW_USER_PASSWORD', 'secret-password\n'],
    ['HW_USER_NAME', ' mover'],
    ['HW_DOMAIN_NAME', 'account\r'],
    ['HW_PROJECT_NAME', 'eu-west-101 '],
    ['HW_PROJECT_ID', 'a\u007fb'],
  ])('with white space at an end or control characters is refused, naming the variable: %s', (name, value) => {
    set({ ...password, [name]: value });
    const error = refusalOf(() => SmsClient.fromEnv({ region: 'eu-west-101' }));
    expect(error.message).toBe(
      `${name}: expected a text without control characters and without white space, a line break or an invisible character at an end, received a string of ${value.length} characters`,
    );
  });

  it.each([
    ['HW_AUTH_TOKEN', { HW_AUTH_TOKEN: 'a token' }],
    ['HW_AUTH_TOKEN', { HW_AUTH_TOKEN: 'tok\u00e9n' }],
    ['HW_ACCESS_KEY', { ...key, HW_ACCESS_KEY: 'a b' }],
    ['HW_SECRET_KEY', { ...key, HW_SECRET_KEY: 's\u2028k' }],
    ['HW_SECURITY_TOKEN', { ...key, HW_SECURITY_TOKEN: 's t' }],
    ['HUAWEICLOUD_SDK_SK', { ...sdkKey, HUAWEICLOUD_SDK_SK: 's k' }],
    ['HUAWEICLOUD_SDK_PROJECT_ID', { ...key, HUAWEICLOUD_SDK_PROJECT_ID: 'p 1' }],
    ['HW_DOMAIN_ID', { ...key, HW_DOMAIN_ID: 'd 1' }],
  ])('with characters that a header cannot hold is refused, naming the variable: %s', (name, variables) => {
    set(variables);
    const { message } = refusalOf(() => SmsClient.fromEnv({ region: 'eu-west-101' }));
    const value = Object.entries(variables).find(([variable]) => variable === name)?.[1] ?? '';
    expect(message).toBe(
      `${name}: expected a text of visible ASCII characters, without white space or a line break at an end, received a string of ${value.length} characters`,
    );
    expect(message).not.toContain(value);
  });

  it.each([
    ['HW_REGION_NAME', 'eu-west-999', { HW_REGION_NAME: 'eu-west-999' }],
    ['HW_AUTH_URL', 'http', { HW_AUTH_URL: 'http://iam.example', HUAWEICLOUD_SDK_SMS_ENDPOINT: 'https://sms.example' }],
    [
      'HUAWEICLOUD_SDK_SMS_ENDPOINT',
      'URL',
      { HUAWEICLOUD_SDK_SMS_ENDPOINT: 'nonsense', HW_AUTH_URL: 'https://iam.example' },
    ],
  ])('with an invalid value is refused, naming the variable: %s', (name, what, variables) => {
    set({ ...password, ...variables });
    const { message } = refusalOf(() => SmsClient.fromEnv());
    expect(message).toMatch(new RegExp(`^${name}: expected`));
    expect(message).toContain(what);
  });

  it.each([null, 'region', 5])('refuses overrides that are no object: %j', (overrides) => {
    set(password);
    expect(refusalOf(() => SmsClient.fromEnv(overrides as never)).message).toMatch(/^fromEnv: expected an object/);
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

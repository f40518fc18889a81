import { readFileSync } from 'node:fs';
import { type ClientOptions, SmsClient } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { parseOptions } from '../src/options.js';
import { version } from '../src/version.js';
import { fakeFetch, taskResponse } from './support/fake-fetch.js';
import { account } from './support/make-client.js';
import { refuseOptions, traceClient } from './support/trace-client.js';

const https = { endpoint: 'https://sms.test.example', iamEndpoint: 'https://iam.test.example', credentials: account };

const withOptions = (options: Partial<ClientOptions>) =>
  traceClient((fetch) => new SmsClient({ credentials: account, fetch, ...options }));

describe('options', () => {
  it.each([
    [undefined, 'SmsClient: expected object, received nothing'],
    [
      {},
      'SmsClient: credentials: expected a password, an access key, a token, an agency, or a function that returns one of these, received nothing',
    ],
    [{ ...https, timeoutMs: 0 }, 'SmsClient: timeoutMs: expected a whole number of 1 to 2147483647, received 0'],
    [
      { ...https, totalTimeoutMs: 1e12 },
      'SmsClient: totalTimeoutMs: expected a whole number of 1 to 2147483647, received 1000000000000',
    ],
    [{ ...https, maxRetries: 101 }, 'SmsClient: maxRetries: expected a whole number of 0 to 100, received 101'],
    [
      { ...https, responseValidation: 'off' },
      'SmsClient: responseValidation: expected one of error, warn, received "off"',
    ],
    [{ ...https, fetch: {} }, 'SmsClient: fetch: expected a function, received object'],
    [
      { ...https, logger: { info() {} } },
      'SmsClient: logger: expected an object with the methods debug, info, warn and error, received object',
    ],
    [
      { ...https, logger: null },
      'SmsClient: logger: expected an object with the methods debug, info, warn and error, received null',
    ],
    [
      { ...https, userAgent: 'a\r\nb' },
      'SmsClient: userAgent: expected a string of printable ASCII characters, received a string of 4 characters',
    ],
    [
      { ...https, userAgent: '' },
      'SmsClient: userAgent: expected a string of 1 to 200 characters, received an empty string',
    ],
    [{ ...https, fetch: 'x' }, 'SmsClient: fetch: expected a function, received a string of 1 character'],
    [{ ...https, onRetry: 'log' }, 'SmsClient: onRetry: expected a function, received a string of 3 characters'],
    [{ ...https, onResponse: 1 }, 'SmsClient: onResponse: expected a function, received 1'],
    [
      { ...https, retries: 3 },
      'SmsClient: retries: expected no field of this name, received one (did you mean "maxRetries"?)',
    ],
    [
      { ...https, timeoutMs: '1', maxRetries: -1 },
      'SmsClient: timeoutMs: expected number, received string; maxRetries: expected a whole number of 0 to 100, received -1',
    ],
  ])('that are invalid are refused by name (case %#)', (options, message) => {
    expect(refuseOptions(options)).toBe(message);
  });

  it('may be undefined', async () => {
    const none = { timeoutMs: undefined, logger: undefined, fetch: undefined, userAgent: undefined, region: undefined };

    expect(new SmsClient({ ...https, ...none })).toBeInstanceOf(SmsClient);
  });

  it('may have any logger with the four methods, such as console', () => {
    expect(new SmsClient({ ...https, logger: console })).toBeInstanceOf(SmsClient);
  });

  it('name the package version and the application in User-Agent', async () => {
    const { login, request: read } = await withOptions({ ...https, userAgent: 'mover/1.4 (test)' });

    expect(read.headers.get('user-agent')).toBe(`org-sms-client/${version} mover/1.4 (test)`);
    expect(login?.headers.get('user-agent')).toBe(`org-sms-client/${version} mover/1.4 (test)`);
  });

  it("use the runtime's fetch, read anew at every call, when they have none", async () => {
    const { fetch, sms: requests } = fakeFetch(() => taskResponse('READY'));
    const sms = new SmsClient(https);
    vi.stubGlobal('fetch', fetch);

    await sms.tasks.get('t').finally(() => vi.unstubAllGlobals());

    expect(requests).toHaveLength(1);
  });

  it('are copied: changing the credentials later has no effect', async () => {
    const credentials = { ...account };
    const { fetch, iam } = fakeFetch(() => taskResponse('READY'));
    const sms = new SmsClient({ ...https, credentials, fetch });
    credentials.password = 'another';

    await sms.tasks.get('t');

    expect(iam[0]?.body).toContain('"Password"');
  });
});

describe('endpoints', () => {
  it.each([
    ['https://sms.test.example', 'https://sms.test.example/v3/tasks/t'],
    ['https://sms.test.example/', 'https://sms.test.example/v3/tasks/t'],
    ['https://sms.test.example///', 'https://sms.test.example/v3/tasks/t'],
    ['https://gateway.example/sms/eu', 'https://gateway.example/sms/eu/v3/tasks/t'],
    ['https://gateway.example/sms/eu//', 'https://gateway.example/sms/eu/v3/tasks/t'],
    ['https://gateway.example:8443', 'https://gateway.example:8443/v3/tasks/t'],
    [' https://sms.test.example\r\n', 'https://sms.test.example/v3/tasks/t'],
    ['\u00a0https://sms.test.example/\ufeff', 'https://sms.test.example/v3/tasks/t'],
    ['HTTPS://SMS.test.example?#', 'https://sms.test.example/v3/tasks/t'],
    ['http://localhost:8080', 'http://localhost:8080/v3/tasks/t'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/v3/tasks/t'],
    ['http://127.1:8080', 'http://127.0.0.1:8080/v3/tasks/t'],
    ['http://127.9.8.7', 'http://127.9.8.7/v3/tasks/t'],
    ['http://127.255.10.200', 'http://127.255.10.200/v3/tasks/t'],
    ['http://0x7f000001:8080', 'http://127.0.0.1:8080/v3/tasks/t'],
    ['http://2130706433', 'http://127.0.0.1/v3/tasks/t'],
    ['http://[::1]:8080', 'http://[::1]:8080/v3/tasks/t'],
    ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]/v3/tasks/t'],
  ])('%j is used as intended', async (endpoint, expected) => {
    const { request: read } = await withOptions({ ...https, endpoint });

    expect(read.url.href).toBe(expected);
  });

  it('may differ from each other in every part', async () => {
    const { login, request: read } = await withOptions({
      endpoint: 'http://[::1]:1/a',
      iamEndpoint: '\u00a0https://iam.example/b/\n',
    });

    expect(login?.url.href).toBe('https://iam.example/b/v3/auth/tokens?nocatalog=true');
    expect(read.url.href).toBe('http://[::1]:1/a/v3/tasks/t');
  });

  it.each([
    'http://sms.myhuaweicloud.eu',
    'http://10.0.0.1',
    'http://128.0.0.1',
    'http://1270.0.0.1.example',
    'http://127.0.0.1.example',
    'http://localhost.example',
    'http://sms.localhost:8080',
    'http://notlocalhost',
    'http://[::2]',
    'http://0.0.0.0',
  ])('%s is refused, because a token would travel unprotected', (endpoint) => {
    const hostname = new URL(endpoint).hostname;

    expect(refuseOptions({ ...https, endpoint })).toBe(
      `endpoint: expected https, received http: a token would travel unprotected to ${hostname}`,
    );
    expect(refuseOptions({ ...https, iamEndpoint: endpoint })).toContain('iamEndpoint: expected https');
  });

  it.each([
    'sms.myhuaweicloud.eu',
    'ftp://sms.example',
    'javascript:alert(1)',
    '//sms.example',
    'https://',
    'https://a b',
    'file:///etc',
  ])('%s is refused, because it is no URL that can be called', (endpoint) => {
    expect(refuseOptions({ ...https, endpoint })).toBe(
      'endpoint: expected a URL such as https://sms.myhuaweicloud.eu, received another string',
    );
  });

  it.each([
    'https://user@sms.example',
    'https://user:pass@sms.example',
    'https://:pass@sms.example',
    'https://sms.example?a=1',
    'https://sms.example#a',
    'http://127.0.0.1@evil.example',
  ])('%s is refused, because it holds more than an origin and a path', (endpoint) => {
    expect(refuseOptions({ ...https, endpoint })).toBe(
      'endpoint: expected a URL without user, password, query and fragment, received one with some',
    );
  });

  it.each([
    ['eu-west-100', 'eu-west-101'],
    ['EU_WEST-10', 'eu-west-101'],
    [' ap-southeast-33', 'ap-southeast-3'],
  ])('of an unknown region %j are a question for %s', (region, nearest) => {
    expect(refuseOptions({ credentials: account, region })).toContain(
      `received ${JSON.stringify(region)} (did you mean "${nearest}"?); for other regions give endpoint and iamEndpoint`,
    );
  });

  it('of a region that is near to none are asked for without a suggestion', () => {
    expect(refuseOptions({ credentials: account, region: 'atlantis' })).toContain('received "atlantis"; for other');
  });

  it.each(['EU-West-101', ' eu-west-101\n'])('are those of a region whatever its case and ends: %j', (region) => {
    expect(parseOptions({ credentials: account, region }).endpoint).toBe('https://sms.myhuaweicloud.eu');
  });

  it('are both required without a region', () => {
    expect(refuseOptions({ credentials: account })).toBe('endpoint: expected a URL, or a region, received nothing');
    expect(refuseOptions({ credentials: account, endpoint: 'https://sms.example' })).toBe(
      'iamEndpoint: expected a URL, or a region, received nothing',
    );
  });
});

describe('version', () => {
  it('is that of package.json', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

    expect(version).toBe(manifest.version);
  });
});

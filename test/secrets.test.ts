import { inspect } from 'node:util';
import { type ClientOptions, type RequestOptions, SmsClient } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { loginResponse, type SentRequest, taskResponse } from './support/fake-fetch.js';
import { hang } from './support/fake-task.js';
import { settle, useFakeTime } from './support/fake-time.js';

useFakeTime();

// Every part of them is recognisable, so that half a secret is found, too.
const password = 'P4SS"z0rd\\P4SS\'/+ %&\u20ac\u{1f600} P4SS';
const token = 'T0K3N"\\+/=%\'&<'.repeat(60);
const secret = /P4SS|z0rd|T0K3N/;

type Part = (request: SentRequest) => Response | Promise<Response>;

/** What a request contained, in every spelling of a quotation. */
const quotes: Record<string, (request: SentRequest) => string> = {
  'as it is': (request) => readSecrets(request).join(' and '),
  'as JSON': (request) => JSON.stringify(readSecrets(request)),
  'as JSON in JSON': (request) => JSON.stringify({ body: request.body, headers: Object.fromEntries(request.headers) }),
  'as inspect prints it': (request) => inspect({ body: request.body, headers: Object.fromEntries(request.headers) }),
  'as a part of a URL': (request) => readSecrets(request).map(encodeURIComponent).join('&'),
  'as a form': (request) => new URLSearchParams(readSecrets(request).map((value) => ['quoted', value])).toString(),
  'behind much other text': (request) => `${'x'.repeat(480)}${readSecrets(request).join('y'.repeat(500))}`,
};

function parse({ body }: SentRequest): { auth?: { identity: { password: { user: { password: string } } } } } {
  return JSON.parse(body ?? '{}');
}

function readSecrets(request: SentRequest): string[] {
  const values = [parse(request).auth?.identity.password.user.password, request.headers.get('x-auth-token')];
  return values.filter((value) => value !== undefined && value !== null);
}

function fail(message: string, cause?: unknown): Promise<never> {
  return Promise.reject(Object.assign(new TypeError(message, { cause }), { request: message, code: message }));
}

/** What goes wrong. Some cases quote the request. */
const troubles: Record<string, (quote: (request: SentRequest) => string) => Part> = {
  'a refusal of SMS that quotes': (quote) => (request) =>
    Response.json(
      {
        error_code: quote(request),
        error_msg: quote(request),
        request_id: quote(request),
        details: [{ error_code: quote(request), error_msg: quote(request) }],
      },
      { status: 403 },
    ),
  'a refusal of Keystone that quotes': (quote) => (request) =>
    Response.json({ error: { code: 400, message: quote(request), title: quote(request) } }, { status: 400 }),
  'a refusal in plain text that quotes': (quote) => (request) => new Response(quote(request), { status: 404 }),
  'a page of a gateway that quotes': (quote) => (request) =>
    new Response(`<html><title>${quote(request)}</title></html>`, { status: 502 }),
  'headers that quote': (quote) => (request) => {
    const text = /^[\x20-\x7e]*$/.test(quote(request)) ? quote(request) : '';
    return new Response('', { status: 500, headers: { 'x-request-id': text, 'x-echo': text } });
  },
  'a success of the wrong form that quotes': (quote) => (request) =>
    Response.json({ id: [quote(request)], [password]: 1, token: { expires_at: quote(request), issued_at: 5 } }),
  'a success that is no JSON and quotes': (quote) => (request) => new Response(`OK ${quote(request)}`),
  'a fetch whose error quotes': (quote) => (request) => fail(quote(request), new Error(quote(request))),
  'a fetch that throws a text which quotes': (quote) => (request) => Promise.reject(quote(request)),
  'a fetch that fails at many addresses and quotes': (quote) => (request) =>
    Promise.reject(new AggregateError([new Error(quote(request))], quote(request))),
  'a body that breaks with an error which quotes': (quote) => (request) =>
    new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError(quote(request))) })),
  'headers too large': () => () =>
    fail('fetch failed', Object.assign(new Error('overflow'), { code: 'UND_ERR_HEADERS_OVERFLOW' })),
  'a refused token': () => () => Response.json({ error_code: 'APIGW.0301', error_msg: 'no' }, { status: 401 }),
  'a timeout': () => hang,
};

/** Everything that a person could see of a client and its errors. */
function watch(login: Part, respond: Part, options: Partial<ClientOptions> = {}) {
  const seen: unknown[] = [];
  const level = (name: string) => (message: string, details?: object) => void seen.push([name, message, details]);
  const sms = new SmsClient({
    region: 'eu-west-101',
    credentials: { username: 'u', password, domainName: 'd' },
    logger: { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') },
    onRetry: (event) => seen.push(event),
    onResponse: (event) => seen.push(event),
    maxRetries: 1,
    timeoutMs: 1_000,
    fetch: async (text, init) => {
      const url = new URL(text);
      const body = init.body === undefined ? undefined : String(init.body);
      // The runtime's own Headers would strip what they cannot hold.
      const headers = new Headers(init.headers);
      const request = { method: init.method ?? 'GET', url, headers, body, signal: init.signal as AbortSignal };
      return url.pathname === '/v3/auth/tokens' && init.method === 'POST' ? login(request) : respond(request);
    },
    ...options,
  });
  return { sms, seen };
}

/** All texts that can be made of a value. */
function show(value: unknown): string {
  const texts = [
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null }),
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true, maxStringLength: null }),
    JSON.stringify(value),
  ];
  for (let error = value; error instanceof Error; error = error.cause) texts.push(String(error), String(error.stack));
  return texts.join('\n');
}

async function expectNoSecret(sms: SmsClient, seen: unknown[], work: Promise<unknown>): Promise<void> {
  const { error } = await settle(work);
  expect(error).toBeInstanceOf(Error);
  for (const value of [error, sms, ...seen]) expect(show(value)).not.toMatch(secret);
}

const good = { login: () => loginResponse(token), respond: () => taskResponse('READY') };
const calls = {
  'a read': (sms: SmsClient, options?: RequestOptions) => sms.tasks.get('t', options),
  'an operation': (sms: SmsClient, options?: RequestOptions) => sms.tasks.act('t', { operation: 'start' }, options),
  'an operation performed once': (sms: SmsClient, options?: RequestOptions) => sms.tasks.start('t', options),
  'the list of projects': (sms: SmsClient) => sms.auth.listProjects(),
  'the check of a token': (sms: SmsClient) => sms.auth.verifyToken(token),
  'a login': (sms: SmsClient) => sms.auth.login(),
};

const cases = Object.entries(troubles).flatMap(([trouble, make]) => {
  const spellings = trouble.includes('quote') ? Object.entries(quotes) : [['', () => ''] as const];
  return spellings.map(([spelling, quote]) => ({ trouble: `${trouble} ${spelling}`.trim(), part: make(quote) }));
});

describe('neither password nor token is in errors, logs, hooks or the client', () => {
  it.each(cases)('after $trouble, at the login', async ({ part }) => {
    for (const call of [calls['a read'], calls['a login']]) {
      const { seen, sms } = watch(part, good.respond);
      await expectNoSecret(sms, seen, call(sms));
    }
  });

  it.each(cases)('after $trouble, at any other call', async ({ part }) => {
    for (const [name, call] of Object.entries(calls)) {
      if (name === 'a login') continue;
      const { seen, sms } = watch(good.login, part);
      const outcome = await settle<unknown>(call(sms));
      // Some responses are valid for some calls, for example an unknown token.
      for (const value of [outcome, sms, ...seen]) expect(show(value), name).not.toMatch(secret);
    }
  });

  it('after codes that are the token itself', async () => {
    const plain = 'T0K3N-plain';
    const refused = () =>
      Response.json({ error_code: plain, error_msg: 'no', details: [{ error_code: plain }] }, { status: 400 });
    for (const respond of [
      refused,
      () => fail(plain),
      () => fail('no', Object.assign(new Error('no'), { code: plain })),
    ]) {
      const { seen, sms } = watch(() => loginResponse(plain), respond);
      await expectNoSecret(sms, seen, sms.tasks.get('t'));
    }
  });

  it('after an abort', async () => {
    const { seen, sms } = watch(good.login, hang);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);

    await expectNoSecret(sms, seen, sms.tasks.get('t', { signal: controller.signal }));
  });

  it('after invalid arguments', async () => {
    const { seen, sms } = watch(good.login, good.respond);

    await expectNoSecret(sms, seen, sms.tasks.get('t', { headers: { 'x-a': `${token}\n` } }));
    await expectNoSecret(sms, seen, sms.tasks.get('t', { headers: { 'X-Auth-Token': token } }));
    await expectNoSecret(sms, seen, sms.auth.verifyToken(`${token} ${token}`));
    await expectNoSecret(sms, seen, sms.tasks.get('t', { signal: token } as unknown as RequestOptions));
  });

  it.each([
    { credentials: { username: 5, password, domainName: 'd' } },
    { credentials: { username: 'u', password: [password], domainName: 'd' } },
    { credentials: { username: 'u', password, domainName: 'd', extra: token } },
    { credentials: { token: `${token} ${token}` } },
    { credentials: { token: [token] } },
    { credentials: token },
    { credentials: [password] },
    { endpoint: `https://u:${encodeURIComponent(password)}@sms.test.example` },
    { endpoint: `https://sms.test.example?token=${encodeURIComponent(token)}` },
    { endpoint: token },
    { userAgent: password },
    { logger: token },
  ])('after invalid options (case %#)', (options) => {
    const credentials = { username: 'u', password, domainName: 'd' };
    try {
      new SmsClient({ region: 'eu-west-101', credentials, ...options } as unknown as ClientOptions);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ name: 'ConfigurationError' });
      expect(show(error)).not.toMatch(secret);
    }
  });

  it('while every call succeeds', async () => {
    const { seen, sms } = watch(good.login, good.respond);

    await settle(sms.tasks.get('t'));
    const { value: issued } = (await settle(sms.auth.getToken())) as { value: { value: string } };

    expect(issued.value).toBe(token);
    for (const value of [sms, sms.auth, sms.tasks, issued, ...seen]) expect(show(value)).not.toMatch(secret);
  });

  it('when the credentials are a token', async () => {
    const { seen, sms } = watch(
      good.login,
      troubles['a fetch whose error quotes']?.(quotes['as JSON in JSON'] ?? String) ?? hang,
      {
        credentials: { token },
      },
    );

    await expectNoSecret(sms, seen, sms.tasks.get('t'));
    await expectNoSecret(sms, seen, sms.auth.getToken());
  });
});

describe('an error message after redaction', () => {
  it('still says what the service or the runtime meant', async () => {
    const { sms } = watch(good.login, (request) =>
      Response.json(
        { error_msg: `token ${request.headers.get('x-auth-token')} is of another region` },
        { status: 403 },
      ),
    );

    expect((await settle(sms.tasks.get('t'))).error).toMatchObject({
      serviceMessage: 'token *** is of another region',
    });
  });
});

/** Names that JavaScript gives a meaning, line breaks that HTTP gives one, and control characters that a terminal does. */
import {
  type ClientOptions,
  type Cursor,
  type RequestOptions,
  SmsClient,
  type TaskAction,
  type TaskQuery,
} from '@org/sms-client';
import { afterEach, describe, expect, it } from 'vitest';
import { calls } from '../operations/calls.js';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { loginResponse, taskResponse } from '../support/fake-fetch.js';
import { account } from '../support/make-client.js';

const polluting = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1}';
const parse = <T>(text: string): T => JSON.parse(text) as T;

afterEach(() => {
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

/** The JSON with the polluting members in every object of it. */
function pollute(value: unknown): string {
  return JSON.stringify(value ?? {})
    .replaceAll('{', `{${polluting},`)
    .replaceAll(',}', '}');
}

describe('Object.prototype', () => {
  it.each(Object.values(calls))('is not changed by a response to $method', async ({ response, call }) => {
    for (const options of [{}, { responseValidation: 'warn' }] as const) {
      const { sms } = makeFakeClient(() => new Response(pollute(response)), options);
      // Where only texts belong, an object is refused.
      const value = await call(sms).catch((error: unknown) => error);
      expect((Object(value) as { polluted?: unknown }).polluted).toBeUndefined();
    }
  });

  it.each(Object.values(calls))('is not changed by a refusal of $method', async ({ call }) => {
    const refusal = { error: { details: [{}] }, details: [{}] };
    const { sms } = makeFakeClient(() => new Response(pollute(refusal), { status: 400 }));

    const outcome = await call(sms).catch((error: unknown) => error);

    const error = Array.isArray(outcome) ? outcome[0].error : outcome;
    expect(error).toMatchObject({ name: 'ApiError', code: null, status: 400 });
    expect((error as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('is not changed by the response to a login, nor by the contents of a token', async () => {
    const details = '"issued_at":"2026-01-01T00:00:00Z","expires_at":"2026-01-02T00:00:00Z"';
    const body = `{${polluting},"token":{${polluting},${details},"user":{${polluting},"name":"u"}}}`;
    const { sms } = makeFakeClient(
      () => taskResponse('READY'),
      {},
      () => new Response(body, { status: 201, headers: { 'x-subject-token': 'token-1' } }),
    );

    const token = await sms.auth.login();

    expect(token.user.name).toBe('u');
    expect((token as { polluted?: unknown }).polluted).toBeUndefined();
    expect((token.user as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('is not changed by a cursor', async () => {
    const { sms } = makeFakeClient(() => Response.json({ id: 't', state: 'SUCCESS' }));
    const cursor = parse<Cursor>(`{"id":"t","percent":1,${polluting}}`);

    expect(await sms.tasks.waitFor('t', { cursor })).toEqual({ id: 't', state: 'SUCCESS' });
  });

  it('is not changed by options, headers, a query or a body of a caller, which are refused', async () => {
    const { requests, sms } = makeFakeClient(() => new Response('""'));
    const start = { operation: 'start' } as const;

    for (const call of [
      sms.tasks.act('t', start, parse<RequestOptions>(`{${polluting}}`)),
      sms.tasks.act('t', start, parse<RequestOptions>(`{"headers":{${polluting}}}`)),
      sms.tasks.act('t', parse<TaskAction>(`{"operation":"start",${polluting}}`)),
      sms.tasks.list(parse<TaskQuery>(`{${polluting}}`)),
    ]) {
      expect(await rejectionOf(call)).toMatchObject({ name: 'InvalidRequestError' });
    }
    expect(requests).toEqual([]);
  });

  it('is not changed by unchecked fields of a caller', async () => {
    const { requests, sms } = makeFakeClient(() => new Response('""'));
    const result = { command_name: 'START', result: 'success', result_detail: parse<object>(`{${polluting},"a":1}`) };

    await sms.agent.reportCommandResult('s', result as Parameters<typeof sms.agent.reportCommandResult>[1]);

    expect(parse<{ result_detail: object }>(requests[0]?.body ?? '').result_detail).toMatchObject({ a: 1 });
  });

  it('is not changed by the options of a client, which are refused', () => {
    const options = parse<object>(`{"region":"eu-west-101",${polluting}}`);
    const credentials = parse<object>(`{"username":"u","password":"p","domainName":"d",${polluting}}`);

    expect(() => new SmsClient({ ...account, ...options, credentials: account } as unknown as ClientOptions)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError' }),
    );
    expect(() => new SmsClient({ region: 'eu-west-101', credentials } as unknown as ClientOptions)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError' }),
    );
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'gives no meaning to the error code, state, step or region %s',
    async (name) => {
      const refused = makeFakeClient(() => Response.json({ error_code: name, error_msg: 'm' }, { status: 400 }));
      expect(await rejectionOf(refused.sms.tasks.get('t'))).toMatchObject({
        name: 'ApiError',
        code: name,
        hint: expect.stringContaining('Correct the request'),
      });
      const step = { id: 1, name, progress: 5, user_op: name };
      const failed = makeFakeClient(() =>
        taskResponse(name, { id: 't', sub_tasks: [step], error_json: JSON.stringify({ error_code: name }) }),
      );
      expect(
        await rejectionOf(failed.sms.tasks.waitFor('t', { failOn: ({ state }) => (state as string) === name })),
      ).toMatchObject({
        name: 'MigrationFailedError',
        code: null,
      });
      expect(() => new SmsClient({ region: name, credentials: account })).toThrow(
        expect.objectContaining({ name: 'ConfigurationError' }),
      );
    },
  );
});

const breaks = ['\r\nx-evil: 1', '\nx-evil: 1', '\rx-evil: 1', '\0', '\u2028x-evil: 1', '\u010a\u010d'];

describe('a line break', () => {
  it.each(breaks)('in a token, a user agent or a header reaches no request: %j', async (line) => {
    const { logins, requests, sms } = makeFakeClient(() => taskResponse('READY'));
    const options = { region: 'eu-west-101', credentials: account };

    expect(() => new SmsClient({ ...options, credentials: { token: `token${line}` } })).toThrow(
      expect.objectContaining({ name: 'ConfigurationError' }),
    );
    expect(() => new SmsClient({ ...options, userAgent: `mover${line}` })).toThrow(
      expect.objectContaining({ name: 'ConfigurationError' }),
    );
    for (const work of [
      sms.auth.verifyToken(`token${line}`),
      sms.tasks.get('t', { headers: { 'x-note': `a${line}` } }),
      sms.tasks.get('t', { headers: { [`x-note${line}`]: 'a' } }),
    ]) {
      expect(await rejectionOf(work)).toMatchObject({ name: 'InvalidRequestError' });
    }
    const provided = makeFakeClient(() => taskResponse('READY'), {
      credentials: async () => ({ token: `token${line}` }),
    });
    expect(await rejectionOf(provided.sms.tasks.get('t'))).toMatchObject({ name: 'ConfigurationError' });

    expect([...logins, ...requests, ...provided.requests]).toEqual([]);
  });

  it('in the token that IAM returns is refused, and the token is not used', async () => {
    const response = await loginResponse().text();
    const headers = Object.assign(new Headers(), { get: () => 'token\r\nx-evil: 1' });
    const { requests, sms } = makeFakeClient(
      () => taskResponse('READY'),
      {},
      // No runtime accepts such a header, but a custom fetch might.
      () => Object.defineProperty(new Response(response, { status: 201 }), 'headers', { value: headers }),
    );

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ name: 'ResponseFormatError' });
    expect(requests).toEqual([]);
  });

  it.each(['username', 'password', 'domainName', 'projectName'])('in credentials is refused: %s', (field) => {
    const line = 'a\r\nx-evil: 1';
    const credentials = { username: 'u', password: 'p', domainName: 'd', projectName: 'n', [field]: line };
    expect(() => makeFakeClient(() => new Response('""'), { credentials })).toThrow(`credentials.${field}: expected`);
  });

  it('in a query or a body is sent unchanged', async () => {
    const line = 'a\r\nx-evil: 1';
    const { logins, requests, sms } = makeFakeClient(({ method }) =>
      method === 'GET' ? Response.json({ tasks: [] }) : new Response('""'),
    );

    await sms.tasks.list({ name: line });
    await sms.tasks.update('t', { name: line }).catch(() => undefined);

    expect(requests[0]?.url.searchParams.get('name')).toBe(line);
    expect(JSON.parse(requests[1]?.body ?? '')).toEqual({ name: line });
    for (const { headers } of [...logins, ...requests]) expect(headers.has('x-evil')).toBe(false);
  });

  it('or any other control character of the service forges no log line and moves no cursor', async () => {
    const forged = 'no\r\n2026-01-01 ERROR all is lost \u001b[2J\u001b[31m\u0085\u0007';
    const bodies = [
      JSON.stringify({ error_code: 'SMS.1', error_msg: forged, request_id: forged }),
      forged,
      `<title>${forged}</title>`,
    ];
    for (const body of bodies) {
      const { sms } = makeFakeClient(() => new Response(body, { status: 400 }));
      const { message } = (await rejectionOf(sms.tasks.get('t'))) as Error;
      expect(message).toContain('ERROR all is lost');
      expect(message).not.toMatch(/\p{Cc}/u);
    }
    const steps = [{ id: 1, name: forged, progress: 5 }];
    const { sms } = makeFakeClient(() =>
      taskResponse('MIGRATE_FAIL', { id: 't', sub_tasks: steps, error_json: forged }),
    );
    const { message } = (await rejectionOf(sms.tasks.waitFor('t'))) as Error;
    expect(message).toContain('ERROR all is lost');
    expect(message).not.toMatch(/\p{Cc}/u);
  });
});

import type { CustomRequest } from '@org/sms-client';
import { Task } from '@org/sms-client/schemas';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import * as z from 'zod';
import * as mini from 'zod/mini';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { refusal, taskResponse } from '../support/fake-fetch.js';

const get = { method: 'GET', path: '/v3/quotas' } as const;

describe('sms.request', () => {
  it('sends the given request with authentication', async () => {
    const { requests, sms } = makeFakeClient(() => Response.json({ used: 1 }));

    const result = await sms.request(
      {
        method: 'POST',
        path: '/v3/a%2Fb',
        query: { n: 1, all: true, gone: null },
        body: { x: 1 },
        headers: { 'X-A': '1' },
      },
      { headers: new Headers({ 'x-b': '2' }) },
    );

    expectTypeOf(result).toEqualTypeOf<unknown>();
    expect(result).toEqual({ used: 1 });
    await sms.request({ ...get, headers: { 'X-A': '1' } }, { headers: [['x-a', '2']] });
    expect(requests[1]?.headers.get('x-a')).toBe('2');
    const [request] = requests;
    expect(request?.method).toBe('POST');
    expect(request?.url.href).toBe('https://sms.test.example/v3/a%2Fb?n=1&all=true');
    expect(request?.body).toBe('{"x":1}');
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      'x-auth-token': 'token-1',
      'x-a': '1',
      'x-b': '2',
    });
  });

  it('parses the response with a schema of classic zod, zod mini or this package', async () => {
    const { sms } = makeFakeClient(() => taskResponse('READY'));

    const classic = await sms.request({
      ...get,
      response: z.object({ state: z.string().transform((text) => text.length) }),
    });
    expectTypeOf(classic).toEqualTypeOf<{ state: number }>();
    expect(classic).toEqual({ state: 5 });
    expect(await sms.request({ ...get, response: mini.object({ id: mini.string() }) })).toEqual({ id: 'task-1' });
    const task = await sms.request({ ...get, response: Task });
    expectTypeOf(task.id).toEqualTypeOf<string>();
    expect(task.state).toBe('READY');
    const later = z.object({ id: z.string().refine(async (id) => id === 'task-1') });
    expect(await sms.request({ ...get, response: later })).toEqual({ id: 'task-1' });
  });

  it('refuses a response that misses its schema, naming the field', async () => {
    const { sms } = makeFakeClient(() => Response.json({ list: [{ used: 'many' }] }));
    const response = z.object({ list: z.array(z.object({ used: z.number() })) });

    expect(await rejectionOf(sms.request({ ...get, response }))).toMatchObject({
      name: 'ResponseFormatError',
      issues: [{ path: 'list.0.used', expected: 'number', received: 'string' }],
      data: { list: [{ used: 'many' }] },
    });
  });

  it('with responseValidation warn logs what does not fit, and returns the body unchanged', async () => {
    const warn = vi.fn();
    const logger = { debug() {}, info() {}, warn, error() {} };
    const { sms } = makeFakeClient(() => Response.json({ used: 'many' }), { logger, responseValidation: 'warn' });

    expect(await sms.request({ ...get, response: z.object({ used: z.number() }) })).toEqual({ used: 'many' });
    const text = 'request (GET /v3/quotas at sms.test.example) returned a body that does not fit the schema';
    expect(warn).toHaveBeenCalledExactlyOnceWith(text, { issues: 'used: expected number, received string' });
  });

  it('can request the root of the endpoint, too', async () => {
    const { requests, sms } = makeFakeClient(() => Response.json({ versions: [] }));

    await sms.request({ method: 'GET', path: '/' });

    expect(requests[0]?.url.href).toBe('https://sms.test.example/');
  });

  it.each([
    ['nothing', '', undefined],
    ['JSON', '[1]', [1]],
    ['a text', 'done', 'done'],
  ])('without a schema returns the body unchanged: %s', async (_, body, expected) => {
    const { sms } = makeFakeClient(() => new Response(body));

    expect(await sms.request(get)).toEqual(expected);
  });

  it('does not accept the page of a proxy as a response', async () => {
    const { sms } = makeFakeClient(() => new Response('<html>'));

    expect(await rejectionOf(sms.request(get))).toMatchObject({ name: 'ResponseFormatError' });
  });

  it.each<[Partial<CustomRequest>, number]>([
    [{}, 2],
    [{ idempotent: false }, 1],
    [{ method: 'PUT' }, 2],
    [{ method: 'DELETE' }, 2],
    [{ method: 'POST' }, 1],
    [{ method: 'PATCH' }, 1],
    [{ method: 'POST', idempotent: true }, 2],
  ])('%j is sent %i time(s) when the service fails', async (more, times) => {
    const { requests, sms } = makeFakeClient(() => refusal(500), { maxRetries: 1 });

    expect(await rejectionOf(sms.request({ ...get, ...more }))).toMatchObject({ name: 'ServerError' });
    expect(requests).toHaveLength(times);
  });

  it('accepts the path / of the versions', async () => {
    const { requests, sms } = makeFakeClient(() => Response.json({}));

    await sms.request({ method: 'GET', path: '/' });
    expect(new URL(requests[0]?.url ?? '').pathname).toBe('/');
  });

  it.each([
    'v3/tasks',
    '//evil.example/v3',
    'https://evil.example/v3',
    '/v3/../../x',
    '/v3/%2e%2E/x',
    '/v3/./x',
    '/v3/tasks?limit=1',
    '/v3/tasks#x',
    '/v3/a b',
    '/v3/\\evil',
    '/v3/%zz',
    '/v3//x',
    '//',
    '',
    '/v3/é',
  ])('refuses the path %j before anything is sent', async (path) => {
    const { logins, requests, sms } = makeFakeClient(() => Response.json({}));

    expect(await rejectionOf(sms.request({ method: 'GET', path }))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: 'path' }],
    });
    expect(requests.length + logins.length).toBe(0);
  });

  it.each([
    [{ method: 'TRACE', path: '/v3/x' }, 'method'],
    [{ ...get, response: {} }, 'response'],
    [{ ...get, query: { a: {} } }, 'query.a'],
    [{ ...get, headers: { authorization: 'x' } }, 'headers["authorization"]'],
    [{ ...get, headers: 5 }, 'headers'],
    [{ ...get, headers: null }, 'headers'],
    [{ ...get, headers: [['x-a']] }, 'headers'],
    [{ ...get, url: 'https://evil.example' }, 'url'],
  ])('refuses %j, naming the field', async (request, path) => {
    const { requests, sms } = makeFakeClient(() => Response.json({}));

    expect(await rejectionOf(sms.request(request as CustomRequest))).toMatchObject({ issues: [{ path }] });
    expect(requests).toEqual([]);
  });
});

describe('extraQuery and extraBody', () => {
  it('send unknown fields, and win over known ones', async () => {
    const { requests, sms } = makeFakeClient(() => Response.json({ count: 0, tasks: [] }));

    await sms.tasks.list({ limit: 5 }, { extraQuery: { limit: 7, enterprise_project_id: '0', none: undefined } });
    await sms.tasks.collectLog('t', { log_bucket: 'logs' }, { extraBody: { log_bucket: 'mine', new_field: { a: 1 } } });

    expect(requests[0]?.url.search).toBe('?limit=7&enterprise_project_id=0');
    expect(JSON.parse(requests[1]?.body ?? '')).toEqual({ log_bucket: 'mine', new_field: { a: 1 } });
  });

  it('add no body to a request without one, but a query to any', async () => {
    const { requests, sms } = makeFakeClient(() => taskResponse('READY'));

    await sms.tasks.get('t', { extraBody: { a: 1 }, extraQuery: { verbose: true } });

    expect(requests[0]?.body).toBeUndefined();
    expect(requests[0]?.url.search).toBe('?verbose=true');
  });

  it.each([
    [{ extraQuery: { a: [] } }, 'extraQuery.a'],
    [{ extraQuery: 'a=1' }, 'extraQuery'],
    [{ extraBody: 'a' }, 'extraBody'],
  ])('are refused when they are %j', async (options, path) => {
    const { requests, sms } = makeFakeClient(() => taskResponse('READY'));

    expect(await rejectionOf(sms.tasks.get('t', options as never))).toMatchObject({ issues: [{ path }] });
    expect(requests).toEqual([]);
  });
});

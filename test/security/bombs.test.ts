/** Responses that are made to exhaust their reader. The tests measure how much is read, never how long it takes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSmsError, type MigrationFailedError, OutcomeUnknownError, type ResponseFormatError } from '@org/sms-client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { calls } from '../operations/calls.js';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { loginResponse, taskResponse } from '../support/fake-fetch.js';
import { fakeTime, restoreTime, resultOf } from '../support/fake-time.js';
import { respondToLogin } from '../support/http-server.js';
import { makeClient } from '../support/make-client.js';

const mebibyte = 1024 * 1024;

describe('a deeply nested response', () => {
  const list = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
  const object = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;

  it.each([
    ['lists, as a whole', list],
    ['objects, as a whole', object],
    ['lists in a field that is not known', `{"id":"a","state":"READY","other":${list}}`],
    ['objects in a field that is a list', `{"id":"a","state":"READY","sub_tasks":${object}}`],
    ['lists in a list', `{"id":"a","state":"READY","sub_tasks":[${list}]}`],
  ])('breaks no call: %s', async (_name, body) => {
    const { sms } = makeFakeClient(() => new Response(body));

    const outcome = await sms.tasks.get('t').catch((error: unknown) => error);

    expect((outcome as { id?: string }).id === 'a' || isSmsError(outcome)).toBe(true);
  });

  it.each([
    ['lists, as a whole', list],
    ['objects, as a whole', object],
    ['lists where a code belongs', `{"error_code":${list},"error_msg":${object},"details":${list}}`],
    ['objects where a cause belongs', `{"error":${object},"details":[${list},${object}]}`],
  ])('breaks no refusal: %s', async (_name, body) => {
    const { sms } = makeFakeClient(() => new Response(body, { status: 400 }));

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ name: 'ApiError', status: 400, code: null });
  });

  it.each([
    ['lists', list],
    ['objects', object],
    ['a message', `{"error_msg":${object}`],
  ])('in the failure of a task breaks no wait: %s', async (_name, errorJson) => {
    const { sms } = makeFakeClient(() => taskResponse('MIGRATE_FAIL', { error_json: errorJson }));

    expect(await rejectionOf(sms.tasks.waitFor('task-1'))).toMatchObject({ name: 'MigrationFailedError', code: null });
  });

  it('of a login throws an SmsError', async () => {
    for (const body of [list, object, `{"token":${object}}`, `{"token":${list}}`]) {
      const { sms } = makeFakeClient(
        () => taskResponse('READY'),
        {},
        () => new Response(body, { status: 201, headers: { 'x-subject-token': 'token-1' } }),
      );
      expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ name: 'ResponseFormatError' });
    }
  });
});

describe('a long response', () => {
  it('of a refusal is searched only at its beginning, however often', async () => {
    const body = JSON.stringify({ error_code: 'SMS.1', error_msg: 'm', more: 'x'.repeat(mebibyte) });
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => parse.mockRestore());
    const { sms } = makeFakeClient(() => new Response(body, { status: 401 }));

    const error = await rejectionOf(sms.tasks.get('t'));

    expect(error).toMatchObject({ name: 'AuthenticationError', code: null });
    expect((error as Error).message.length).toBeLessThan(1_200);
    for (const [text] of parse.mock.calls) expect(text.length).toBeLessThanOrEqual(100_000);
  });

  it('of a refusal that quotes a secret where it is cut shows no part of it', async () => {
    const token = 'S3CR3T'.repeat(500);
    for (const size of [97_000, 98_500, 99_999, 198_000, 199_999]) {
      const { sms } = makeFakeClient(
        () => new Response(`${' '.repeat(size)}${token}${' '.repeat(200_000)}`, { status: 400 }),
        { credentials: { token } },
      );
      expect(((await rejectionOf(sms.tasks.get('t'))) as Error).message).not.toContain('S3CR3T');
    }
  });

  it('of broken items has a hundred issues, not millions', async () => {
    const body = `{"id":"a","state":"READY","sub_tasks":[${'1,'.repeat(mebibyte)}1]}`;
    const { sms } = makeFakeClient(() => new Response(body));

    const error = (await rejectionOf(sms.tasks.get('t'))) as ResponseFormatError;

    expect(error.issues).toHaveLength(100);
    expect(error.message.length).toBeLessThan(10_000);
  });

  it('of countless steps is searched from its end', async () => {
    const steps = Array.from({ length: 100_000 }, (_, id) => ({ id, name: `STEP_${id}`, progress: 100 }));
    const { sms } = makeFakeClient(() => taskResponse('SUCCESS', { sub_tasks: steps }));

    for await (const { progress } of sms.tasks.watch('task-1')) {
      expect(progress.steps).toHaveLength(500);
      expect(progress.step?.id).toBe(99_999);
    }
  });

  it('in the failure of a task is cut before it is searched', async () => {
    const text = `${'"error_msg"'.padEnd(30_000)}:"SMS.0515`;
    const { sms } = makeFakeClient(() => taskResponse('MIGRATE_FAIL', { error_json: text }));

    const error = (await rejectionOf(sms.tasks.waitFor('task-1'))) as MigrationFailedError;

    // What stands behind the cut was not seen.
    expect(error.code).toBeNull();
    expect(error.meaning.length).toBeLessThan(400);
  });
});

describe('a response over a socket', () => {
  /** A server that logs in and then writes chunks of 1 MiB as long as it may, and how many it wrote. */
  async function stream(headers: Record<string, string>, most: number) {
    const chunk = Buffer.alloc(mebibyte, 32);
    const state = { chunks: 0, closed: 0 };
    const server = createServer((request, response) => {
      request.resume();
      if (request.url?.startsWith('/v3/auth/tokens')) {
        respondToLogin(response);
        return;
      }
      response.writeHead(200, headers);
      response.on('close', () => {
        state.closed += 1;
      });
      const write = (): void => {
        while (state.chunks < most && !response.destroyed) {
          state.chunks += 1;
          if (!response.write(chunk)) {
            response.once('drain', write);
            return;
          }
        }
        response.end();
      };
      write();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { sms: makeClient(url), state };
  }

  it.each([
    ['of 1 GiB that says so', { 'content-length': String(1024 * mebibyte) }, 1024],
    ['without an end', {}, Number.POSITIVE_INFINITY],
  ])('%s is given up at 64 MiB, and the connection is closed', async (_name, headers, most) => {
    const { sms, state } = await stream(headers, most);

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
      name: 'ResponseFormatError',
      message: expect.stringContaining('too large a body'),
    });

    await vi.waitFor(() => expect(state.closed).toBe(1));
    // What the sockets hold in their buffers comes on top; it is far from a gigabyte.
    expect(state.chunks).toBeLessThan(128);
  });
});

describe('a malformed response', () => {
  it('with a duplicate key has the last value, as JSON.parse decides', async () => {
    const { sms } = makeFakeClient(() => new Response('{"id":"a","state":"RUNNING","id":"b","state":"READY"}'));

    expect(await sms.tasks.get('t')).toEqual({ id: 'b', state: 'READY' });
  });

  it.each([
    ['1e400', 'Infinity'],
    ['-1e400', '-Infinity'],
  ])('with the invalid number %s says where', async (text, received) => {
    const { sms } = makeFakeClient(() => new Response(`{"id":"a","state":"READY","total_time":${text}}`));

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
      name: 'ResponseFormatError',
      issues: [{ path: 'total_time', expected: 'number', received }],
    });
  });

  it.each(Object.values(calls))('that is a page with 200 is never a success of $method', async ({ call }) => {
    const page = '<!doctype html><title>Sign in</title>';
    const { sms } = makeFakeClient(() => new Response(page, { headers: { 'content-type': 'text/html' } }));
    fakeTime();
    onTestFinished(restoreTime);

    const outcome = await resultOf(call(sms).catch((error: unknown) => error));

    const error = Array.isArray(outcome) ? outcome[0].error : outcome;
    // A request that changes something may have been performed, whoever sent the page.
    const cause = error instanceof OutcomeUnknownError ? error.error : error;
    expect(cause).toMatchObject({ name: 'ResponseFormatError' });
  });

  it('that is no object breaks nothing with responseValidation warn', async () => {
    for (const body of ['null', '7', '"text"', '']) {
      const { sms } = makeFakeClient(() => new Response(body), { responseValidation: 'warn' });
      expect(await sms.templates.get('t'), body).toBeUndefined();
      const walk = async () => {
        for await (const _ of sms.tasks.listAll()) expect.unreachable();
      };
      expect(await rejectionOf(walk()), body).toMatchObject({ name: 'ResponseFormatError' });
    }
  });

  it('to a list makes iteration throw an SmsError, even with responseValidation warn', async () => {
    for (const tasks of [undefined, null, 7, 'text', { length: 3 }]) {
      const { sms } = makeFakeClient(() => Response.json({ count: 3, tasks }), { responseValidation: 'warn' });
      const walk = async () => {
        for await (const _ of sms.tasks.listAll()) expect.unreachable();
      };
      expect(await rejectionOf(walk())).toMatchObject({ name: 'ResponseFormatError' });
    }
    const { sms } = makeFakeClient(() => Response.json({ count: 2, tasks: [null, 7] }), { responseValidation: 'warn' });
    const items: unknown[] = [];
    for await (const task of sms.tasks.listAll()) items.push(task);
    expect(items).toEqual([null, 7]);
  });

  it('to one of the checks before a start leaves that unchecked with responseValidation warn', async () => {
    for (const response of [null, 7, { checks: 7 }, { checks: [null] }, { checks: { length: 1 } }]) {
      const { sms } = makeFakeClient(
        ({ url }) =>
          url.pathname.includes('/tasks/')
            ? taskResponse('READY', { source_server: { id: 's' } })
            : Response.json(response),
        { responseValidation: 'warn' },
      );
      expect((await sms.tasks.explainStart('task-1')).unchecked).toContain('source-server');
    }
  });

  it('to a login throws an SmsError whatever its dates are, even with responseValidation warn', async () => {
    for (const date of [{ toString: 1 }, [], 7, null, { length: 1 }]) {
      const { sms } = makeFakeClient(
        () => taskResponse('READY'),
        { responseValidation: 'warn' },
        () =>
          Response.json(
            { token: { issued_at: date, expires_at: date } },
            { headers: { 'x-subject-token': 'token-1' } },
          ),
      );
      expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ name: 'ResponseFormatError' });
    }
  });

  it('to a login is never a token when its expiry is past, before its issue or missing', async () => {
    const issued = '2026-01-01T00:00:00.000000Z';
    for (const expires of ['2025-12-31T23:59:59.000000Z', issued, 'soon', '', '99999-01-01T00:00:00Z']) {
      const { sms } = makeFakeClient(
        () => taskResponse('READY'),
        {},
        () => loginResponse('token-1', { issued, expires }),
      );
      expect(await rejectionOf(sms.tasks.get('t')), expires).toMatchObject({ name: 'ResponseFormatError' });
    }
  });

  it('to a login that lies wholly in the past is still a token, because its life counts and not the local clock', async () => {
    const { sms } = makeFakeClient(
      () => taskResponse('READY'),
      {},
      () => loginResponse('token-1', { issued: '1999-01-01T00:00:00Z', expires: '1999-01-02T00:00:00Z' }),
    );

    expect(await sms.tasks.get('t')).toMatchObject({ state: 'READY' });
  });

  it('with dates in the past or far away never makes time run backwards', async () => {
    const steps = [
      { id: 1, name: 'SSL_CONFIG', progress: 100, start_date: 9_000, end_date: -5 },
      { id: 2, name: 'MIGRATE_LINUX_FILE', progress: 500, start_date: 8.64e15 * 2, end_date: 1 },
    ];
    const { sms } = makeFakeClient(() =>
      taskResponse('MIGRATE_SUCCESS', { sub_tasks: steps, remain_seconds: -60, total_time: -1 }),
    );

    for await (const { progress } of sms.tasks.watch('task-1')) {
      expect(progress.elapsedMs ?? 0).toBeGreaterThanOrEqual(0);
      expect(progress.remainingMs ?? 0).toBeGreaterThanOrEqual(0);
      for (const { durationMs, percent } of progress.steps) {
        expect(durationMs ?? 0).toBeGreaterThanOrEqual(0);
        expect(percent).toBeLessThanOrEqual(100);
      }
    }
  });
});

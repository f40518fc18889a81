import { inspect } from 'node:util';
import type { ResponseFormatError, Task } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyReader, BodyTooLarge, longestBody } from '../../src/transport/read-body.js';
import { logUpload, makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { loginResponse, taskResponse } from '../support/fake-fetch.js';
import { recordWarnings } from '../support/fake-task.js';
import { settle, useFakeTime } from '../support/fake-time.js';

const json = { headers: { 'content-type': 'application/json' } };
const bytes = (...values: number[]) => new Uint8Array(values);
const encode = (text: string) => new TextEncoder().encode(text);

/** Reads a task out of a body. */
function read(body: BodyInit | null, init: ResponseInit = json): Promise<Task> {
  return makeFakeClient(() => new Response(body, init)).sms.tasks.get('t');
}

/** Sends an operation whose response has this body. */
function act(body: BodyInit | null, init: ResponseInit = json): Promise<void> {
  return makeFakeClient(() => new Response(body, init)).sms.tasks.unlockTarget('t');
}

async function formatError(work: Promise<unknown>): Promise<ResponseFormatError> {
  const error = await rejectionOf(work);
  expect(error).toMatchObject({ name: 'ResponseFormatError' });
  return error as ResponseFormatError;
}

describe('success without data', () => {
  it.each([
    ['an empty body', '', {}],
    ['an empty string', '""', {}],
    ['an empty object', '{}', {}],
    ['something else, as it may be one day', '{"accepted":true}', {}],
    ['null', 'null', {}],
    ['no body at all', null, { status: 204 }],
  ])('may be %s', async (_name, body, init) => {
    expect(await act(body, init)).toBeUndefined();
  });

  it('is not the page of a proxy', async () => {
    const error = await formatError(
      act('<html><title>Please log in</title></html>', { headers: { 'content-type': 'text/html' } }),
    );

    expect(error.message).toBe(
      'UnlockTargetEcs (POST /v3/tasks/t/unlock at sms.test.example) returned 200, but the body is not as documented: expected JSON, received HTML',
    );
    expect(error.data).toBe('<html><title>Please log in</title></html>');
  });
});

describe('the status of a response', () => {
  it.each([200, 202, 299])('means success with %i', async (status) => {
    expect(await act('""', { status })).toBeUndefined();
  });

  it('means no success when it is 0, as for a redirect that a browser did not follow', async () => {
    const { sms } = makeFakeClient(() => Response.error());

    expect(await rejectionOf(sms.tasks.unlockTarget('t'))).toMatchObject({
      name: 'ApiError',
      status: 0,
      hint: expect.stringContaining('Redirects are never followed'),
    });
  });
});

describe('a response', () => {
  it.each([
    ['with another content type', '{"id":"a","state":"READY"}', { headers: { 'content-type': 'text/html' } }],
    ['without a content type', encode('{"id":"a","state":"READY"}'), {}],
    ['with a byte order mark', encode('\ufeff{"id":"a","state":"READY"}'), json],
    ['with white space around it', ' \r\n{"id":"a","state":"READY"}\n', json],
  ])('%s is accepted', async (_name, body, init) => {
    expect(await read(body, init)).toEqual({ id: 'a', state: 'READY' });
  });

  it('that is not UTF-8 is read with replacement characters', async () => {
    const body = new Blob([encode('{"id":"a","state":"READY","name":"'), bytes(0xff, 0xfe), encode('"}')]);

    expect(await read(body)).toMatchObject({ name: '\ufffd\ufffd' });
  });

  it('is assembled from any chunks, also where they split a character', async () => {
    const text = '{"id":"a","state":"READY","name":"\u8fc1\u79fb \u{1f600}"}';
    const property = fc.asyncProperty(fc.array(fc.nat({ max: encode(text).length })), async (cuts) => {
      const whole = encode(text);
      const edges = [0, ...cuts.sort((one, other) => one - other), whole.length];
      const chunks = edges.slice(1).map((edge, index) => whole.slice(edges[index], edge));
      const body = new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      });
      expect(await read(body)).toMatchObject({ name: '\u8fc1\u79fb \u{1f600}' });
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('keeps unknown fields, also with names of Object.prototype', async () => {
    const task = await read('{"id":"a","state":"READY","constructor":1,"toString":{"x":1},"new_field":[1]}');

    expect(task).toEqual({ id: 'a', state: 'READY', constructor: 1, toString: { x: 1 }, new_field: [1] });
  });

  it('cannot change the prototype of anything', async () => {
    const task = await read(
      '{"id":"a","state":"READY","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
    );

    expect((task as { admin?: unknown }).admin).toBeUndefined();
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it('with numbers beyond 2^53 is read with the nearest number', async () => {
    const task = await read('{"id":"a","state":"READY","total_time":9007199254740993}');

    expect(task).toMatchObject({ total_time: 9007199254740992 });
  });

  it.each([
    ['a field that is known', '{"id":"a","state":"READY","sub_tasks":NEST}', 'ResponseFormatError'],
    ['a field that is not', '{"id":"a","state":"READY","other":NEST}', undefined],
    ['the whole', 'NEST', 'ResponseFormatError'],
  ])('nested 100,000 levels deep in %s does no harm', async (_name, body, name) => {
    const nest = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

    const outcome = await read(body.replace('NEST', nest)).catch((error: unknown) => error);

    if (name === undefined) expect(outcome).toMatchObject({ id: 'a' });
    else expect(outcome).toMatchObject({ name });
  });

  it.each([
    ['an empty body', '', 'expected object, received nothing', undefined],
    ['an empty string', '""', 'expected object, received string', ''],
    ['null', 'null', 'expected object, received null', null],
    ['an array', '[]', 'expected object, received array', []],
    ['a page', ' <html></html>', 'expected JSON, received HTML', ' <html></html>'],
    ['a text', 'OK', 'expected JSON, received other text', 'OK'],
    ['half of it', '{"id":"a","sta', 'expected JSON, received other text', '{"id":"a","sta'],
    ['a field missing', '{"id":"a"}', 'state: expected string, received nothing', { id: 'a' }],
    [
      'a field of another type',
      '{"id":"a","state":"READY","sub_tasks":[{"id":1,"progress":"many"}]}',
      'sub_tasks[0].progress: expected number, received string',
      { id: 'a', state: 'READY', sub_tasks: [{ id: 1, progress: 'many' }] },
    ],
  ])('that is %s is an error that says what is wrong and holds the body', async (_name, body, problem, data) => {
    const error = await formatError(read(body));

    expect(error.message).toBe(
      `ShowTask (GET /v3/tasks/t at sms.test.example) returned 200, but the body is not as documented: ${problem}`,
    );
    expect(error.data).toEqual(data);
  });
});

describe('ResponseFormatError', () => {
  it('never shows a value: neither in its issues nor when it is printed', async () => {
    const error = await formatError(read('{"id":"a","state":"READY","sub_tasks":"hush"}'));

    expect(error.issues).toEqual([{ path: 'sub_tasks', expected: 'array', received: 'string' }]);
    expect(inspect(error, { depth: Infinity, showHidden: true }) + JSON.stringify(error)).not.toContain('hush');
    expect(error.data).toEqual({ id: 'a', state: 'READY', sub_tasks: 'hush' });
    expect(Object.keys(error)).not.toContain('data');
  });

  it('withholds the data of a login, whose response is a secret', async () => {
    const { sms } = makeFakeClient(
      () => taskResponse('READY'),
      {},
      () => Response.json({ token: 'hush' }, { status: 201 }),
    );

    const error = await formatError(sms.tasks.get('t'));

    expect(error.issues).not.toEqual([]);
    expect(error.data).toBeUndefined();
  });
});

describe("responseValidation: 'warn'", () => {
  it('logs what does not fit, never a value, and returns the body unchanged', async () => {
    const { logger, warnings } = recordWarnings();
    const { sms } = makeFakeClient(() => Response.json({ id: 5, extra: 'hush' }), {
      logger,
      responseValidation: 'warn',
    });

    expect(await sms.tasks.get('t')).toEqual({ id: 5, extra: 'hush' });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('id: expected string, received number');
    expect(warnings[0]).toContain('state: expected string, received nothing');
    expect(warnings[0]).not.toContain('hush');
  });

  it('is still an error when the body is not JSON at all', async () => {
    const { sms } = makeFakeClient(() => new Response('<html>'), { responseValidation: 'warn' });

    await formatError(sms.tasks.get('t'));
  });

  it('does not let a login through without a usable token', async () => {
    for (const respond of [
      () => Response.json({}, { status: 201, headers: { 'x-subject-token': 'token' } }),
      () => Response.json(null, { status: 201, headers: { 'x-subject-token': 'token' } }),
      () => new Response(null, { status: 204 }),
      () => loginResponse('two words'),
    ]) {
      const { sms } = makeFakeClient(() => taskResponse('READY'), { responseValidation: 'warn' }, respond);
      await formatError(sms.tasks.get('t'));
    }
  });

  it('is not the default', async () => {
    const { sms } = makeFakeClient(() => Response.json({ id: 5 }));

    await formatError(sms.tasks.get('t'));
  });
});

describe('a response to a wait', () => {
  useFakeTime();

  it.each(['error', 'warn'] as const)(
    "needs only an id and a state, with responseValidation: '%s'",
    async (responseValidation) => {
      const { logger, warnings } = recordWarnings();
      const { sms } = makeFakeClient(() => Response.json({ id: 'a', state: 'SUCCESS', sub_tasks: 'many' }), {
        logger,
        responseValidation,
      });

      expect(await settle(sms.tasks.waitFor('a'))).toMatchObject({ value: { id: 'a', state: 'SUCCESS' } });
      expect(warnings.filter((warning) => warning.includes('sub_tasks: expected array, received string'))).toHaveLength(
        1,
      );
    },
  );
});

describe('the size of a body', () => {
  /** A body without end, in chunks of 1 MiB, that counts them. */
  function endless() {
    const chunk = new Uint8Array(1024 * 1024).fill(32);
    const state = { chunks: 0, cancelled: false };
    const body = new ReadableStream({
      pull(controller) {
        state.chunks += 1;
        controller.enqueue(chunk);
      },
      cancel() {
        state.cancelled = true;
      },
    });
    return { state, body };
  }

  it('is limited to 64 MiB; the rest is not read, and the call not repeated', async () => {
    const { body, state } = endless();
    const { requests, sms } = makeFakeClient(() => new Response(body));

    const error = await formatError(sms.tasks.get('t'));

    expect(longestBody).toBe(64 * 1024 * 1024);
    expect(error.message).toBe(
      'ShowTask (GET /v3/tasks/t at sms.test.example) returned too large a body: expected at most 67108864 bytes, received more',
    );
    expect(error.data).toBeUndefined();
    expect(state.cancelled).toBe(true);
    expect(state.chunks).toBeLessThanOrEqual(66);
    expect(requests).toHaveLength(1);
  });

  it('of a refusal does not matter: the status decides, and the rest is not read', async () => {
    const { body, state } = endless();
    const { sms } = makeFakeClient(() => new Response(body, { status: 500 }), { maxRetries: 0 });

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ name: 'ServerError', serviceMessage: null });
    expect(state.cancelled).toBe(true);
    expect(state.chunks).toBeLessThanOrEqual(66);
  });

  it('may be as large as the limit, in bytes, not in characters', async () => {
    expect(await new BodyReader(4).read(new Response('\u00e9\u00e9'), false)).toEqual(encode('\u00e9\u00e9'));
    await expect(new BodyReader(4).read(new Response('\u00e9\u00e9!'), false)).rejects.toThrow(BodyTooLarge);
  });

  it('may be exactly as long as the limit, when a custom fetch has texts and no stream', async () => {
    const respond = (text: string) => ({ text: async () => text }) as Response;

    expect(await new BodyReader(4).read(respond('four'), false)).toBe('four');
    await expect(new BodyReader(4).read(respond('fives'), false)).rejects.toThrow(BodyTooLarge);
  });
});

describe('a custom fetch', () => {
  it('that returns a stream of something other than bytes throws, saying so', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.enqueue('{') });

    expect(
      await rejectionOf(makeFakeClient(() => new Response(body)).sms.tasks.collectLog('t', logUpload)),
    ).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('the body is no stream of bytes'),
    });
  });

  it('may return a body that is no web stream, or none', async () => {
    for (const body of [undefined, null, { pipe: () => undefined }]) {
      const response = Object.assign(Object.create(Response.prototype), {});
      Object.defineProperties(response, {
        status: { value: 200 },
        ok: { value: true },
        type: { value: 'basic' },
        headers: { value: new Headers() },
        body: { value: body },
        text: { value: async () => '{"id":"a","state":"READY"}' },
      });
      const { sms } = makeFakeClient(() => response);
      expect(await sms.tasks.get('t')).toEqual({ id: 'a', state: 'READY' });
    }
  });
});

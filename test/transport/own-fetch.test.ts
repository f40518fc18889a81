import { createContext, runInContext } from 'node:vm';
import { type ConfigurationError, type Fetch, SmsClient } from '@org/sms-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { logUpload, makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { loginResponse, taskResponse } from '../support/fake-fetch.js';
import { makeClient } from '../support/make-client.js';

afterEach(() => vi.unstubAllGlobals());

const endpoints = { endpoint: 'https://sms.test.example', iamEndpoint: 'https://iam.test.example' };

function withFetch(fetch: Fetch, more: object = {}): SmsClient {
  return makeClient(fetch, { credentials: { token: 'token' }, maxRetries: 0, ...more });
}

describe("the caller's fetch", () => {
  it('is called without a receiver, as browsers and workers require', async () => {
    const receivers: unknown[] = [];
    const sms = withFetch(async function (this: unknown) {
      receivers.push(this);
      return taskResponse('READY');
    });
    await sms.tasks.get('t');

    expect(receivers).toEqual([undefined]);
  });

  it("gets cache: 'no-store', so that a framework cannot freeze a wait", async () => {
    const kept = new Map<string, string>();
    const states = ['RUNNING', 'MIGRATE_SUCCESS'];
    const sms = withFetch(async (url, init) => {
      // As the fetch of Next.js 13 and 14 does in server code.
      if (init.cache === 'no-store') return taskResponse(states.shift() ?? 'none');
      kept.set(url, kept.get(url) ?? (states.shift() as string));
      return taskResponse(kept.get(url) as string);
    });

    expect((await sms.tasks.get('t')).state).toBe('RUNNING');
    expect((await sms.tasks.get('t')).state).toBe('MIGRATE_SUCCESS');
  });

  it('does not get cache where the runtime does not know it', async () => {
    vi.stubGlobal('Request', undefined);
    const seen: RequestInit[] = [];
    await withFetch(async (_url, init) => {
      seen.push(init);
      return taskResponse('READY');
    }).tasks.get('t');

    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toHaveProperty('cache');
  });

  it.each<[string, () => unknown]>([
    ['calls what is none', () => (undefined as unknown as () => void)()],
    ['reads from nothing', () => (undefined as unknown as { at: string }).at],
    ['names what is not there', () => runInContext('nothingOfThisName', createContext({}))],
    ['is given a wrong option', () => new Request('https://x.example', { method: 'POST', body: new ReadableStream() })],
    [
      'loses its receiver',
      () => {
        throw new TypeError('Illegal invocation');
      },
    ],
  ])('that %s is a ConfigurationError with the cause, and sent once', async (_, fail) => {
    let calls = 0;
    const sms = withFetch(
      async () => {
        calls += 1;
        fail();
        return taskResponse('READY');
      },
      { maxRetries: 5 },
    );

    const error = (await rejectionOf(sms.tasks.get('t'))) as ConfigurationError;

    expect(error).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringMatching(/^fetch: ShowTask .* threw a/),
    });
    expect(Object(error.cause?.error)).toHaveProperty('message');
    expect(calls).toBe(1);
  });

  it.each([
    'Failed to fetch',
    'Load failed',
    'Network request failed',
    'fetch failed',
    'NetworkError when attempting to fetch resource.',
    'Failed to fetch (sms.test.example)',
    'network error',
    'Network request timed out',
    'Network connection lost.',
    'The network connection was lost.',
    'The Internet connection appears to be offline.',
    'The request timed out.',
    'A server with the specified hostname could not be found.',
    'Could not connect to the server.',
    'An SSL error has occurred and a secure connection to the server cannot be made.',
    'error sending request for url (https://sms.test.example/): connection closed before message completed',
    'error reading a body from connection: end of file before message length reached',
    'invalid peer certificate: UnknownIssuer',
    'Error in input stream',
    'terminated',
  ])('that rejects with the TypeError "%s" of a broken network is a NetworkError', async (text) => {
    const sms = withFetch(() => Promise.reject(new TypeError(text)));

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ name: 'NetworkError' });
  });

  describe('without a web stream', () => {
    const bytes = new Uint8Array([0x50, 0x4b, 3, 4, 0xff, 0xfe, 0x80, 0]);
    const send =
      (parts: object): Fetch =>
      async () => {
        const headers = new Headers({ 'content-type': 'application/zip' });
        return { status: 200, ok: true, headers, body: {}, ...parts } as Response;
      };
    const download = (sms: SmsClient) => sms.tasks.exportConsistencyResults({ task_info: [{ task_id: 't' }] });

    it('returns files byte for byte', async () => {
      const file = await download(withFetch(send({ text: async () => 'PK', arrayBuffer: async () => bytes.buffer })));

      expect(file.bytes).toEqual(bytes);
    });

    it('and without arrayBuffer returns an error, not a broken file', async () => {
      expect(await rejectionOf(download(withFetch(send({ text: async () => 'PK' }))))).toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringContaining('arrayBuffer()'),
      });
    });
  });
});

describe('a runtime that lacks', () => {
  const text = async () => '{"id":"t","state":"READY"}';
  const bare: Fetch = async () =>
    ({ status: 200, headers: new Headers(), body: undefined, text }) as unknown as Response;

  it.each([
    'Request',
    'Response',
    'TextDecoder',
    'TextEncoder',
    'ReadableStream',
    'structuredClone',
    'URLSearchParams',
  ])('%s does without it', async (name) => {
    vi.stubGlobal(name, undefined);

    expect(await withFetch(bare).tasks.get('t')).toEqual({ id: 't', state: 'READY' });
  });

  it('AbortController throws at the call, naming it', async () => {
    const sms = withFetch(bare);
    vi.stubGlobal('AbortController', undefined);

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('AbortController'),
    });
  });

  it('crypto throws at the call that signs, naming it', async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    const sms = withFetch(bare, { credentials });
    vi.stubGlobal('crypto', undefined);
    const { process: own } = globalThis;
    vi.stubGlobal('process', undefined);
    const error = await rejectionOf(sms.tasks.get('t'));
    vi.stubGlobal('process', own);

    expect(error).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('no crypto.subtle'),
    });
  });

  it('TextEncoder throws at the call that signs, naming it', async () => {
    const sms = withFetch(bare, { credentials: { accessKeyId: 'a', secretAccessKey: 's' } });
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    vi.stubGlobal('TextEncoder', undefined);

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('no TextEncoder'),
    });
  });

  it('reasons of signals gives an abort one', async () => {
    const sms = withFetch(() => new Promise(() => undefined));
    const signal = Object.assign(new EventTarget(), { aborted: false, reason: undefined });
    const call = rejectionOf(sms.tasks.get('t', { signal: signal as unknown as AbortSignal }));
    signal.aborted = true;
    signal.dispatchEvent(new Event('abort'));

    expect(await call).toMatchObject({ name: 'AbortError' });
  });

  it('fetch throws at the call, naming it', async () => {
    const sms = new SmsClient({ ...endpoints, credentials: { token: 'token' } });
    vi.stubGlobal('fetch', undefined);

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringMatching(/no fetch.*option fetch/),
    });
  });

  it('a Request that accepts the signals of the realm sends without ky', async () => {
    vi.stubGlobal('Request', function Request() {
      throw new TypeError('Expected signal ("AbortSignal {}") to be an instance of AbortSignal.');
    });

    expect(await withFetch(bare).tasks.get('t')).toEqual({ id: 't', state: 'READY' });
  });
});

describe('a signal of another realm', () => {
  it('is accepted', async () => {
    const listeners = new Set<() => void>();
    const signal = {
      aborted: false,
      reason: undefined as unknown,
      addEventListener: (_type: string, listener: () => void) => listeners.add(listener),
      removeEventListener: (_type: string, listener: () => void) => listeners.delete(listener),
    };
    const sms = withFetch(() => new Promise<never>(() => undefined));
    const call = rejectionOf(sms.tasks.get('t', { signal: signal as unknown as AbortSignal }));
    Object.assign(signal, { aborted: true, reason: 'mine' });
    for (const listener of [...listeners]) listener();

    expect(await call).toBe('mine');
    expect(listeners.size).toBe(0);
  });
});

describe('on Deno, which repeats requests with a text body, or none, by itself', () => {
  const sent = async (run: (sms: SmsClient) => Promise<unknown>): Promise<unknown[]> => {
    vi.stubGlobal('Deno', {});
    const bodies: unknown[] = [];
    const fetch: Fetch = async (url, init) => {
      bodies.push(init.body);
      return url.includes('/auth/') ? loginResponse() : taskResponse('READY');
    };
    await run(withFetch(fetch));
    return bodies;
  };

  it('a body that must not be repeated is a Blob, which is sent once', async () => {
    const [body] = await sent((sms) => sms.tasks.collectLog('t', logUpload));

    expect(body).toBeInstanceOf(Blob);
    expect(await (body as Blob).text()).toBe(JSON.stringify(logUpload));
  });

  it.each([
    ['POST', {}],
    ['PATCH', {}],
    ['DELETE', { idempotent: false }],
    ['PUT', { idempotent: false }],
  ] as const)('a %s without a body that must not be repeated has an empty Blob', async (method, more) => {
    const [body] = await sent((sms) => sms.request({ method, path: '/v3/tasks', ...more }));

    expect(body).toBeInstanceOf(Blob);
    expect(body).toHaveProperty('size', 0);
  });

  it.each([
    ['GET', { idempotent: false }],
    ['HEAD', { idempotent: false }],
    ['DELETE', {}],
  ] as const)('a %s has no body: %o', async (method, more) => {
    expect(await sent((sms) => sms.request({ method, path: '/v3/tasks', ...more }))).toEqual([undefined]);
  });

  it('a body that may be repeated is a text', async () => {
    const [body] = await sent((sms) => sms.tasks.update('t', { name: 'web' }));

    expect(body).toBe('{"name":"web"}');
  });

  it('elsewhere every body is a text', async () => {
    const { requests, sms } = makeFakeClient(() => new Response(''));
    await sms.tasks.collectLog('t', logUpload);

    expect(requests[0]?.body).toBe(JSON.stringify(logUpload));
  });
});

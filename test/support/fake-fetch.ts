import type { Fetch } from '@org/sms-client';

/** A request as the client handed it to `fetch`. */
export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

type MaybeResponse = Response | Promise<Response>;

const now = '2026-01-01T00:00:00.000000Z';
const tomorrow = '2026-01-02T00:00:00.000000Z';

/** IAM's response to a login. */
export function loginResponse(token = 'token-1', { issued = now, expires = tomorrow } = {}): Response {
  const details = { issued_at: issued, expires_at: expires, user: { name: 'testname', domain: { name: 'testname' } } };
  return Response.json({ token: details }, { status: 201, headers: { 'x-subject-token': token } });
}

/** An error of SMS. */
export function refusal(status: number, code = 'SMS.0000', headers: Record<string, string> = {}): Response {
  return Response.json({ error_code: code, error_msg: 'refused' }, { status, headers });
}

/** A response with a task. */
export function taskResponse(state: string, more: object = {}): Response {
  return Response.json({ id: 'task-1', state, ...more });
}

/** Rejects as Node's fetch does when the connection fails. */
export function failWith(code: string, message = `connect ${code}`, more: object = {}): Promise<never> {
  return Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code, ...more }) }));
}

/**
 * A `fetch` that logs in by itself (`token-1`, `token-2`, …) and responds to everything else by the given function, which gets the
 * number of the request among those to SMS, from 1.
 */
export function fakeFetch(
  respond: (request: SentRequest, count: number) => MaybeResponse,
  login?: (request: SentRequest, count: number) => MaybeResponse,
) {
  const sms: SentRequest[] = [];
  const iam: SentRequest[] = [];
  const fetch: Fetch = async (text, init) => {
    init.signal?.throwIfAborted();
    const request: SentRequest = {
      method: init.method ?? 'GET',
      url: new URL(text),
      headers: new Headers(init.headers),
      body: init.body === undefined || init.body === null ? undefined : String(init.body),
      signal: init.signal as AbortSignal,
    };
    const isLogin = request.url.pathname.endsWith('/v3/auth/tokens') && request.method === 'POST';
    const log = isLogin ? iam : sms;
    log.push(request);
    if (isLogin) return login ? login(request, iam.length) : loginResponse(`token-${iam.length}`);
    return respond(request, sms.length);
  };
  return { fetch, sms, iam };
}

import type { Dispatcher, Outcome } from '../core/dispatcher.js';
import { encodeBody, type ServiceResponse } from '../core/exchange.js';
import { describeConnectionError } from '../faults/connection-errors.js';

/** A function with the signature of `fetch`. */
export type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Serves clients that accept a `fetch`: no socket, any runtime. */
export function createFetchAdapter(dispatcher: Dispatcher, isClosed: () => boolean): Fetch {
  return async (input, init = {}) => {
    const signal = init.signal ?? (input instanceof Request ? input.signal : null);
    signal?.throwIfAborted();
    if (isClosed()) throw breakConnection('connect ECONNREFUSED', 'ECONNREFUSED');
    // Without the signal: a Request would put a listener of its own on it.
    const request = new Request(input, { ...init, signal: null });
    const url = new URL(request.url);
    const outcome = await dispatcher.send(
      {
        method: request.method,
        origin: url.origin,
        path: url.pathname,
        queryText: url.search.slice(1),
        query: Object.fromEntries(url.searchParams),
        headers: { host: url.host, ...Object.fromEntries(request.headers) },
        bodyText: await request.text(),
      },
      signal,
    );
    signal?.throwIfAborted();
    return present(outcome, request);
  };
}

function present(outcome: Outcome, request: Request): Response {
  if (outcome.kind === 'cut') throw breakConnection('read ECONNRESET', 'ECONNRESET');
  if (outcome.kind === 'connection') throw describeConnectionError(outcome.code, new URL(request.url).hostname);
  const { response: sent } = outcome;
  const bytes = encodeBody(sent);
  const hasBody = request.method !== 'HEAD' && sent.status !== 204 && sent.status !== 304;
  const body = !hasBody ? null : outcome.kind === 'truncated' ? breakOff(bytes) : bytes;
  const response = new Response(body, { status: sent.status, headers: headersOf(sent, bytes.length, hasBody) });
  // A constructed Response has no URL, and clients log it.
  Object.defineProperty(response, 'url', { value: request.url });
  return response;
}

function headersOf(response: ServiceResponse, length: number, hasBody: boolean): Record<string, string> {
  return hasBody ? { ...response.headers, 'content-length': String(length) } : { ...response.headers };
}

function breakOff(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) {
        controller.error(new TypeError('terminated'));
        return;
      }
      sent = true;
      controller.enqueue(bytes.slice(0, Math.ceil(bytes.length / 2)));
    },
  });
}

// The error of Node's fetch, because clients examine it.
function breakConnection(message: string, code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });
}

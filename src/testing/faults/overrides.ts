import { checkMembers, checkWhole, checkWord, show } from '../core/arguments.js';
import { encodeBody, respondEmpty, respondJson, type ServiceResponse } from '../core/exchange.js';
import { type OperationId, operationIds } from '../core/route.js';
import type { RecordedRequest } from './recorded-request.js';

/**
 * Responds in place of the simulator: with a `Response`, or with a body that is sent as JSON (undefined: a success without a
 * body). `next()` performs the request and resolves with the response of the simulator.
 */
export type RespondHandler = (request: RecordedRequest, next: () => Promise<Response>) => unknown;

/** How long an override applies. */
export interface RespondOptions {
  /** How many requests it applies to, 1 or more. Default: all, until it is undone. */
  times?: number | undefined;
}

/** The overrides of a simulator. */
export interface Overrides {
  /** Adds one, which wins over earlier ones. Returns a function that undoes it. */
  add(operation: OperationId, handler: RespondHandler, options?: RespondOptions): () => void;
  /** Takes the override for an operation; null when there is none. */
  take(operation: OperationId): RespondHandler | null;
  /** Drops all. */
  clear(): void;
}

interface Override {
  readonly operation: OperationId;
  readonly handler: RespondHandler;
  remaining: number;
}

/** No overrides yet. */
export function createOverrides(): Overrides {
  let overrides: Override[] = [];
  return {
    add(operation, handler, options = {}) {
      checkWord('operation', operation, operationIds);
      if (typeof handler !== 'function') throw new TypeError(`handler must be a function, not ${show(handler)}`);
      checkMembers('options', options, ['times']);
      const { times = Number.POSITIVE_INFINITY } = options;
      checkWhole('options.times', times, { min: 1 });
      const override = { operation, handler, remaining: times };
      overrides = [override, ...overrides];
      return () => {
        overrides = overrides.filter((other) => other !== override);
      };
    },
    take(operation) {
      const override = overrides.find((candidate) => candidate.operation === operation);
      if (override === undefined) return null;
      override.remaining -= 1;
      overrides = overrides.filter(({ remaining }) => remaining > 0);
      return override.handler;
    },
    clear() {
      overrides = [];
    },
  };
}

/** Converts what a handler returned to a response. */
export async function readReturned(returned: unknown): Promise<ServiceResponse> {
  if (typeof Response === 'function' && returned instanceof Response) {
    if (returned.type === 'error')
      throw new TypeError('Response.error() has no status; use faults.cut or faults.connection');
    const body = new Uint8Array(await returned.arrayBuffer());
    // The adapters set these themselves.
    const { 'transfer-encoding': _coding, connection: _connection, ...headers } = Object.fromEntries(returned.headers);
    return { status: returned.status, headers, body };
  }
  return returned === undefined ? respondEmpty('') : respondJson(returned);
}

/** Converts a response of the simulator to that of `fetch`. */
export function toResponse(response: ServiceResponse): Response {
  const isEmpty = [204, 205, 304].includes(response.status);
  return new Response(isEmpty ? null : encodeBody(response), { status: response.status, headers: response.headers });
}

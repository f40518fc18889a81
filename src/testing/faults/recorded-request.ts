import { parseJson } from '../core/body.js';
import type { IncomingRequest } from '../core/exchange.js';
import type { OperationId } from '../core/route.js';

/** A request that reached the simulator. Secrets in it are replaced by `***`. */
export interface RecordedRequest {
  /** Upper-case HTTP verb. */
  readonly method: string;
  /** Path without the query, as it was sent. */
  readonly path: string;
  /** Query parameters. */
  readonly query: Readonly<Record<string, string>>;
  /** Operation id, such as `ShowTask` or `CreateToken`; null for a path that no operation has. */
  readonly operation: OperationId | null;
  /**
   * Status that the service responded with; null while it has not, and for a request that was never performed. The client
   * may not have seen it, because a fault may have lost the response.
   */
  readonly status: number | null;
  /** Parsed JSON body; null when there was none, or no JSON. Passwords, passcodes and tokens read `***`. */
  readonly body: unknown;
  /** Headers under lower-case names; tokens and signatures read `***`. */
  readonly headers: Readonly<Record<string, string>>;
  /** When it arrived, on the wall clock, in ms since 1970. */
  readonly at: number;
}

/** A record whose status is not known yet. */
export type OpenRecord = { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] };

/** The last requests of a simulator. */
export interface RequestLog {
  /** The requests, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Adds one without its secrets. */
  add(request: IncomingRequest, operation: OperationId | null, at: number): OpenRecord;
  /** Drops all. */
  clear(): void;
}

/** Creates a log that keeps this many requests. */
export function createRequestLog(keep: number): RequestLog {
  const requests: OpenRecord[] = [];
  return {
    requests,
    add(request, operation, at) {
      const record = recordRequest(request, operation, at);
      requests.push(record);
      if (requests.length > keep) requests.splice(0, requests.length - keep);
      return record;
    },
    clear: () => {
      requests.length = 0;
    },
  };
}

const secretHeaders = ['x-auth-token', 'x-subject-token', 'x-security-token', 'authorization', 'cookie'];
const secretMembers =
  /^(password|target_password|passcode|secret|securitytoken|passphrase|access_key|secret_key|private_key)$/i;
const mask = '***';

function recordRequest(request: IncomingRequest, operation: OperationId | null, at: number): OpenRecord {
  const { method, path, query } = request;
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    secretHeaders.includes(name) ? mask : value,
  ]);
  const body = maskBody(parseJson(request.bodyText) ?? null);
  return { method, path, query, operation, status: null, body, headers: Object.fromEntries(headers), at };
}

function maskBody(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskBody);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => {
    // In a login with a token, the id of the token is the token.
    const inner = name === 'token' && typeof member === 'object' ? { ...member, id: mask } : member;
    return [name, secretMembers.test(name) && typeof inner === 'string' ? mask : maskBody(inner)];
  });
  return Object.fromEntries(members);
}

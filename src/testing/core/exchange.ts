/** A request as the core of the simulator sees it, whichever door it came through. */
export interface IncomingRequest {
  /** Upper-case HTTP verb. */
  readonly method: string;
  /** Address that was asked, without the path: the one of `listen()`, or the host of the fetch door. */
  readonly origin: string;
  /** Path as it was sent: still percent-encoded, without the query. */
  readonly path: string;
  /** Query as it was sent, without the question mark. */
  readonly queryText: string;
  /** Query parameters; of a repeated one the last value. */
  readonly query: Readonly<Record<string, string>>;
  /** Headers under lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body; empty when there is none. */
  readonly bodyText: string;
}

/** What the simulated service responds with. */
export interface ServiceResponse {
  /** HTTP status. */
  readonly status: number;
  /** Headers under lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body; empty when there is none. Bytes only where an override gave them. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** A response that carries JSON, with 200 unless told otherwise. */
export function respondJson(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): ServiceResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/**
 * A success that says nothing. The service is known to send nothing at all, an empty JSON string, or an empty object;
 * each operation keeps to one of them, so that a client meets all three.
 */
export function respondEmpty(body: '' | '""' | '{}'): ServiceResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** The body of a response as bytes. */
export function encodeBody({ body }: ServiceResponse): Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}

/** A request as the core of the simulator sees it, through `fetch` or `listen()`. */
export interface IncomingRequest {
  /** Upper-case HTTP verb. */
  readonly method: string;
  /** Origin of the requested URL: the address of `listen()`, or any host with `fetch`. */
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

/** A response that carries JSON, with 200 by default. */
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

/** Thrown by a handler that does not perform a request; holds the response to send instead. */
export class Refusal extends Error {
  /** What the client receives. */
  readonly response: ServiceResponse;

  constructor(response: ServiceResponse, message: string) {
    super(message);
    this.response = response;
  }
}

/** A refusal in the shape of SMS and of its API gateway, which share it. */
export function refuse(status: number, code: string, message: string): Refusal {
  return new Refusal(respondJson({ error_msg: message, error_code: code }, status), message);
}

/** A refusal in the shape that IAM took over from Keystone: the code is the HTTP status, as a number. */
export function refuseByIam(status: number, message: string, title: string): Refusal {
  return new Refusal(respondJson({ error: { code: status, message, title } }, status), message);
}

/** ASSUMPTION: 400 with the gateway's code. No source names the code that SMS gives to a body or a query it cannot use. */
export function refuseInput(message: string): Refusal {
  return refuse(400, 'APIGW.0602', message);
}

/** ASSUMPTION: the table of codes has one 404 of SMS ("the source server has no task"); no source ties it to an unknown id. */
export function refuseUnknown(what: string): Refusal {
  return refuse(404, 'SMS.2252', `The ${what} does not exist.`);
}

/**
 * ASSUMPTION: no source names the code for an id of anything but a task or a source server. This one stands in no table, so
 * that no client draws a wrong conclusion from it.
 */
export function refuseMissing(what: string): Refusal {
  return refuse(404, 'SMS.0404', `The ${what} does not exist.`);
}

import { lookBack } from '../create-world.js';
import type { ConnectionErrorCode } from '../faults/connection-errors.js';
import type { Fault, FaultPlan } from '../faults/fault-plan.js';
import type { FailOptions } from '../faults/faults.js';
import type { Overrides } from '../faults/overrides.js';
import type { PendingRequests } from '../faults/pending-requests.js';
import type { RecordedRequest, RequestLog } from '../faults/recorded-request.js';
import type { World } from '../world.js';
import { parseJson } from './body.js';
import { type IncomingRequest, respondJson, type ServiceResponse } from './exchange.js';
import { findRoute, isRead, type Route } from './route.js';
import { handleRequest, type RequestContext, stamp } from './service.js';

/** What an adapter has to do for its client. */
export type Outcome =
  /** The client gets the response, or half of its body and then a broken connection. */
  | { readonly kind: 'response' | 'truncated'; readonly response: ServiceResponse }
  /** The connection breaks. */
  | { readonly kind: 'cut' }
  /** The connection is never made. */
  | { readonly kind: 'connection'; readonly code: ConnectionErrorCode };

/** Passes requests from an adapter to the service and applies the faults. */
export interface Dispatcher {
  /** Performs a request and returns what its client gets. Rejects with the signal's reason when the client gives up. */
  send(request: IncomingRequest, signal: AbortSignal | null): Promise<Outcome>;
}

/** The parts of a dispatcher. */
export interface DispatcherParts {
  /** The current state of the service. */
  readonly world: () => World;
  /** The table of operations. */
  readonly routes: readonly Route[];
  /** The pending faults. */
  readonly plan: FaultPlan;
  /** What responds in place of operations. */
  readonly overrides: Overrides;
  /** The record of requests. */
  readonly log: RequestLog;
  /** The hanging and delayed requests. */
  readonly pendingRequests: PendingRequests;
  /** Called for each request once it has been handled. */
  readonly onRequest: (request: RecordedRequest) => void;
}

const proxyPage = '<html><head><title>Proxy</title></head><body>Please sign in to the network.</body></html>';

/** Creates a dispatcher. */
export function createDispatcher({
  world,
  routes,
  plan,
  overrides,
  log,
  pendingRequests,
  onRequest,
}: DispatcherParts): Dispatcher {
  async function send(request: IncomingRequest, signal: AbortSignal | null): Promise<Outcome> {
    const isAnonymous = request.headers['x-auth-token'] === undefined && request.headers.authorization === undefined;
    const match = findRoute(routes, request.method, request.path, isAnonymous);
    const now = world().clock.wall();
    const pending = pendingRequests.enter();
    const record = log.add(request, match?.route.operation ?? null, now);

    async function handle(change: Partial<RequestContext> = {}): Promise<ServiceResponse> {
      const override = match === null ? null : overrides.take(match.route.operation);
      const plain = { world: world(), match, request, record, pages: plan.pages, override };
      return keep(await handleRequest({ ...plain, ...change }));
    }
    function keep(response: ServiceResponse): ServiceResponse {
      record.status = response.status;
      return response;
    }
    function fail(status: number, options: Parameters<typeof describeFailure>[2]): ServiceResponse {
      return stamp(world(), match, describeFailure(match?.route.service ?? 'sms', status, options));
    }
    function perform(): Promise<ServiceResponse> {
      const lag = isRead(match) ? plan.lagOf(record) : 0;
      return lag === 0 ? handle() : handle({ world: lookBack(world(), match, { lag }) });
    }
    async function applyFault(fault: Fault): Promise<Outcome> {
      const performed = 'performed' in fault && fault.performed ? await perform() : null;
      switch (fault.kind) {
        case 'fail':
          return respond(keep(fail(fault.status, fault.options)));
        case 'cut':
          return { kind: 'cut' };
        case 'connection':
          return { kind: 'connection', code: fault.code };
        case 'truncate':
          return truncate(request.method, performed ?? stamp(world(), match, placeholder));
        case 'corrupt':
          return respond(stamp(world(), match, proxyResponse));
        case 'mutate':
          return respond(mutate(await perform(), fault.change));
        case 'stale':
          return respond(await handle({ world: lookBack(world(), match, { lag: plan.lagOf(record), isStale: true }) }));
        case 'hang':
          await pending.wait(Number.POSITIVE_INFINITY, signal);
          return { kind: 'cut' };
        case 'delay': {
          const isOver = await pending.wait(fault.ms, signal);
          return isOver ? respond(performed ?? (await perform())) : { kind: 'cut' };
        }
      }
    }

    async function deliver(): Promise<Outcome> {
      if (plan.isThrottled(now)) {
        return respond(keep(fail(429, { retryAfter: 1, message: 'The throttling threshold has been reached.' })));
      }
      const fault = plan.take(record, isRead(match));
      return fault === null ? respond(await perform()) : await applyFault(fault);
    }
    try {
      const outcome = await deliver();
      onRequest(record);
      return outcome;
    } catch (reason) {
      if (signal?.aborted === true) {
        onRequest(record);
        throw reason;
      }
      // A function of the test has thrown: a match, an override or a mutation. Both adapters report it in the same way.
      return respond(keep(fail(500, { message: `The simulator met an error: ${String(reason)}` })));
    }
  }

  return { send };
}

// Cut in half when the service did not respond.
const placeholder: ServiceResponse = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"id":"8abda8635e09d185015e09d188dd0001","state":"RUNNING"}',
};

const proxyResponse: ServiceResponse = { status: 200, headers: { 'content-type': 'text/html' }, body: proxyPage };

function respond(response: ServiceResponse): Outcome {
  return { kind: 'response', response };
}

// A response without a body cannot break off in the middle of it.
function truncate(method: string, response: ServiceResponse): Outcome {
  return response.body.length === 0 || method === 'HEAD' ? { kind: 'cut' } : { kind: 'truncated', response };
}

function mutate(response: ServiceResponse, change: (body: unknown) => unknown): ServiceResponse {
  const parsed = typeof response.body === 'string' ? parseJson(response.body) : undefined;
  const changed = JSON.stringify(change(parsed)) ?? '';
  return { ...response, body: changed };
}

const codes: Readonly<Record<number, string>> = {
  401: 'APIGW.0301',
  403: 'APIGW.0302',
  404: 'APIGW.0103',
  429: 'APIGW.0308',
  500: 'SMS.2007',
  502: 'APIGW.0201',
  503: 'APIGW.0613',
  504: 'APIGW.0201',
};

/** The response of a `fail` fault, in the shape of the service that was called. */
function describeFailure(service: 'iam' | 'sms', status: number, options: FailOptions): ServiceResponse {
  const message = options.message ?? 'Simulated failure.';
  const headers = options.retryAfter === undefined ? {} : { 'retry-after': String(options.retryAfter) };
  // IAM has one shape without a code and one with a code. The test chooses by giving a code or not.
  const body =
    service === 'iam' && options.code === undefined
      ? { error: { code: status, message, title: titleOf(status) } }
      : { error_msg: message, error_code: options.code ?? codes[status] ?? 'APIGW.0602' };
  return respondJson(body, status, headers);
}

function titleOf(status: number): string {
  const titles: Readonly<Record<number, string>> = {
    400: 'Bad Request',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
    429: 'Too Many Requests',
    503: 'Service Unavailable',
  };
  return titles[status] ?? 'Internal Server Error';
}

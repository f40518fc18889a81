import { type RespondHandler, readReturned, toResponse } from '../faults/overrides.js';
import type { RecordedRequest } from '../faults/recorded-request.js';
import { authorize, verifySignature } from '../iam/authorize.js';
import type { World } from '../world.js';
import { parseJson } from './body.js';
import { type IncomingRequest, Refusal, refuse, refuseByIam, refuseInput, type ServiceResponse } from './exchange.js';
import type { Match, Pages } from './route.js';

const maximumBodyLength = 10_240;

/** A request and what is needed to perform it. */
export interface RequestContext {
  /** The state of the service, as this request sees it. */
  readonly world: World;
  /** The operation; null for a path that none has. */
  readonly match: Match | null;
  /** The request. */
  readonly request: IncomingRequest;
  /** Its record. */
  readonly record: RecordedRequest;
  /** How lists are shown. */
  readonly pages: Pages;
  /** Responds in place of the operation; null when nothing does. */
  readonly override: RespondHandler | null;
}

/** Performs a request. Checks it in the same order as the gateway and the service. */
export async function handleRequest(context: RequestContext): Promise<ServiceResponse> {
  const { world, match, request } = context;
  try {
    if (match === null) throw refuse(404, 'APIGW.0101', 'The API does not exist or has not been published.');
    const signature = await verifySignature(world, request);
    if (signature !== null && signature.refusal !== null) throw signature.refusal;
    const signer = signature?.account ?? null;
    if (match.route.service === 'sms' && signer === null) authorize(world, request.headers);
    const perform = () => performOperation(context, match, signer);
    if (context.override === null) return stamp(world, match, perform());
    const next = async () => toResponse(stamp(world, match, respondToRefusals(perform)));
    return stamp(world, match, await readReturned(await context.override(context.record, next)));
  } catch (reason) {
    if (reason instanceof Refusal) return stamp(world, match, reason.response);
    throw reason;
  }
}

/** Adds the date and the request id, under the header name of the service in question. */
export function stamp(world: World, match: Match | null, response: ServiceResponse): ServiceResponse {
  const idHeader = match?.route.service === 'iam' ? 'x-iam-trace-id' : 'x-request-id';
  const date = new Date(world.clock.machine()).toUTCString();
  return { ...response, headers: { [idHeader]: world.identifiers.hex(), date, ...response.headers } };
}

function performOperation(
  { world, request, pages }: RequestContext,
  { route, parameters }: Match,
  signer: Parameters<Match['route']['handle']>[0]['signer'],
): ServiceResponse {
  if (route.service === 'sms') {
    checkContent(request);
    if (route.needsAgreement === true) checkAgreement(world);
  }
  const body = readBody(route.service, request.bodyText);
  const { headers, origin, query } = request;
  return route.handle({ world, parameters, query, headers, signer, body, origin, pages });
}

function respondToRefusals(perform: () => ServiceResponse): ServiceResponse {
  try {
    return perform();
  } catch (reason) {
    if (reason instanceof Refusal) return reason.response;
    throw reason;
  }
}

// FACT: clients that send no Content-Type without a body work on the real service, although the reference calls the header
// mandatory on every SMS call. The misuse of 401 here is the service's own.
function checkContent(request: IncomingRequest): void {
  if (request.bodyText === '') return;
  const type = request.headers['content-type'];
  if (type === undefined || type === '') throw refuse(401, 'SMS.2005', 'The Content-Type header is missing.');
  if (type.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw refuse(401, 'SMS.2006', 'The Content-Type header must be application/json.');
  }
  if (new TextEncoder().encode(request.bodyText).length > maximumBodyLength) {
    throw refuse(401, 'SMS.2004', `The request body is longer than ${maximumBodyLength} bytes.`);
  }
}

function readBody(service: 'iam' | 'sms', text: string): unknown {
  if (text === '') return undefined;
  const body = parseJson(text);
  if (body !== undefined) return body;
  throw service === 'iam'
    ? refuseByIam(400, 'The request body is invalid', 'Bad Request')
    : refuseInput('The request body is not JSON.');
}

/** Whether the privacy agreement is accepted. */
export function isAgreementAccepted(world: World): boolean {
  return world.agreements.get('privacy') === true;
}

/**
 * ASSUMPTION: the table of codes ties this one to a consent that has not arrived, and to the status 400; no source says what
 * the service responds with before the agreement is accepted, nor which calls it keeps back.
 */
export function checkAgreement(world: World): void {
  if (!isAgreementAccepted(world)) throw refuse(403, 'SMS.0208', 'The privacy agreement has not been accepted.');
}

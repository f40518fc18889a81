import { authorize } from '../iam/authorize.js';
import type { Signature } from '../iam/verify-signature.js';
import type { World } from '../world.js';
import type { Answer, IncomingRequest } from './exchange.js';
import { parseJson } from './json.js';
import { Refusal, refuse, refuseByIam, refuseInput } from './refusal.js';
import type { Match } from './route.js';

const maximumBodyLength = 10_240;

/** Carries a request out, in the order in which gateway and service look at it, and answers it. */
export function answerRequest(
  world: World,
  match: Match | null,
  request: IncomingRequest,
  signature: Signature | null,
): Answer {
  return stamp(world, match, settle(world, match, request, signature));
}

/** Adds what every answer carries: the date, and the id under the name that the service in question uses. */
export function stamp(world: World, match: Match | null, answer: Answer): Answer {
  const idHeader = match?.route.service === 'iam' ? 'x-iam-trace-id' : 'x-request-id';
  const date = new Date(world.clock.wall()).toUTCString();
  return { ...answer, headers: { ...answer.headers, [idHeader]: world.identifiers.hex(), date } };
}

function settle(world: World, match: Match | null, request: IncomingRequest, signature: Signature | null): Answer {
  try {
    if (match === null) throw refuse(404, 'APIGW.0101', 'The API does not exist or has not been published.');
    const { route, parameters } = match;
    if (signature !== null && signature.refusal !== null) throw signature.refusal;
    const signer = signature?.account ?? null;
    if (route.service === 'sms') {
      if (signer === null) authorize(world, request.headers);
      checkContent(request);
      if (route.needsAgreement === true) checkAgreement(world);
    }
    const body = readBody(route.service, request.bodyText);
    return route.handle({ world, parameters, query: request.query, headers: request.headers, signer, body });
  } catch (reason) {
    if (reason instanceof Refusal) return reason.answer;
    throw reason;
  }
}

// ASSUMPTION: the reference calls the header mandatory on every SMS call, those without a body included; that a GET without
// it is refused was never seen. The misuse of 401 here is the service's own.
function checkContent(request: IncomingRequest): void {
  const type = request.headers['content-type'];
  if (type === undefined || type === '') throw refuse(401, 'SMS.2005', 'The Content-Type header is missing.');
  if (type.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw refuse(401, 'SMS.2006', 'The Content-Type header must be application/json.');
  }
  if (new TextEncoder().encode(request.bodyText).length > maximumBodyLength) {
    throw refuse(401, 'SMS.2004', `The request body is longer than ${maximumBodyLength} bytes.`);
  }
}

// ASSUMPTION: the table of codes ties this one to a consent that has not arrived, and to the status 400; no source says what
// the service answers before the agreement is accepted, nor which calls it keeps back.
function checkAgreement(world: World): void {
  if (world.agreement.accepted) return;
  throw refuse(403, 'SMS.0208', 'The privacy agreement has not been accepted.');
}

function readBody(service: 'iam' | 'sms', text: string): unknown {
  if (text === '') return undefined;
  const body = parseJson(text);
  if (body !== undefined) return body;
  throw service === 'iam'
    ? refuseByIam(400, 'The request body is invalid', 'Bad Request')
    : refuseInput('The request body is not JSON.');
}

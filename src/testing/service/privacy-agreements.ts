import { type Answer, answerJson, answerNothing } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';

/** The privacy agreement. */
export const agreementRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/privacy-agreements', operation: 'ShowPrivacyAgreements', handle: handleShow },
  {
    service: 'sms',
    pattern: 'POST /v3/privacy-agreements',
    operation: 'CreatePrivacyAgreements',
    handle: handleAccept,
  },
];

function handleShow({ world }: Call): Answer {
  return answerJson({ flag: world.agreement.accepted });
}

function handleAccept({ world }: Call): Answer {
  world.agreement.accepted = true;
  return answerNothing('""');
}

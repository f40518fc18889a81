import { refuse } from '../core/refusal.js';
import type { World } from '../world.js';

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

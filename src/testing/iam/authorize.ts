import { refuse } from '../core/refusal.js';
import type { World } from '../world.js';

/** Lets a call of SMS pass only with a live token, as the API gateway does. */
export function authorize(world: World, headers: Readonly<Record<string, string>>): void {
  const value = headers['x-auth-token'];
  const standing = value === undefined ? 'unknown' : world.tokens.standing(value, world.clock.wall());
  if (standing === 'live') return;
  if (standing === 'expired') throw refuse(401, 'APIGW.0307', 'The token must be updated.');
  const reason = value === undefined ? 'x-auth-token not found' : 'decrypt token fail';
  throw refuse(401, 'APIGW.0301', `Incorrect IAM authentication information: ${reason}.`);
}

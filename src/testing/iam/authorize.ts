import { type Refusal, refuse, refuseByIam } from '../core/refusal.js';
import type { Call } from '../core/route.js';
import type { World } from '../world.js';
import type { Account } from './account.js';
import type { TokenRecord } from './token-store.js';

/** Lets a call of SMS pass only with a live token, as the API gateway does. */
export function authorize(world: World, headers: Readonly<Record<string, string>>): void {
  const value = headers['x-auth-token'];
  const standing = value === undefined ? 'unknown' : world.tokens.standing(value, world.clock.wall());
  if (standing === 'live') return;
  if (standing === 'expired') throw refuse(401, 'APIGW.0307', 'The token must be updated.');
  const reason = value === undefined ? 'x-auth-token not found' : 'decrypt token fail';
  throw refuse(401, 'APIGW.0301', `Incorrect IAM authentication information: ${reason}.`);
}

/** Who calls IAM: the owner of the access key that signed the request, or of the live token that it shows. */
export function requireAccount(call: Call): Account {
  const account = call.signer ?? findLiveToken(call, 'x-auth-token')?.account;
  if (account === undefined) throw refuseToken();
  return account;
}

/** The live token in a header. */
export function findLiveToken({ headers, world }: Call, header: string): TokenRecord | null {
  const value = headers[header] ?? '';
  return world.tokens.standing(value, world.clock.wall()) === 'live' ? world.tokens.find(value) : null;
}

/**
 * What Keystone tells whoever brings no live token. ASSUMPTION: it tells the same to those who ask for a scope that is not
 * theirs.
 */
export function refuseToken(): Refusal {
  return refuseByIam(401, 'The request you have made requires authentication.', 'Unauthorized');
}

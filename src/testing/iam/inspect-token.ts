import { respondJson, type ServiceResponse } from '../core/exchange.js';
import { refuseByIam } from '../core/refusal.js';
import type { Call, Route } from '../core/route.js';
import { findLiveToken, requireAccount } from './require-account.js';
import { describeToken } from './token-body.js';
import type { TokenRecord } from './token-store.js';

/** Checking a token and ending it. */
export const tokenRoutes: readonly Route[] = [
  { service: 'iam', pattern: 'GET /v3/auth/tokens', operation: 'ValidateToken', handle: validateToken },
  { service: 'iam', pattern: 'HEAD /v3/auth/tokens', operation: 'CheckToken', handle: validateToken },
  { service: 'iam', pattern: 'DELETE /v3/auth/tokens', operation: 'RevokeToken', handle: revokeToken },
];

function validateToken(call: Call): ServiceResponse {
  requireAccount(call);
  const subject = requireSubject(call);
  return respondJson(describeToken(subject, call), 200, { 'x-subject-token': subject.value });
}

function revokeToken(call: Call): ServiceResponse {
  requireAccount(call);
  call.world.tokens.revoke(requireSubject(call).value);
  return { status: 204, headers: {}, body: '' };
}

function requireSubject(call: Call): TokenRecord {
  if (call.headers['x-subject-token'] === undefined) {
    throw refuseByIam(400, 'The X-Subject-Token header is missing.', 'Bad Request');
  }
  const subject = findLiveToken(call, 'x-subject-token');
  if (subject === null) throw refuseByIam(404, 'Failed to validate token', 'Not Found');
  return subject;
}

import { respondJson } from '../core/exchange.js';
import { readObject } from '../core/json.js';
import type { Call, Handler, Route } from '../core/route.js';
import type { Account } from './account.js';
import { refuseToken } from './require-account.js';
import { identify, refuseBody } from './sign-in.js';
import { describeToken } from './token-body.js';
import type { Scope } from './token-store.js';

/** Signing in: the one call that needs no token. */
export function createTokenRoute(lifetimeMs: number): Route {
  return {
    service: 'iam',
    pattern: 'POST /v3/auth/tokens',
    operation: 'CreateToken',
    handle: handleWith(lifetimeMs),
  };
}

function handleWith(lifetimeMs: number): Handler {
  return (call: Call) => {
    const authentication = readObject(readObject(call.body)?.auth);
    const identity = readObject(authentication?.identity);
    if (authentication === null || identity === null) throw refuseBody();
    const { account, assumedBy, methods, shown } = identify(call, identity);
    const scope = readScope(account, authentication.scope);
    const issuedAt = call.world.clock.wall();
    // A token obtained with a token ends when that one ends; otherwise one password would be good for ever.
    const expiresAt = shown?.expiresAt ?? issuedAt + lifetimeMs;
    const token = call.world.tokens.issue({ account, assumedBy, methods, scope, issuedAt, expiresAt });
    return respondJson(describeToken(token, call), 201, { 'x-subject-token': token.value });
  };
}

function readScope(account: Account, value: unknown): Scope {
  if (value === undefined) return { kind: 'none' };
  const scope = readObject(value);
  const project = readObject(scope?.project);
  const domain = readObject(scope?.domain);
  // Of two scopes the project wins: so says the IAM reference.
  if (project !== null) {
    const found = account.projects.find(({ id, name }) => id === project.id || name === project.name);
    if (found === undefined) throw refuseToken();
    return { kind: 'project', project: found };
  }
  if (domain === null) throw refuseBody();
  if (domain.id !== account.domainId && domain.name !== account.domainName) throw refuseToken();
  return { kind: 'domain' };
}

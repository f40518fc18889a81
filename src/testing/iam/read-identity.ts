import { refuseByIam, respondJson, type ServiceResponse } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import type { Account } from './account.js';
import { findLiveToken, requireAccount } from './authorize.js';
import { describeCatalog, describeToken } from './token-body.js';
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

/** Projects and accounts that the owner of a token can reach. */
export const projectRoutes: readonly Route[] = [
  { service: 'iam', pattern: 'GET /v3/auth/projects', operation: 'ListAuthProjects', handle: listOwnProjects },
  { service: 'iam', pattern: 'GET /v3/projects', operation: 'ListProjects', handle: listProjects },
  { service: 'iam', pattern: 'GET /v3/auth/catalog', operation: 'ShowCatalog', handle: showCatalog },
  { service: 'iam', pattern: 'GET /v3/auth/domains', operation: 'ListAuthDomains', handle: listDomains },
];

function listOwnProjects(call: Call): ServiceResponse {
  const account = requireAccount(call);
  return respondJson({
    projects: describeProjects(account, call.origin),
    links: { self: `${call.origin}/v3/auth/projects` },
  });
}

function listProjects(call: Call): ServiceResponse {
  const account = requireAccount(call);
  const wanted = call.query.name;
  const projects = describeProjects(account, call.origin).filter(({ name }) => wanted === undefined || wanted === name);
  return respondJson({ projects, links: { next: null, previous: null, self: `${call.origin}/v3/projects` } });
}

function describeProjects(account: Account, origin: string) {
  return account.projects.map(({ id, name }) => ({
    domain_id: account.domainId,
    is_domain: false,
    parent_id: account.domainId,
    name,
    description: '',
    links: { self: `${origin}/v3/projects/${id}` },
    id,
    enabled: true,
  }));
}

function listDomains(call: Call): ServiceResponse {
  const account = requireAccount(call);
  const domain = {
    id: account.domainId,
    name: account.domainName,
    description: '',
    enabled: true,
    links: { self: `${call.origin}/v3/domains/${account.domainId}` },
  };
  return respondJson({ domains: [domain], links: { self: `${call.origin}/v3/auth/domains` } });
}

function showCatalog(call: Call): ServiceResponse {
  const account = requireAccount(call);
  return respondJson({
    catalog: describeCatalog(account, call.origin),
    links: { self: `${call.origin}/v3/auth/catalog` },
  });
}

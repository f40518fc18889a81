import { respondJson, type ServiceResponse } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import type { Account } from './account.js';
import { requireAccount } from './require-account.js';
import { describeCatalog } from './token-body.js';

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

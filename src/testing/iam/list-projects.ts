import { type Answer, answerJson } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import type { Account } from './account.js';
import { requireAccount } from './require-account.js';

/** Projects and accounts that the owner of a token can reach. */
export const projectRoutes: readonly Route[] = [
  { service: 'iam', pattern: 'GET /v3/auth/projects', operation: 'ListAuthProjects', handle: listOwnProjects },
  { service: 'iam', pattern: 'GET /v3/projects', operation: 'ListProjects', handle: listProjects },
  { service: 'iam', pattern: 'GET /v3/auth/domains', operation: 'ListAuthDomains', handle: listDomains },
];

const host = 'https://iam.simulator.example';

function listOwnProjects(call: Call): Answer {
  const account = requireAccount(call);
  return answerJson({ projects: describeProjects(account), links: { self: `${host}/v3/auth/projects` } });
}

function listProjects(call: Call): Answer {
  const account = requireAccount(call);
  const wanted = call.query.name;
  const projects = describeProjects(account).filter(({ name }) => wanted === undefined || wanted === name);
  return answerJson({ projects, links: { next: null, previous: null, self: `${host}/v3/projects` } });
}

function describeProjects(account: Account) {
  return account.projects.map(({ id, name }) => ({
    domain_id: account.domainId,
    is_domain: false,
    parent_id: account.domainId,
    name,
    description: '',
    links: { self: `${host}/v3/projects/${id}` },
    id,
    enabled: true,
  }));
}

function listDomains(call: Call): Answer {
  const account = requireAccount(call);
  const domain = {
    id: account.domainId,
    name: account.domainName,
    description: '',
    enabled: true,
    links: { self: `${host}/v3/domains/${account.domainId}` },
  };
  return answerJson({ domains: [domain], links: { self: `${host}/v3/auth/domains` } });
}

import { respondJson, type ServiceResponse } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';

/**
 * Versions of both services. Their paths lie at the root of the host, which both share here: who shows no token is a client of
 * OpenStack that looks for Keystone.
 */
export const versionRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /', operation: 'ListApiVersion', handle: handleList },
  // The one version there is; a parameter here would take every path of one segment.
  { service: 'sms', pattern: 'GET /v3', operation: 'ShowApiVersion', handle: handleShow },
  { service: 'iam', pattern: 'GET /', operation: 'ListIdentityVersions', handle: handleKeystoneList, isPublic: true },
  { service: 'iam', pattern: 'GET /v3', operation: 'ShowIdentityVersion', handle: handleKeystone, isPublic: true },
  { service: 'iam', pattern: 'GET /v3/', operation: 'ShowIdentityVersion', handle: handleKeystone, isPublic: true },
];

function handleList({ origin }: Call): ServiceResponse {
  return respondJson({ versions: [describeVersion(origin)] });
}

function handleShow({ origin }: Call): ServiceResponse {
  return respondJson(describeVersion(origin));
}

// As the reference prints it, but for the address.
function describeVersion(origin: string): unknown {
  return {
    links: [{ rel: 'self', href: `${origin}/` }],
    id: 'v3',
    updated: '2020-09-02T17:50:00Z',
    status: 'SUPPORTED',
  };
}

function handleKeystoneList({ origin }: Call): ServiceResponse {
  return respondJson({ versions: { values: [describeKeystone(origin)] } }, 300);
}

function handleKeystone({ origin }: Call): ServiceResponse {
  return respondJson({ version: describeKeystone(origin) });
}

function describeKeystone(origin: string): unknown {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${origin}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

import { respondEmpty, respondJson, type ServiceResponse } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import { isAgreementAccepted } from '../core/service.js';

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

function handleShow({ world }: Call): ServiceResponse {
  return respondJson({ flag: isAgreementAccepted(world) });
}

function handleAccept({ world }: Call): ServiceResponse {
  world.agreements.set('privacy', true);
  return respondEmpty('""');
}

/** What agents read from the service itself. */
export const settingRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/config', operation: 'ShowConfig', handle: handleConfig },
  { service: 'sms', pattern: 'GET /v3/sha256/{key}', operation: 'ShowSha256', handle: handleDigest },
];

// ASSUMPTION: the reference says what is in there (main region, OBS domain, disk types, regions), but no name of a key.
function handleConfig({ world }: Call): ServiceResponse {
  const names = new Set(world.accounts.flatMap(({ projects }) => projects.map(({ name }) => name)));
  const [main = 'cn-north-4'] = names;
  return respondJson({
    config: { main_region: main, obs_domain: 'obs.simulator.example', disk_types: 'SAS,SSD,SATA' },
    regions: [...names].map((name) => ({ id: name, name })),
  });
}

// The service reads the digest of a file of its own, which a simulator does not have: every key has a digest, always the same.
function handleDigest({ parameters }: Call): ServiceResponse {
  return respondJson({ value: inventDigest(parameters.key ?? '') });
}

function inventDigest(key: string): string {
  return Array.from({ length: 8 }, (_, part) => hash(`${part}:${key}`).toString(16).padStart(8, '0')).join('');
}

// FNV-1a. Web Crypto would make every handler wait for a promise.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/**
 * Versions of both services. Their paths lie at the root of the host, which both share here: a request without a
 * token comes from an OpenStack client that looks for Keystone.
 */
export const versionRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /', operation: 'ListApiVersion', handle: handleVersions },
  // There is one version. A parameter here would match every path of one segment.
  { service: 'sms', pattern: 'GET /v3', operation: 'ShowApiVersion', handle: handleVersion },
  { service: 'iam', pattern: 'GET /', operation: 'ListIdentityVersions', handle: handleKeystoneList, isPublic: true },
  { service: 'iam', pattern: 'GET /v3', operation: 'ShowIdentityVersion', handle: handleKeystone, isPublic: true },
  { service: 'iam', pattern: 'GET /v3/', operation: 'ShowIdentityVersion', handle: handleKeystone, isPublic: true },
];

function handleVersions({ origin }: Call): ServiceResponse {
  return respondJson({ versions: [describeVersion(origin)] });
}

function handleVersion({ origin }: Call): ServiceResponse {
  return respondJson(describeVersion(origin));
}

// As in the reference, except for the address.
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

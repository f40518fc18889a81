import type { Call } from '../core/route.js';
import type { Account } from './account.js';
import type { TokenRecord } from './token-store.js';

/** The body that describes a token; the token itself travels in a header. */
export function describeToken(token: TokenRecord, { origin, query }: Pick<Call, 'origin' | 'query'>): unknown {
  const { account, assumedBy, scope } = token;
  const domain = { id: account.domainId, name: account.domainName };
  return {
    token: {
      catalog: wantsCatalog(query) ? describeCatalog(account, origin) : [],
      expires_at: formatTime(token.expiresAt),
      issued_at: formatTime(token.issuedAt),
      methods: token.methods,
      ...(scope.kind === 'project' ? { project: { domain, id: scope.project.id, name: scope.project.name } } : {}),
      ...(scope.kind === 'domain' ? { domain } : {}),
      roles: [
        { id: '0', name: 'te_admin' },
        { id: '0', name: 'sms_admin' },
      ],
      user: describeUser(account),
      ...(assumedBy === null ? {} : { assumed_by: { user: describeUser(assumedBy) } }),
    },
  };
}

function describeUser({ domainId, domainName, userId, username }: Account): unknown {
  return { domain: { id: domainId, name: domainName }, id: userId, name: username, password_expires_at: '' };
}

// Any text leaves it out; IAM documents "any non-empty text is true".
function wantsCatalog(query: Readonly<Record<string, string>>): boolean {
  return (query.nocatalog ?? '') === '';
}

// IAM writes six fractional digits although it counts milliseconds.
function formatTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '000Z');
}

/**
 * The services of an account at the requested address: IAM and SMS, and IAM again under the type that OpenStack clients
 * expect. Each has an endpoint in every region, which are named like the projects.
 */
export function describeCatalog({ projects }: Account, origin: string): unknown {
  const regions = projects.length === 0 ? ['*'] : [...new Set(projects.map(({ name }) => name))];
  return [
    describeService('iam', 'iam', 'v3', '100a6a3477f1495286579b819d399e36'),
    describeService('keystone', 'identity', 'v3', '4ed1e8c2d8b14fdb8dfe1d1a4cbbab14'),
    describeService('sms', 'sms', 'v3', 'c6db69fabbd549908adcb861c7e47ca4'),
  ];

  function describeService(name: string, type: string, version: string, id: string): unknown {
    const endpoints = regions.flatMap((region, index) =>
      ['public', 'internal', 'admin'].map((face, place) => ({
        // Ids only have to differ.
        id: `${id.slice(0, -2)}${index}${place}`,
        interface: face,
        region,
        region_id: region,
        url: `${origin}/${version}`,
      })),
    );
    return { endpoints, id, name, type };
  }
}

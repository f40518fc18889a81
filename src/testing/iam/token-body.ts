import type { Account } from './account.js';
import type { TokenRecord } from './token-store.js';

/** The body that describes a token; the token itself travels in a header. */
export function describeToken(token: TokenRecord, withCatalog: boolean): unknown {
  const { account, assumedBy, scope } = token;
  const domain = { id: account.domainId, name: account.domainName };
  return {
    token: {
      catalog: withCatalog ? catalog : [],
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

/** Whether the answer shall hold the catalog. Any text leaves it out; IAM documents "any non-empty text is true". */
export function wantsCatalog(query: Readonly<Record<string, string>>): boolean {
  return (query.nocatalog ?? '') === '';
}

// IAM writes six fractional digits although it counts milliseconds.
function formatTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '000Z');
}

const catalog = [
  describeService('100a6a3477f1495286579b819d399e36', 'iam', '33e1cbdd86d34e89a63cf8ad16a5f49f', 'v3.0'),
  describeService('c6db69fabbd549908adcb861c7e47ca4', 'sms', '29319cf2052d4e94bcf438b55d143832', 'v3'),
];

function describeService(id: string, name: string, endpointId: string, version: string): unknown {
  const url = `https://${name}.simulator.example/${version}`;
  const endpoint = { id: endpointId, interface: 'public', region: '*', region_id: '*', url };
  return { endpoints: [endpoint], id, name, type: name };
}

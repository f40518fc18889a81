/** What IAM is sent to log in. */
import type { LoginCredentials } from './credentials.js';

/** @internal The body of a login, in the field order of the official examples. */
export function toLoginBody(credentials: LoginCredentials, passcode?: string): object {
  const { domainName, projectId, projectName } = credentials;
  const domainId = 'agencyName' in credentials ? credentials.domainId : undefined;
  const scope =
    projectId !== undefined
      ? { project: { id: projectId } }
      : projectName !== undefined
        ? { project: { name: projectName } }
        : { domain: domainId === undefined ? { name: domainName } : { id: domainId } };
  return { auth: { identity: toIdentity(credentials, passcode), scope } };
}

function toIdentity(credentials: LoginCredentials, passcode: string | undefined): object {
  if ('agencyName' in credentials) {
    const { agencyName, domainId, domainName } = credentials;
    const domain = domainId === undefined ? { domain_name: domainName } : { domain_id: domainId };
    return { methods: ['assume_role'], assume_role: { ...domain, agency_name: agencyName } };
  }
  const { domainName, mfa, password } = credentials;
  const user =
    'userId' in credentials
      ? { id: credentials.userId, password }
      : { name: credentials.username, domain: { name: domainName }, password };
  if (mfa === undefined) return { methods: ['password'], password: { user } };
  return { methods: ['password', 'totp'], password: { user }, totp: { user: { id: mfa.userId, passcode } } };
}

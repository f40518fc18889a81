/** Whose login it is: what may be shared between clients, and what must be kept apart. */
import { omitSecrets } from '../schemas/secrets.js';
import { type Credentials, isDate, type LoginCredentials, schemaOf } from './credentials.js';

/**
 * @internal The whole identity behind a login without any secret, as text, or undefined when it is unknown.
 *
 * An agency's token is worth what its source may do, so the source is a part of it. Who stands behind a bare token or a function
 * is unknown, so nothing of theirs may be shared.
 */
export function describeIdentity(credentials: LoginCredentials): string | undefined {
  const identity = readIdentity(credentials);
  return identity === undefined ? undefined : JSON.stringify(identity);
}

function readIdentity(credentials: Credentials): unknown {
  if (typeof credentials === 'function' || 'token' in credentials) return undefined;
  const known = omitSecrets(schemaOf(credentials), credentials) as object;
  // Two orders of the same fields are the same identity.
  const identity = Object.entries(known).sort(([name], [other]) => (name < other ? -1 : 1));
  if (!('agencyName' in credentials)) return identity;
  const source = readIdentity(credentials.source);
  return source === undefined ? undefined : [...identity.filter(([name]) => name !== 'source'), ['source', source]];
}

/** @internal Whether two credentials are the same, secrets included; a function is the same as itself only. */
export function isSameCredentials(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (isDate(one) && isDate(other)) return one.getTime() === other.getTime();
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSameCredentials(Reflect.get(one, name), Reflect.get(other, name)));
}

/** The kinds of credentials, and what IAM is sent for them. */
import { ConfigurationError } from '../errors.js';
import { body, check, custom, formatIssues, type Infer, required, type Schema, text } from '../schemas/fields.js';

/** @internal A text that can stand in a header: the runtime's own error for any other quotes it. */
export const headerText = (what: string): Schema<string> =>
  text({ min: 1, pattern: /^[\x21-\x7e]+$/, form: `${what} of visible ASCII characters` });

const passwordCredentials = body({
  /** Name of the IAM user. A HUAWEI ID cannot log in with a password: create an IAM user with programmatic access. */
  username: required(text({ min: 1 })),
  /** Password of the IAM user. Secret: it is never logged or printed. */
  password: required(text({ min: 1 })),
  /** Name of the domain (account) of the user. */
  domainName: required(text({ min: 1 })),
  /** Id of the project that the token is for. Wins over `projectName`; without either the token is for the domain. */
  projectId: text({ min: 1 }),
  /** Name of the project that the token is for; the project of a region is named like the region. */
  projectName: text({ min: 1 }),
});

/** Logs in at IAM with the name and password of an IAM user. */
export interface PasswordCredentials extends Infer<typeof passwordCredentials> {}

const tokenCredentials = body({
  /** An IAM user token got elsewhere. Secret: it is never logged or printed. It cannot be renewed here. */
  token: required(headerText('a token')),
  /** When the token expires: a provider is asked for the next one ahead of it. Not checked otherwise. */
  expiresAt: custom<Date>('a valid Date', (value) => value instanceof Date && !Number.isNaN(value.getTime())),
});

/** Uses an IAM token got elsewhere. */
export interface TokenCredentials extends Infer<typeof tokenCredentials> {}

/** Credentials as plain values. */
export type StaticCredentials = PasswordCredentials | TokenCredentials;

/**
 * Answers credentials; asked at the first call and again at each renewal, never more than once at a time. Every call waits for
 * it, so it must settle; what it throws reaches the callers as it is.
 */
export type CredentialsProvider = () => Promise<StaticCredentials>;

/** How the client proves who it is. */
export type Credentials = StaticCredentials | CredentialsProvider;

/**
 * @internal Checks credentials and copies them.
 *
 * @throws {@link ConfigurationError} naming every field that is wrong, without any value.
 */
export function parseCredentials(value: unknown, subject = 'credentials'): StaticCredentials {
  const schema = pickSchema(value);
  if (schema === undefined) {
    throw new ConfigurationError(
      `${subject}: expected { username, password, domainName }, { token } or a function that answers one of them`,
    );
  }
  const outcome = check<StaticCredentials>(schema, value);
  if (outcome.issues === undefined) return outcome.value;
  const issues = outcome.issues.map((issue) => ({ ...issue, path: `${subject}.${issue.path}` }));
  throw new ConfigurationError(formatIssues(issues).replaceAll('\n', '; '));
}

function pickSchema(value: unknown): Schema<StaticCredentials> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('token' in value) return tokenCredentials;
  return 'username' in value || 'password' in value || 'domainName' in value ? passwordCredentials : undefined;
}

/** @internal The body of a login, in the field order of the official example. */
export function toLoginBody({ domainName, password, projectId, projectName, username }: PasswordCredentials): object {
  const user = { name: username, domain: { name: domainName }, password };
  return { auth: { identity: { methods: ['password'], password: { user } }, scope: toScope() } };

  function toScope(): object {
    if (projectId !== undefined) return { project: { id: projectId } };
    if (projectName !== undefined) return { project: { name: projectName } };
    return { domain: { name: domainName } };
  }
}

/** The kinds of credentials, and what IAM is sent for them. */
import { ConfigurationError, isSmsError } from '../errors.js';
import {
  anything,
  check,
  custom,
  type Field,
  formatIssues,
  type Infer,
  markSecret,
  type SchemaIssue,
  secret,
  settings,
  text,
  unreadable,
} from '../schemas/fields.js';

// An agency of an agency may be a source; what is nested deeper holds itself.
const longestSubject = 100;

const visiblePattern = /^[\x21-\x7e]+$/;
const visible = 'of visible ASCII characters, without white space or a line break at an end';
const headerLimits = (what: string) => ({ min: 1, pattern: visiblePattern, form: `${what} ${visible}` });

/** @internal What {@link isVisible} wants, in words. */
export const visibleForm: string = `a text ${visible}`;

/** @internal Whether a text can stand in a header. */
export function isVisible(value: string): boolean {
  return visiblePattern.test(value);
}

/** @internal A text that can stand in a header: the runtime's own error for any other quotes it. */
export const headerText = (what: string): Field<string> => text(headerLimits(what));

/** @internal What {@link isTidy} wants, in words. */
export const tidyForm =
  'a text without control characters and without white space, a line break or an invisible character at an end';
// A copied text may end in a zero-width space, which nobody sees.
const tidyPattern = /^(?![\s\p{Cf}])\P{Cc}+(?<![\s\p{Cf}])$/u;

/** @internal Whether a text has no ends that a file or a shell left: refused logins lock accounts. */
export function isTidy(value: string): boolean {
  return tidyPattern.test(value);
}

const tidy = { min: 1, pattern: tidyPattern, form: tidyForm };
const name = () => text(tidy);
const secretName = () => secret(tidy);

/** @internal Whether a value is a date of any realm: `instanceof` would refuse those of a test runner. */
export function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === '[object Date]';
}

const validDate = () => custom<Date>('a valid Date', (value) => isDate(value) && !Number.isNaN(value.getTime()));

/** @internal Whether a passcode can be sent. */
export function isPasscode(value: unknown): value is string {
  return typeof value === 'string' && !/\s/.test(value) && isTidy(value);
}

const mfaDeviceShape = settings({
  /** Id (not name) of the user, who has a virtual MFA device. */
  userId: name(),
  /**
   * The code that the device shows, or a function that returns it, called at each login. A code is valid for one login: with a plain
   * code the token cannot be renewed when it expires or is refused. Secret: it is never logged or printed.
   */
  passcode: markSecret(
    custom<string | (() => Promise<string>)>(
      'a non-empty string without white space, or a function',
      (value) => typeof value === 'function' || isPasscode(value),
    ),
  ),
});

/** The virtual MFA device of a user. */
export interface MfaDevice extends Infer<typeof mfaDeviceShape> {}
const mfaDevice: Field<MfaDevice> = mfaDeviceShape;

const passwordCredentials = settings(
  {
    /** Name of the IAM user. A HUAWEI ID cannot log in with a password: create an IAM user with programmatic access. */
    username: name(),
    /** Password of the IAM user. Secret: it is never logged or printed. */
    password: secretName(),
    /** Name of the domain (account) of the user. */
    domainName: name(),
  },
  {
    /** Id of the project that the token is for. Takes precedence over `projectName`; without either the token is for the domain. */
    projectId: name(),
    /** Name of the project that the token is for; the project of a region is named like the region. */
    projectName: name(),
    /** The second factor, for a user with a virtual MFA device. */
    mfa: mfaDevice,
  },
);

/** Logs in at IAM with the name and password of an IAM user. */
export interface PasswordCredentials extends Infer<typeof passwordCredentials> {}

const userIdCredentials = settings(
  {
    /** Id of the IAM user. */
    userId: name(),
    /** Password of the IAM user. Secret: it is never logged or printed. */
    password: secretName(),
  },
  {
    /** Name of the domain (account), for a token of the domain. This, `projectId` or `projectName` is needed. */
    domainName: name(),
    /** Id of the project that the token is for. Takes precedence over `projectName`, and that over `domainName`. */
    projectId: name(),
    /** Name of the project that the token is for. */
    projectName: name(),
    /** The second factor, for a user with a virtual MFA device. */
    mfa: mfaDevice,
  },
);

/** Logs in at IAM with the id and password of an IAM user: a form of OpenStack Keystone that the documentation of IAM leaves out. */
export interface UserIdCredentials extends Infer<typeof userIdCredentials> {}

const accessKeyCredentials = settings(
  {
    /** Id of the access key (AK). */
    accessKeyId: headerText('an access key id'),
    /** The secret access key (SK). Secret: it is never sent, logged or printed. */
    secretAccessKey: secret(headerLimits('a secret access key')),
  },
  {
    /** Token of a temporary access key. Secret: it is never logged or printed. */
    securityToken: secret(headerLimits('a security token')),
    /** Id of the project to work in. Takes precedence over `domainId`. Without either, the service determines the project. */
    projectId: headerText('an id'),
    /** Id of the domain (account) to work in. */
    domainId: headerText('an id'),
    /** When a temporary key expires. A credentials function is called before that time. Not checked otherwise. */
    expiresAt: validDate(),
  },
);

/** Signs every request with an access key (AK/SK), permanent or temporary. Needs no login. */
export interface AccessKeyCredentials extends Infer<typeof accessKeyCredentials> {}

const tokenCredentials = settings(
  {
    /** An IAM user token from elsewhere. Secret: it is never logged or printed. It cannot be renewed here. */
    token: secret(headerLimits('a token')),
  },
  {
    /** When the token expires. A credentials function is called before that time. Not checked otherwise. */
    expiresAt: validDate(),
  },
);

/** Uses an IAM token from elsewhere. */
export interface TokenCredentials extends Infer<typeof tokenCredentials> {}

const agencyCredentials = settings(
  {
    /** Name of the agency. */
    agencyName: name(),
    /**
     * Who assumes the agency: a user with the role Agent Operator in the trusted account. With a password or a token, the client
     * sends a token to IAM. With access keys it signs the request. The documentation of IAM describes only tokens.
     */
    source: anything() as Field<Credentials>,
  },
  {
    /** Name of the domain (account) that created the agency. This or `domainId` is needed. */
    domainName: name(),
    /** Id of the domain (account) that created the agency. Takes precedence over `domainName`. */
    domainId: name(),
    /** Id of the project, of the account that created the agency, that the token is for. Takes precedence over `projectName`. */
    projectId: name(),
    /** Name of that project. Without either the token is for the domain. */
    projectName: name(),
  },
);

/** Works in another account through an agency that trusts your account (IAM calls this assuming a role). */
export interface AgencyCredentials extends Infer<typeof agencyCredentials> {}

/** Credentials as plain values. */
export type StaticCredentials =
  | PasswordCredentials
  | UserIdCredentials
  | AccessKeyCredentials
  | TokenCredentials
  | AgencyCredentials;

/** @internal The kinds that log in. */
export type LoginCredentials = PasswordCredentials | UserIdCredentials | AgencyCredentials;

/**
 * Resolves with credentials. It is called at the first call and again at each renewal, never twice at the same time. Calls wait
 * for it, so it must settle. What it throws becomes the `cause.error` of a {@link ConfigurationError}, and is never printed.
 *
 * Its `signal` aborts when no call waits for the credentials any more: pass it on to what you ask, so that nothing keeps the
 * process alive.
 */
export type CredentialsProvider = (context: { readonly signal: AbortSignal }) => Promise<StaticCredentials>;

/** How the client proves who it is. */
export type Credentials = StaticCredentials | CredentialsProvider;

/**
 * @internal Checks credentials and copies them.
 *
 * @throws {@link ConfigurationError} naming every field that is wrong, without any value.
 */
export function parseCredentials(value: unknown, subject = 'credentials'): StaticCredentials {
  try {
    return readCredentials(value, subject);
  } catch (error) {
    if (isSmsError(error)) throw error;
    // What a getter of the caller's throws may hold a secret.
    throw new ConfigurationError(`${subject}: expected plain data, received ${unreadable.received}`, { cause: error });
  }
}

function readCredentials(value: unknown, subject: string): StaticCredentials {
  if (subject.length > longestSubject) {
    throw new ConfigurationError('credentials: expected an agency with a source, received one within itself');
  }
  const given = withoutUndefined(value);
  const schema = pickSchema(given);
  if (schema === undefined) {
    throw new ConfigurationError(
      `${subject}: expected { username, password, domainName }, { userId, password, projectId }, { accessKeyId, secretAccessKey }, { token }, { agencyName, domainName, source } or a function that returns one of them`,
    );
  }
  const outcome = check<StaticCredentials>(schema, given);
  if (outcome.issues !== undefined) throw refuse(outcome.issues, subject);
  const credentials = outcome.value;
  if ('userId' in credentials) {
    const { domainName, projectId, projectName } = credentials;
    if ((projectId ?? projectName ?? domainName) === undefined)
      throw refuse(
        [{ path: 'projectId', expected: 'this, a projectName or a domainName', received: 'nothing' }],
        subject,
      );
  }
  if (!('agencyName' in credentials)) return credentials;
  const { domainId, domainName, source } = credentials;
  if ((domainId ?? domainName) === undefined)
    throw refuse([{ path: 'domainName', expected: 'this or a domainId', received: 'nothing' }], subject);
  return {
    ...credentials,
    source: typeof source === 'function' ? source : parseCredentials(source, `${subject}.source`),
  };
}

function refuse(issues: readonly SchemaIssue[], subject: string): ConfigurationError {
  const named = issues.map((issue) => ({ ...issue, path: issue.path === '' ? subject : `${subject}.${issue.path}` }));
  return new ConfigurationError(formatIssues(named).replaceAll('\n', '; '));
}

// A field that is undefined is absent.
function withoutUndefined(value: unknown): object {
  const given = Object(value);
  const entries = Object.entries(given);
  const defined = entries.filter(([, field]) => field !== undefined);
  return defined.length === entries.length ? given : Object.fromEntries(defined);
}

/** @internal The schema of checked credentials. */
export function schemaOf(credentials: StaticCredentials): Field<StaticCredentials> {
  return pickSchema(credentials) as Field<StaticCredentials>;
}

function pickSchema(value: object): Field<StaticCredentials> | undefined {
  const has = (...fields: string[]) => fields.some((field) => field in value);
  if (has('agencyName', 'source')) return agencyCredentials;
  if (has('accessKeyId', 'secretAccessKey')) return accessKeyCredentials;
  if (has('token')) return tokenCredentials;
  if (has('userId')) return userIdCredentials;
  return has('username', 'password', 'domainName') ? passwordCredentials : undefined;
}

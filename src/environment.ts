/** The options that the environment holds, under the names of Terraform and of the official SDKs. */
import type { StaticCredentials } from './auth/credentials.js';
import { ConfigurationError } from './errors.js';
import type { ClientOptions } from './options.js';

/** Options that win over the environment; what is left out or undefined comes from there. */
export type EnvironmentOverrides = { [Option in keyof ClientOptions]?: ClientOptions[Option] | undefined };

const passwordNames = ['HW_USER_NAME', 'HW_USER_PASSWORD', 'HW_DOMAIN_NAME'];
// Id, secret and security token belong together: those of two families are never mixed.
const keyFamilies = [
  ['HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_SECURITY_TOKEN'],
  ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK', 'HUAWEICLOUD_SDK_SECURITY_TOKEN'],
];
const agencyNames = ['HW_ASSUME_ROLE_AGENCY_NAME', 'HW_ASSUME_ROLE_DOMAIN_NAME', 'HW_ASSUME_ROLE_DOMAIN_ID'];

/**
 * @internal Reads the options that the environment holds. Empty variables count as absent.
 *
 * @throws {@link ConfigurationError} naming the variables that are missing.
 */
export function readEnvironment(overrides: EnvironmentOverrides): ClientOptions {
  const places = {
    region: read('HW_REGION_NAME', 'HUAWEICLOUD_SDK_REGION_ID'),
    endpoint: read('HUAWEICLOUD_SDK_SMS_ENDPOINT'),
    iamEndpoint: read('HW_AUTH_URL', 'HUAWEICLOUD_SDK_IAM_ENDPOINT'),
  };
  const options = {
    // An endpoint of the environment would win over the region that the caller asks for.
    ...(overrides.region === undefined && places),
    ...omitUndefined(overrides),
    credentials: overrides.credentials ?? readCredentials(),
  };
  if (options.region === undefined && (options.endpoint === undefined || options.iamEndpoint === undefined)) {
    throw new ConfigurationError(
      'The environment names no region: set HW_REGION_NAME, or HUAWEICLOUD_SDK_SMS_ENDPOINT and HW_AUTH_URL',
    );
  }
  return options;
}

function readCredentials(): StaticCredentials {
  const found = findCredentials();
  if (typeof found === 'string') throw new ConfigurationError(found);
  return assumeAgency(found);
}

/** @internal The credentials of the environment but for an agency, or what each kind of them lacks. */
export function findCredentials(): StaticCredentials | string {
  // With an agency the project is one of the account that is worked in.
  const { projectId, projectName } = read('HW_ASSUME_ROLE_AGENCY_NAME') === undefined ? readProject() : {};
  const [username, password, domainName] = passwordNames.map((name) => read(name));
  if (username !== undefined && password !== undefined && domainName !== undefined)
    return { username, password, domainName, projectId, projectName };
  for (const names of keyFamilies) {
    const [accessKeyId, secretAccessKey, securityToken] = names.map((name) => read(name));
    if (accessKeyId !== undefined && secretAccessKey !== undefined) {
      const domainId = read('HW_DOMAIN_ID', 'HUAWEICLOUD_SDK_DOMAIN_ID');
      return { accessKeyId, secretAccessKey, securityToken, projectId, domainId };
    }
  }
  const token = read('HW_AUTH_TOKEN');
  if (token !== undefined) return { token };
  const missing = (names: string[]) => names.filter((name) => read(name) === undefined).join(', ');
  const keys = keyFamilies.map((names) => missing(names.slice(0, 2))).join(', or ');
  return `The environment holds no credentials: a login with a password lacks ${missing(passwordNames)}; an access key lacks ${keys}; a token lacks HW_AUTH_TOKEN`;
}

/**
 * @internal Wraps credentials into the agency that the environment names, if any.
 *
 * @throws {@link ConfigurationError} when it names half of one: to work in another account than was meant would be worse.
 */
export function assumeAgency(source: StaticCredentials): StaticCredentials {
  const [agencyName, domainName, domainId] = agencyNames.map((name) => read(name));
  const hasDomain = (domainId ?? domainName) !== undefined;
  if (agencyName !== undefined && hasDomain) return { agencyName, domainName, domainId, ...readProject(), source };
  if (agencyName === undefined && !hasDomain) return source;
  const missing = hasDomain ? agencyNames[0] : agencyNames.slice(1).join(' or ');
  throw new ConfigurationError(`The environment names half of an agency: it lacks ${missing}`);
}

function readProject() {
  return {
    projectId: read('HW_PROJECT_ID', 'HUAWEICLOUD_SDK_PROJECT_ID'),
    projectName: read('HW_PROJECT_NAME'),
  };
}

function read(...names: string[]): string | undefined {
  const variables: Readonly<Record<string, string | undefined>> = globalThis.process?.env ?? {};
  return names.map((name) => variables[name]).find((value) => value !== undefined && value !== '');
}

function omitUndefined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

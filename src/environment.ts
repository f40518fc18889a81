/** The options that the environment holds, under the names of Terraform and of the official SDKs. */
import { isTidy, isVisible, type StaticCredentials, tidyForm, visibleForm } from './auth/credentials.js';
import { ConfigurationError } from './errors.js';
import { type ClientOptions, readable } from './options.js';
import { measure } from './schemas/issues.js';

/** Options that win over the environment; what is left out or undefined comes from there. */
export type EnvironmentOverrides = { [Option in keyof ClientOptions]?: ClientOptions[Option] | undefined };

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** @internal Options of the environment, and the variables that they came from. */
export interface EnvironmentOptions {
  readonly options: ClientOptions;
  /** The name of an option → the name of its variable, for those that came from one. */
  readonly origins: ReadonlyMap<string, string>;
}

const passwordNames = ['HW_USER_NAME', 'HW_USER_PASSWORD', 'HW_DOMAIN_NAME'];
// Id, secret and security token belong together: those of two families are never mixed.
const keyFamilies = [
  ['HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_SECURITY_TOKEN'],
  ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK', 'HUAWEICLOUD_SDK_SECURITY_TOKEN'],
];
const agencyNames = ['HW_ASSUME_ROLE_AGENCY_NAME', 'HW_ASSUME_ROLE_DOMAIN_NAME', 'HW_ASSUME_ROLE_DOMAIN_ID'];
const projectIds = ['HW_PROJECT_ID', 'HUAWEICLOUD_SDK_PROJECT_ID'];
const placeNames = {
  region: ['HW_REGION_NAME', 'HUAWEICLOUD_SDK_REGION_ID'],
  endpoint: ['HUAWEICLOUD_SDK_SMS_ENDPOINT'],
  iamEndpoint: ['HW_AUTH_URL', 'HUAWEICLOUD_SDK_IAM_ENDPOINT'],
} as const;

/**
 * @internal Reads the options that the environment holds. Empty variables count as absent.
 *
 * @throws {@link ConfigurationError} naming the variables that are missing or wrong.
 */
export function readEnvironment(given: EnvironmentOverrides): EnvironmentOptions {
  if (typeof given !== 'object' || given === null)
    throw new ConfigurationError(`fromEnv: expected an object, received ${given === null ? 'null' : typeof given}`);
  const overrides = readable(() => omitUndefined(given));
  const options: Partial<ClientOptions> = {};
  const origins = new Map<string, string>();
  // An endpoint of the environment would win over the region that the caller asks for.
  if (overrides.region === undefined) {
    for (const [option, names] of Object.entries(placeNames)) {
      const found = find(...names);
      if (found === undefined || option in overrides) continue;
      options[option as keyof typeof placeNames] = found.value;
      origins.set(option, found.name);
    }
  }
  Object.assign(options, overrides);
  const credentials = options.credentials ?? readCredentials();
  if (options.region === undefined && (options.endpoint === undefined || options.iamEndpoint === undefined)) {
    throw new ConfigurationError(
      'The environment names no region: set HW_REGION_NAME, or HUAWEICLOUD_SDK_SMS_ENDPOINT and HW_AUTH_URL',
    );
  }
  return { options: { ...options, credentials }, origins };
}

/** @internal Runs work whose errors name options, and names the variables that these came from. */
export function nameVariables<T>(origins: EnvironmentOptions['origins'], work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const [option, variable] of origins) {
      if (!error.message.startsWith(`${option}:`)) continue;
      throw new ConfigurationError(`${variable}${error.message.slice(option.length)}`);
    }
    throw error;
  }
}

function readCredentials(): StaticCredentials {
  const found = findCredentials();
  if (typeof found === 'string') throw new ConfigurationError(found);
  return assumeAgency(found);
}

/**
 * @internal The credentials of the environment but for an agency, or what each kind of them lacks.
 *
 * @throws {@link ConfigurationError} naming a variable with white space at an end or control characters.
 */
export function findCredentials(): StaticCredentials | string {
  // With an agency the project is one of the account that is worked in.
  const { projectId, projectName } = find('HW_ASSUME_ROLE_AGENCY_NAME') === undefined ? readProject() : {};
  if (hasAll(passwordNames)) {
    const [username = '', password = '', domainName = ''] = passwordNames.map((name) => read(name));
    return { username, password, domainName, projectId, projectName };
  }
  for (const names of keyFamilies) {
    if (!hasAll(names.slice(0, 2))) continue;
    const [accessKeyId = '', secretAccessKey = '', securityToken] = names.map((name) => readVisible(name));
    const domainId = readVisible('HW_DOMAIN_ID', 'HUAWEICLOUD_SDK_DOMAIN_ID');
    return {
      accessKeyId,
      secretAccessKey,
      securityToken,
      projectId: projectId && readVisible(...projectIds),
      domainId,
    };
  }
  const token = readVisible('HW_AUTH_TOKEN');
  if (token !== undefined) return { token };
  const missing = (names: string[]) => names.filter((name) => find(name) === undefined).join(', ');
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
    projectId: read(...projectIds),
    projectName: read('HW_PROJECT_NAME'),
  };
}

function hasAll(names: readonly string[]): boolean {
  return names.every((name) => find(name) !== undefined);
}

/** What one of these variables says, the first that says anything. Refused logins lock accounts, so that it must be tidy. */
function read(...names: string[]): string | undefined {
  return readLike(isTidy, tidyForm, names);
}

/** The same of what is sent in a header. */
function readVisible(...names: string[]): string | undefined {
  return readLike(isVisible, visibleForm, names);
}

function readLike(isFit: (value: string) => boolean, form: string, names: readonly string[]): string | undefined {
  const found = find(...names);
  if (found === undefined || isFit(found.value)) return found?.value;
  throw new ConfigurationError(`${found.name}: expected ${form}, received ${measure(found.value)}`);
}

function find(...names: readonly string[]): Variable | undefined {
  const variables: Readonly<Record<string, string | undefined>> = globalThis.process?.env ?? {};
  for (const name of names) {
    const value = variables[name];
    if (value !== undefined && value !== '') return { name, value };
  }
  return undefined;
}

function omitUndefined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

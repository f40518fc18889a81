import type { Identifiers } from '../core/identifiers.js';

/** A user who may log in. */
export interface AccountSeed {
  /** Name of the IAM user. */
  username: string;
  /** Password of the IAM user. */
  password: string;
  /** Name of the account (domain) that the user belongs to. */
  domainName: string;
  /** Projects a token may be scoped to. None by default: then only the account itself can be the scope. */
  projects?: readonly ProjectSeed[] | undefined;
  /** Id of the user. Default: random hex digits. */
  userId?: string | undefined;
  /** Id of the account. Default: random hex digits; users with one `domainName` share them. */
  domainId?: string | undefined;
  /** The passcode that a login requires besides the password. By default no second factor is required. */
  mfaPasscode?: string | undefined;
  /** Keys with which the user may sign requests in place of a token. None by default. */
  accessKeys?: readonly AccessKeySeed[] | undefined;
  /** Agencies that let users of another account work in this account. None by default. */
  agencies?: readonly AgencySeed[] | undefined;
}

/** An access key of a user. */
export interface AccessKeySeed {
  /** Id of the key (AK). */
  accessKeyId: string;
  /** The secret key (SK). */
  secretAccessKey: string;
  /** The security token of a temporary key. By default the key is permanent. */
  securityToken?: string | undefined;
}

/** An agency of an account. */
export interface AgencySeed {
  /** Name of the agency. */
  agencyName: string;
  /** Name of the account (domain) whose users may assume it. */
  trustedDomainName: string;
}

/** A project of an account. */
export interface ProjectSeed {
  /** Id of the project. */
  id: string;
  /** Name of the project; the one made for a region is named like the region, such as `cn-north-4`. */
  name: string;
}

/** A user with every default filled in. */
export interface Account {
  /** Name of the user. */
  readonly username: string;
  /** Password of the user. */
  readonly password: string;
  /** Name of the account. */
  readonly domainName: string;
  /** Projects of the user. */
  readonly projects: readonly ProjectSeed[];
  /** Id of the user. */
  readonly userId: string;
  /** Id of the account. */
  readonly domainId: string;
  /** Passcode of the second factor; null when none is required. */
  readonly mfaPasscode: string | null;
  /** Keys of the user. */
  readonly accessKeys: readonly AccessKeySeed[];
  /** Agencies of the account. */
  readonly agencies: readonly AgencySeed[];
}

/** The user of the official example "Starting a Migration Task". */
export const exampleAccount: AccountSeed = {
  username: 'testname',
  password: 'Password',
  domainName: 'testname',
  projects: [{ id: '0215ef11e49d4743be23dd97a1561xxx', name: 'cn-north-4' }],
  userId: '7116d09f88fa41908676fdd4b039e95b',
  domainId: 'd78cbac186b744899480f25bd022f468',
};

/** The seeds with their defaults. */
export function createAccounts(seeds: readonly AccountSeed[], identifiers: Identifiers): Account[] {
  const domainIds = new Map<string, string>();
  return seeds.map((seed) => {
    const domainId = seed.domainId ?? domainIds.get(seed.domainName) ?? identifiers.hex();
    domainIds.set(seed.domainName, domainId);
    return {
      username: seed.username,
      password: seed.password,
      domainName: seed.domainName,
      projects: seed.projects ?? [],
      userId: seed.userId ?? identifiers.hex(),
      domainId,
      mfaPasscode: seed.mfaPasscode ?? null,
      accessKeys: seed.accessKeys ?? [],
      agencies: seed.agencies ?? [],
    };
  });
}

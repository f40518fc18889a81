import { checkMembers, checkNumber, checkOptional, checkWhole, checkWord, show } from './core/arguments.js';
import type { RecordedRequest } from './faults/recorded-request.js';
import type { AccountSeed } from './iam/account.js';
import type { SourceSeed } from './sources/source-record.js';
import { type TaskSeed, taskStates } from './tasks/task-seed.js';

/** What a simulator starts with. */
export interface SimulatorOptions {
  /** How fast migrations run against the wall clock. Default: 1. Tokens are not affected: they use the wall clock. */
  speed?: number | undefined;
  /** Who may log in. Default: `testname` with `Password` of the official example, in project `0215ef11e49d4743be23dd97a1561xxx`. */
  accounts?: readonly AccountSeed[] | undefined;
  /** Source servers that exist at the beginning. Default: none. Every task adds the one it needs. */
  sources?: readonly SourceSeed[] | undefined;
  /** Tasks that exist at the beginning. Default: none. */
  tasks?: readonly TaskSeed[] | undefined;
  /**
   * Whether the privacy agreement was accepted before. Default: true. Until it is accepted, registering a source server,
   * creating a task and running an operation on one are refused with 403.
   */
  privacyAgreementAccepted?: boolean | undefined;
  /** Wall clock in ms since 1970. Default: `Date.now`. When it is set back, time goes on from there. */
  now?: (() => number) | undefined;
  /**
   * Makes all generated values (ids, request ids, names, figures, tokens) the same in each run. A whole number.
   * Default: a random one.
   */
  seed?: number | undefined;
  /** How many of the last requests `requests` keeps. Default: 1000. */
  keepRequests?: number | undefined;
  /** How long a token lives, in ms of the wall clock. Default: 24 hours. */
  tokenLifetimeMs?: number | undefined;
  /** Called for each request once it has been handled, for logs. Its return value is ignored. */
  onRequest?: ((request: RecordedRequest) => void) | undefined;
}

const members = [
  'speed',
  'accounts',
  'sources',
  'tasks',
  'privacyAgreementAccepted',
  'now',
  'seed',
  'keepRequests',
  'tokenLifetimeMs',
  'onRequest',
];

/** Refuses invalid options with an error that names the option. */
export function checkOptions(options: SimulatorOptions): void {
  checkMembers('options', options, members);
  const { accounts, keepRequests, now, privacyAgreementAccepted, seed, sources, speed, tasks, tokenLifetimeMs } =
    options;
  if (speed !== undefined) checkAbove('options.speed', speed);
  if (tokenLifetimeMs !== undefined) checkAbove('options.tokenLifetimeMs', tokenLifetimeMs);
  if (keepRequests !== undefined) checkWhole('options.keepRequests', keepRequests, { min: 0 });
  if (seed !== undefined) {
    checkWhole('options.seed', seed, { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
  }
  checkOptional('options.privacyAgreementAccepted', privacyAgreementAccepted, 'boolean');
  checkOptional('options.now', now, 'function');
  checkOptional('options.onRequest', options.onRequest, 'function');
  if (now !== undefined && !Number.isFinite(now())) throw new TypeError(`options.now must return a number of ms`);
  checkList('options.accounts', accounts, checkAccount);
  checkList('options.sources', sources, checkSourceSeed);
  checkList('options.tasks', tasks, checkTaskSeed);
}

const taskMembers = [
  'id',
  'name',
  'type',
  'os_type',
  'state',
  'syncing',
  'priority',
  'speed_limit',
  'region_id',
  'project_id',
  'existServer',
  'source_server_id',
  'vm_template_id',
  'disks',
  'durationMs',
  'failAt',
  'lagMs',
];

/** Refuses an invalid seed of a task. */
export function checkTaskSeed(seed: TaskSeed, name = 'task'): void {
  checkMembers(name, seed, taskMembers);
  for (const text of ['id', 'name', 'region_id', 'project_id', 'source_server_id', 'vm_template_id'] as const) {
    checkText(`${name}.${text}`, seed[text]);
  }
  const { disks, durationMs, existServer, failAt, lagMs, os_type, priority, speed_limit, state, syncing, type } = seed;
  if (type !== undefined) checkWord(`${name}.type`, type, ['MIGRATE_FILE', 'MIGRATE_BLOCK']);
  if (os_type !== undefined) checkWord(`${name}.os_type`, os_type, ['LINUX', 'WINDOWS']);
  if (state !== undefined) checkWord(`${name}.state`, state, taskStates);
  if (priority !== undefined) checkWhole(`${name}.priority`, priority, { min: 0, max: 2 });
  if (speed_limit !== undefined) checkNumber(`${name}.speed_limit`, speed_limit);
  if (durationMs !== undefined) checkAbove(`${name}.durationMs`, durationMs);
  if (lagMs !== undefined) checkNumber(`${name}.lagMs`, lagMs);
  checkOptional(`${name}.syncing`, syncing, 'boolean');
  checkOptional(`${name}.existServer`, existServer, 'boolean');
  checkList(`${name}.disks`, disks, checkDisk);
  if (failAt === undefined) return;
  checkMembers(`${name}.failAt`, failAt, ['step', 'error', 'times']);
  if (typeof failAt.step !== 'string')
    throw new TypeError(`${name}.failAt.step must be text, not ${show(failAt.step)}`);
  checkOptional(`${name}.failAt.error`, failAt.error, 'string');
  if (failAt.times !== undefined) checkWhole(`${name}.failAt.times`, failAt.times, { min: 0 });
}

const sourceMembers = [
  'id',
  'name',
  'ip',
  'hostname',
  'os_type',
  'os_version',
  'firmware',
  'cpu_quantity',
  'memoryBytes',
  'disks',
  'connected',
  'checks',
  'migprojectid',
];

/** Refuses an invalid seed of a source server. */
export function checkSourceSeed(seed: SourceSeed, name = 'source'): void {
  checkMembers(name, seed, sourceMembers);
  for (const text of ['id', 'name', 'ip', 'hostname', 'os_version', 'migprojectid'] as const) {
    checkText(`${name}.${text}`, seed[text]);
  }
  const { checks, connected, cpu_quantity, disks, firmware, memoryBytes, os_type } = seed;
  if (os_type !== undefined) checkWord(`${name}.os_type`, os_type, ['LINUX', 'WINDOWS']);
  if (firmware !== undefined) checkWord(`${name}.firmware`, firmware, ['BIOS', 'UEFI']);
  if (cpu_quantity !== undefined) checkNumber(`${name}.cpu_quantity`, cpu_quantity);
  if (memoryBytes !== undefined) checkNumber(`${name}.memoryBytes`, memoryBytes);
  checkOptional(`${name}.connected`, connected, 'boolean');
  checkList(`${name}.disks`, disks, checkDisk);
  checkList(`${name}.checks`, checks, checkCheck);
}

/** Refuses an invalid result of a feasibility check. */
export function checkCheck(
  check: { name: string; result: string; error_code?: string | undefined },
  name: string,
): void {
  checkMembers(name, check, ['name', 'result', 'error_code']);
  if (typeof check.name !== 'string') throw new TypeError(`${name}.name must be text, not ${show(check.name)}`);
  checkWord(`${name}.result`, check.result, ['OK', 'WARN', 'ERROR']);
  checkOptional(`${name}.error_code`, check.error_code, 'string');
}

const accountMembers = [
  'username',
  'password',
  'domainName',
  'projects',
  'userId',
  'domainId',
  'mfaPasscode',
  'accessKeys',
  'agencies',
];

function checkAccount(account: AccountSeed, name: string): void {
  checkMembers(name, account, accountMembers);
  requireTexts(name, account, ['username', 'password', 'domainName']);
  for (const text of ['userId', 'domainId', 'mfaPasscode'] as const)
    checkOptional(`${name}.${text}`, account[text], 'string');
  checkList(`${name}.projects`, account.projects, (project, at) => requireTexts(at, project, ['id', 'name']));
  checkList(`${name}.accessKeys`, account.accessKeys, (key, at) => {
    checkMembers(at, key, ['accessKeyId', 'secretAccessKey', 'securityToken']);
    requireTexts(at, key, ['accessKeyId', 'secretAccessKey']);
  });
  checkList(`${name}.agencies`, account.agencies, (agency, at) =>
    requireTexts(at, agency, ['agencyName', 'trustedDomainName']),
  );
}

function checkDisk(disk: { sizeBytes: number; usedBytes: number }, name: string): void {
  checkMembers(name, disk, ['sizeBytes', 'usedBytes']);
  checkNumber(`${name}.sizeBytes`, disk.sizeBytes);
  checkNumber(`${name}.usedBytes`, disk.usedBytes);
}

function checkList<Item>(
  name: string,
  list: readonly Item[] | undefined,
  check: (item: Item, name: string) => void,
): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new TypeError(`${name} must be a list, not ${show(list)}`);
  for (const [index, item] of list.entries()) check(item, `${name}[${index}]`);
}

// A secret is not shown, whatever is wrong with it.
function requireTexts<Item extends object>(name: string, item: Item, texts: readonly (keyof Item & string)[]): void {
  checkMembers(name, item, Object.keys(item ?? {}));
  for (const text of texts) {
    if (typeof item[text] !== 'string' || item[text] === '') throw new TypeError(`${name}.${text} must be text`);
  }
}

function checkText(name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be text, not ${show(value)}`);
}

function checkAbove(name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return;
  throw new RangeError(`${name} must be a number above 0, not ${show(value)}`);
}

/**
 * What kind of failure a code stands for. It decides the error class before the HTTP status does, and is given only
 * where the status alone would mislead. `dead-token` is an authentication error that a new token mends, whatever the status.
 *
 * @example
 * describeErrorCode('SMS.1040')?.kind; // 'conflict', although the service responds with 400
 */
export type ErrorKind =
  | 'authentication'
  | 'dead-token'
  | 'permission'
  | 'not-found'
  | 'conflict'
  | 'rate-limit'
  | 'server'
  | 'request';

/**
 * What an error code of SMS, of the API gateway (APIGW) or of IAM means, in words for people.
 *
 * @example
 * describeErrorCode('SMS.6517');
 * // { meaning: 'rsync is missing on the source.', hint: 'Install rsync on the source host.', canRestart: true }
 */
export interface ErrorCode {
  /**
   * What happened, in one sentence, for codes that turn up in `error_json` of a task. `undefined` for codes that only come
   * with HTTP responses: there the service sends a text of its own.
   *
   * @example 'The target cannot be reached on port 8899.'
   */
  readonly meaning?: string;
  /**
   * What to do about it.
   *
   * @example 'Install rsync on the source host.'
   */
  readonly hint: string;
  /**
   * The kind of failure. `undefined` when the HTTP status says it well enough.
   *
   * @example 'conflict'
   */
  readonly kind?: ErrorKind;
  /**
   * For codes that turn up in `error_json` of a task: `true` when a restart can succeed once the hint is followed,
   * `false` when this task can never succeed and a new task or another host is needed. `undefined` for codes that only come
   * with HTTP responses.
   *
   * @example true
   */
  readonly canRestart?: boolean;
}

type CallRow = readonly [hint: string, codes: string, kind?: ErrorKind];
type TaskRow = readonly [meaning: string, hint: string, canRestart: boolean, kind?: ErrorKind];

// Hints stand here only where several codes share one. Plain literals, so that bundlers can drop the module.
const retryLater = 'Try again later. If it persists, give the request id to support.';
const askSupport = 'Give the request id to support.';
const correctRequest = 'Compare the request with the API reference and correct it.';
const grantPermission = 'Ask an administrator of the account to grant the user the permission.';
const grantNamedPermission = 'Grant the permission that the service message names.';
const useIam = 'Authenticate with an IAM token or access keys instead of an app.';
const checkPartition = 'Check the file system of the partition for errors and /etc/fstab for its entry.';
const checkCopy = 'Check the partition for errors and free space, and the network to the target.';
const checkDisk = 'Check in the console that the disk and its server are neither busy nor locked.';
const checkSshKeys = 'Check that migration_ip belongs to the target and that its SSH keys are unchanged.';
const openPort22 =
  'Check that the target and its SSH service run. Open TCP port 22 in the security group and in firewalls on the way.';
const startVss = 'Enable the Volume Shadow Copy service and free space on the source host.';
const sendVolumeIds = 'Create a new task with the ids of the EVS volumes as disk ids.';
const migrateFiles = 'Create a new task with file migration (type MIGRATE_FILE).';

// Codes that a task reports in error_json. Their rows must say whether a restart can help, hence two tables.
const taskCodes: Readonly<Record<string, TaskRow>> = {
  'Common.0013': [
    'The token belongs to a project of another region.',
    'Log in with the project of the region of the endpoint.',
    true,
    'permission',
  ],
  'SMS.0007': [
    'The agent failed without naming a cause.',
    'Read the agent log on the source host. If a program created the task, check that it sets exist_server.',
    true,
  ],
  'SMS.0201': [
    'The source cannot reach the API gateway because its network is busy.',
    'Free bandwidth on the source host, or wait for a quieter time.',
    true,
  ],
  'SMS.0202': [
    'The access key of the agent was rejected.',
    'Give the agent an access key of the target account that is active and not frozen.',
    true,
  ],
  'SMS.0203': [
    'The source timed out connecting to the API gateway.',
    'Check DNS, proxy, firewall and outbound HTTPS on the source host.',
    true,
  ],
  'SMS.0204': ['Permissions are missing.', grantNamedPermission, true],
  'SMS.0205': [
    'The access key was rejected because the clock or time zone of the source is wrong.',
    'Set the time zone of the source host and sync the clock by NTP.',
    true,
  ],
  'SMS.0206': [
    'Only x86 servers can be migrated.',
    'Leave this host out and rebuild its workload on a new server.',
    false,
  ],
  'SMS.0207': ['The KVM driver is missing on the source.', 'Install the KVM (virtio) driver on the source host.', true],
  'SMS.0208': [
    'The consent to the service statement did not reach the service.',
    'Accept the privacy agreement again, and check the network of the source host.',
    true,
  ],
  'SMS.0210': [
    'A file could not be created on the target.',
    'Check free space, permissions and read-only mounts on the target.',
    true,
  ],
  'SMS.0211': [
    'The key of the certificate could not be sent to the target.',
    'Check that the target runs and that the source host can reach it.',
    true,
  ],
  'SMS.0212': [
    'The agent was restarted, so the target must be configured again.',
    'Delete this task and create a new task for the source server.',
    false,
  ],
  'SMS.0219': [
    'The agent could not read a temporary credential from its configuration file.',
    'Check the configuration file of the agent, or enter the keys again.',
    true,
  ],
  'SMS.0303': [
    'A domain name that the source needs is unreachable.',
    'Check DNS, proxy and firewall on the source host.',
    true,
  ],
  'SMS.0304': [
    'TLS authentication failed.',
    'Sync the clock by NTP, and check the root certificates and proxies of the source host.',
    true,
  ],
  'SMS.0306': [
    'The agent cannot read the configuration of the service (/v3/config).',
    'Check the network from the source host to the SMS endpoint, and the credentials of the agent.',
    true,
  ],
  'SMS.0410': [
    'The network cards of the source could not be read.',
    'Check that the network cards of the source host are enabled and have an address.',
    true,
  ],
  'SMS.0412': ['The target server does not exist.', 'Create a new task with a target that exists.', false, 'not-found'],
  'SMS.0515': [
    'The disks of the task do not match those of the source, or the source changed.',
    'Let the agent report the source again. Create a new task with exactly the disks and bytes it reports.',
    false,
  ],
  'SMS.0609': [
    'An old agent is still installed on the source.',
    'Remove the old agent from the source host, then install the current one.',
    true,
  ],
  'SMS.0805': ['A partition could not be migrated.', checkCopy, true],
  'SMS.0806': ['A partition could not be synchronised.', checkCopy, true],
  'SMS.0807': [
    'The network between source and target failed.',
    'Check routes, firewalls and the security group of the target (TCP ports 22, 8899 and 8900).',
    true,
  ],
  'SMS.1104': ['A disk could not be detached.', checkDisk, true],
  'SMS.1105': ['A disk could not be created.', 'Check the disk quota and the permissions of the target account.', true],
  'SMS.1106': ['A disk could not be deleted.', checkDisk, true],
  'SMS.1113': [
    'The partitions of the target could not be reconfigured.',
    'Check that the target runs and that its disks are large enough.',
    true,
  ],
  'SMS.1204': [
    'A file could not be created on the source.',
    'Check free space, permissions and read-only mounts on the source host.',
    true,
  ],
  'SMS.1205': [
    'WMI could not be loaded on the source.',
    'Start the WMI service on the source host, and repair it if it fails.',
    true,
  ],
  'SMS.1351': ['A mount point of the source is full.', 'Free space on that mount point of the source host.', true],
  'SMS.1352': ['The source has unknown physical volumes.', 'Repair LVM on the source host.', true],
  'SMS.1353': [
    'The source has bind mounts or repeated mounts.',
    'Unmount the bind and repeated mounts on the source host.',
    true,
  ],
  'SMS.1402': ['The SSH client is missing on the source.', 'Install an SSH client on the source host.', true],
  'SMS.1404': [
    'A disk of the target is not in the state that the step needs.',
    'Detach the disk that error_param names, or choose another target.',
    true,
    'conflict',
  ],
  'SMS.1414': [
    'The migration module stopped unexpectedly.',
    'Check memory and the agent log on the source host.',
    true,
  ],
  'SMS.1807': [
    'The target cannot be reached on port 8900.',
    'Open TCP port 8900 in the security group of the target and in firewalls on the way.',
    true,
  ],
  'SMS.1901': [
    'The agent cannot read the disks.',
    'Run the agent as root or administrator, and check the disks of the source host for errors.',
    true,
  ],
  'SMS.1902': [
    'The I/O monitoring module did not start.',
    'Check the agent log on the source host, and that no security software blocks it.',
    true,
  ],
  'SMS.1904': ['A Windows snapshot could not be created.', startVss, true],
  'SMS.2802': [
    'The target cannot be reached on port 8899.',
    'Open TCP port 8899 in the security group of the target and in firewalls on the way.',
    true,
  ],
  'SMS.3102': [
    'The initrd of the target could not be changed.',
    'Check that /boot of the source host is complete and has free space.',
    true,
  ],
  'SMS.3205': ['A partition could not be mounted.', checkPartition, true],
  'SMS.3802': ['The SSH connection to the target failed.', openPort22, true],
  'SMS.3803': ['The public key check on port 22 of the target failed.', checkSshKeys, true],
  'SMS.3804': ['The credential for port 22 of the target is invalid.', checkSshKeys, true],
  'SMS.3805': ['The connection to port 22 of the target timed out.', openPort22, true],
  'SMS.3806': ['The connection to port 22 of the target was refused.', openPort22, true],
  'SMS.5102': [
    '/tmp is mounted without permission to execute.',
    'Remount it on the source host: mount -o remount,exec /tmp.',
    true,
  ],
  'SMS.5105': [
    'The agent may not add or delete files in a directory.',
    'Make that directory writable for the agent.',
    true,
  ],
  'SMS.5108': [
    'The disk usage command failed on the source.',
    'Run df on the source host, and repair or unmount what fails or hangs.',
    true,
  ],
  'SMS.5112': [
    'The main program of the agent cannot run.',
    'Check that the agent fits the system and that no security software blocks it.',
    true,
  ],
  'SMS.5113': [
    'A check on Linux timed out.',
    'Lower the load of the source host, and look for mounts or commands that hang.',
    true,
  ],
  'SMS.6000': [
    'The service documents no meaning for this code.',
    'Check the value of error_param. If that does not help, give the request id to support.',
    true,
  ],
  'SMS.6103': ['A disk id of the target is not the id of an EVS volume.', sendVolumeIds, false],
  'SMS.6303': ['The installed agent is outdated.', 'Install the current agent on the source host.', true],
  'SMS.6504': [
    'The operating system of the source is not supported.',
    'Check the list of supported systems. Leave this host out, or upgrade it.',
    false,
  ],
  'SMS.6509': [
    'A file system of the source is not supported.',
    'Convert the partition or leave it out, then create a new task.',
    false,
  ],
  'SMS.6511': [
    'Driver files are missing on the source.',
    'Restore the driver files that the service message names.',
    true,
  ],
  'SMS.6517': ['rsync is missing on the source.', 'Install rsync on the source host.', true],
  'SMS.6519': ['A disk id is not the id of an EVS volume.', sendVolumeIds, false],
  'SMS.6520': [
    'The source server is not available.',
    'Check the state of the source server and that its agent runs.',
    true,
    'conflict',
  ],
  'SMS.6526': ['A quota is exceeded.', 'Delete what is not needed, or have the quota raised.', true],
  'SMS.6528': [
    'The account has not passed real-name authentication.',
    'Complete the real-name authentication of the account.',
    true,
    'permission',
  ],
  'SMS.6533': ['VSS is missing on the source.', startVss, true],
  'SMS.6537': [
    'The system disk is larger than 1 TB.',
    'Shrink the system disk to 1 TB, then create a new task.',
    false,
  ],
  'SMS.6563': [
    'The initrd or initramfs file is missing under /boot.',
    'Rebuild it on the source host with dracut or update-initramfs.',
    true,
  ],
  'SMS.6564': [
    'The GRUB component i386-pc is missing on the source.',
    'Install GRUB for BIOS (i386-pc) on the source host.',
    true,
  ],
  'SMS.6602': ['The public IP address cannot be used.', 'Choose another address, or set use_public_ip to false.', true],
  'SMS.6603': [
    'The agent is not connected.',
    'Start the agent on the source host, and allow it HTTPS to the service.',
    true,
    'conflict',
  ],
  'SMS.6616': ['The operating system does not support block migration.', migrateFiles, false],
  'SMS.6617': ['The kernel does not support block migration.', migrateFiles, false],
  'SMS.7605': [
    'The source or the target belongs to another task.',
    'Delete the other task first, even if it is finished.',
    true,
    'conflict',
  ],
  'SMS.7703': [
    'The task does not exist, or it is being deleted.',
    'List the tasks again, and create a new task if none is left.',
    false,
    'not-found',
  ],
  'SMS.7711': ['The name of the task is not allowed.', 'Choose another name of letters and digits.', true],
  'SMS.7719': ['The source server is busy and cannot be deleted.', 'Stop its task first.', true, 'conflict'],
  'SMS.8115': ['There may be 50 migration projects at most.', 'Delete a migration project that is not needed.', true],
  'SMS.9007': [
    'The task was paused because it exceeded its rate limit several times.',
    'Raise the speed limit or over_speed_threshold of the task, then start it.',
    true,
  ],
};

// Codes that only come with HTTP responses, by what to do about them. A kind is given where the status would lead to the wrong class of
// error: 405 would blame the method where a quota is used up, 410 would say that it is gone although a failover is transient, 401 invite a login
// that gains nothing. APIGW.0201 serves six statuses, from 400 to 504.
const callCodes: readonly CallRow[] = [
  ['Read the task. Stop it while it is RUNNING or SYNCING.', 'SMS.1038', 'conflict'],
  ['Read the task. If it is busy, follow it; once it is in ABORT, start it.', 'SMS.1039', 'conflict'],
  ['Read the task. Start it if it is READY or paused; if it is busy, follow it.', 'SMS.1040', 'conflict'],
  [grantPermission, 'SMS.2002 APIGW.0302 APIGW.0306 APIGW.0802 IAM.0002 IAM.0003 IAM.0083'],
  [correctRequest, 'SMS.2003', 'request'],
  ['Shorten the body or split the call.', 'SMS.2004', 'request'],
  ['Check that no proxy changes the header Content-Type.', 'SMS.2005 SMS.2006', 'request'],
  [retryLater, 'SMS.2007 APIGW.0601 APIGW.0605 APIGW.0606 APIGW.0608 APIGW.0610 APIGW.0613 IAM.0006'],
  ['Fetch the command again and report under its name.', 'SMS.2009'],
  ['Use the registered source server, or delete it first.', 'SMS.2013', 'conflict'],
  ['Stop the task, wait until it is paused, then delete it.', 'SMS.2015', 'conflict'],
  ['Upgrade the source host to a supported system, or leave it out.', 'SMS.2206'],
  ['Check the id of the source server, or register it again.', 'SMS.2216', 'not-found'],
  ['Ask its owner to delete it.', 'SMS.2248'],
  ['Check the id. If it is right, create a task for the source server first.', 'SMS.2252'],
  ['Give every physical volume a name.', 'SMS.6104'],
  [retryLater, 'SMS.6301 IAM.0020', 'server'],
  ['Set a speed limit before you read it.', 'SMS.6302'],
  ['Include the boot partition of the source in the disks.', 'SMS.6531'],
  [grantNamedPermission, 'SMS.9004'],
  ['Check the endpoint, the path and the HTTP method.', 'APIGW.0101'],
  ['Check the endpoint. If it is right, give the request id to support.', 'APIGW.0103'],
  [askSupport, 'APIGW.0104 APIGW.0105 APIGW.0106', 'server'],
  [
    'After a 5xx status, try again later. Otherwise correct the request: body up to 12 MB, shorter URI and headers.',
    'APIGW.0201',
  ],
  [
    'Log in again; with access keys, check them and sync the clock by NTP.',
    'APIGW.0301 APIGW.0305 IAM.0001',
    'dead-token',
  ],
  ['Log in again; with access keys, check them and sync the clock by NTP.', 'APIGW.0311'],
  [useIam, 'APIGW.0303 APIGW.0304'],
  ['Log in again, at the IAM endpoint of the region you call.', 'APIGW.0307', 'dead-token'],
  ['Send fewer calls, and wait as long as Retry-After says.', 'APIGW.0308 IAM.0012'],
  ['Check the project id and that the project is not frozen.', 'APIGW.0310'],
  ['Call from an allowed address, or have yours allowed.', 'APIGW.0401 APIGW.0402'],
  [askSupport, 'APIGW.0404 APIGW.0609 APIGW.0611 APIGW.0612 APIGW.0705'],
  [useIam, 'APIGW.0501', 'rate-limit'],
  [useIam, 'APIGW.0502', 'permission'],
  [correctRequest, 'APIGW.0602 IAM.0007 IAM.0011 IAM.0072 IAM.0073 IAM.0077 IAM.1101 IAM.1102 IAM.1103'],
  ['Call the endpoint by HTTPS.', 'APIGW.0607'],
  ['Use the endpoint of a region that offers it.', 'APIGW.0801'],
  ['Check the id or name.', 'IAM.0004'],
  ['Read the present state, then send the change again.', 'IAM.0005'],
  ['Show a new QR code and scan it.', 'IAM.0008 IAM.0010'],
  ['Check that the token is complete, or log in again.', 'IAM.0009'],
  ['Correct the password, and wait until the lock ends or ask an administrator.', 'IAM.0061'],
  [
    'Correct the password: failed attempts lock the account. A HUAWEI ID cannot log in here: use an IAM user.',
    'IAM.0062',
  ],
  ['Log in again for a fresh token.', 'IAM.0063 IAM.0066 IAM.0067', 'dead-token'],
  [grantPermission, 'IAM.0064', 'permission'],
  ['Log in as an IAM user.', 'IAM.0065'],
  ['Ask an administrator to enable the user.', 'IAM.0080 IAM.0082'],
  ['Ask an administrator to enable programmatic access for the user.', 'IAM.0081'],
  ['Enter the present passcode, and check the clock of the MFA device and the user id.', 'IAM.1061', 'authentication'],
  ['Create a new access key, or use another that is active.', 'IAM.1104 IAM.1105 IAM.1106 IAM.1107', 'authentication'],
  ['Fetch new temporary access keys with their security token.', 'IAM.1108', 'authentication'],
  ['Check the project id or name.', 'IAM.1109', 'not-found'],
];

/**
 * Looks up what an error code means and what to do about it. The entry is frozen.
 *
 * @param code - the `error_code` of a response or of a task's `error_json`, letter for letter
 * @returns the entry; `undefined` when the code is absent or unknown, which is to be expected: the service has more
 * codes than it documents
 *
 * @example
 * const known = describeErrorCode('SMS.2802');
 * console.log(known?.hint ?? 'No hint for this code.');
 */
export function describeErrorCode(code: string | undefined | null): ErrorCode | undefined {
  if (typeof code !== 'string') return undefined;
  // Own keys only: 'constructor' and its like are names a server could send, too.
  const taskRow = Object.hasOwn(taskCodes, code) ? taskCodes[code] : undefined;
  if (taskRow) {
    const [meaning, hint, canRestart, kind] = taskRow;
    return Object.freeze({ meaning, hint, ...(kind && { kind }), canRestart });
  }
  const callRow = callCodes.find(([, codes]) => codes.split(' ').includes(code));
  if (callRow) {
    const [hint, , kind] = callRow;
    return Object.freeze({ hint, ...(kind && { kind }) });
  }
  return undefined;
}

/**
 * Lists every code that {@link describeErrorCode} knows, sorted; meant for documentation and tests.
 *
 * @returns a new array
 *
 * @example
 * listErrorCodes().filter((code) => code.startsWith('IAM.')).length; // 37
 */
export function listErrorCodes(): string[] {
  return [...Object.keys(taskCodes), ...callCodes.flatMap(([, codes]) => codes.split(' '))].sort();
}

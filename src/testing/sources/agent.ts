import {
  optionalFlag,
  optionalNumber,
  optionalObjects,
  optionalText,
  optionalWord,
  readObject,
  requireBody,
  requireObjects,
  requireText,
  requireWord,
} from '../core/body.js';
import { refuse, refuseInput, respondEmpty, respondJson, type ServiceResponse } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import { findCurrentTask } from '../tasks/find-task.js';
import { observeTruth } from '../tasks/task-record.js';
import type { World } from '../world.js';
import { createSource } from './create-source.js';
import { type Network, readBtrfs, readDisks, readNetwork, readVolumeGroups } from './layout.js';
import { requireSource } from './source-state.js';

/** What an agent does first. */
export const registerRoutes: readonly Route[] = [
  {
    service: 'sms',
    pattern: 'POST /v3/sources',
    operation: 'RegisterServer',
    handle: handleRegister,
    needsAgreement: true,
  },
];

// More MB than any server has, fewer bytes than any.
const leastBytes = 16_777_216;

function handleRegister({ world, body: sent }: Call): ServiceResponse {
  const body = requireBody(sent);
  const { identifiers } = world;
  const os_type = requireText(body, 'os_type');
  if (os_type !== 'LINUX' && os_type !== 'WINDOWS') {
    throw refuse(400, 'SMS.2206', 'The operating system of the source server is not supported.');
  }
  const networks = requireObjects(body, 'networks', { min: 1 }).map(readNetwork);
  if (networks[0]?.mac === '') throw refuseInput('The parameter mac of the first network must not be empty.');
  const id = optionalText(body, 'id', { min: 1, max: 36 });
  const memory = optionalNumber(body, 'memory', { min: 0 });
  for (const name of ['disks', 'volume_groups', 'btrfs_list']) optionalObjects(body, name);
  const input = {
    id,
    name: requireText(body, 'name'),
    ip: optionalText(body, 'ip'),
    ipv6: optionalText(body, 'ipv6'),
    hostname: optionalText(body, 'hostname'),
    os_type,
    os_version: requireText(body, 'os_version'),
    oem_system: optionalFlag(body, 'oem_system'),
    firmware: optionalWord(body, 'firmware', ['BIOS', 'UEFI']),
    cpu_quantity: optionalNumber(body, 'cpu_quantity', { min: 0 }),
    // Documented as MB, yet agents send bytes.
    memoryBytes: memory !== undefined && memory < leastBytes ? memory * 1_048_576 : memory,
    agent_version: requireText(body, 'agent_version'),
    has_tc: optionalFlag(body, 'has_tc'),
    has_rsync: optionalFlag(body, 'has_rsync'),
    start_type: optionalText(body, 'start_type'),
    networks,
    disks: readDisks(body.disks, identifiers),
    volume_groups: readVolumeGroups(body.volume_groups, identifiers),
    btrfs_list: readBtrfs(body.btrfs_list),
  };
  if (isRegistered(world, id, networks)) {
    // The misuse of 401 is the service's own.
    throw refuse(401, 'SMS.2013', 'The source server has already been registered.');
  }
  const source = createSource(world, input);
  world.sources.set(source.id, source);
  return respondJson({ id: source.id });
}

// ASSUMPTION: a server is known by its id, or by the first MAC address, which is why that one must not be empty.
function isRegistered(world: World, id: string | undefined, networks: readonly Network[]): boolean {
  const mac = networks[0]?.mac;
  return world.sources.values().some((source) => source.id === id || source.networks[0]?.mac === mac);
}

/** The commands that an agent fetches, and their results. */
export const commandRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/sources/{server_id}/command', operation: 'ShowCommand', handle: handleShow },
  {
    service: 'sms',
    pattern: 'POST /v3/sources/{server_id}/command_result',
    operation: 'UpdateCommandResult',
    handle: handleResult,
  },
];

function handleShow({ world, parameters }: Call): ServiceResponse {
  const source = requireSource(world, parameters.server_id);
  const task = findCurrentTask(world, source.id);
  if (task === null) throw refuse(404, 'SMS.2252', 'The source server has no task.');
  const command = nameCommand(observeTruth(task, world.clock.migration()).state);
  world.lastCommands.set(source.id, command);
  const bucket = task.log === null ? {} : { bucket: task.log.bucket };
  return respondJson({ command_name: command, command_param: { task_id: task.id, ...bucket } });
}

/** ASSUMPTION: the words are those of the pages of 2026, the states they go with follow from their meaning. */
function nameCommand(state: string): string {
  switch (state) {
    case 'READY':
      return 'TASK_NOT_STARTED';
    case 'RUNNING':
    case 'SYNCING':
      return 'START';
    case 'ABORTING':
      return 'STOP';
    case 'SKIPPING':
      return 'SKIP';
    case 'DELETING':
      return 'DELETE';
    case 'MIGRATE_SUCCESS':
    case 'SYNC_SUCCESS':
    case 'SUCCESS':
      return 'TASK_HAS_FINISHED';
    default:
      return 'TASK_HAS_STOPPED';
  }
}

function handleResult({ world, parameters, body: sent }: Call): ServiceResponse {
  const body = requireBody(sent);
  const command = requireText(body, 'command_name');
  requireWord(body, 'result', ['success', 'fail']);
  // Stored only, says the reference, and no response shows it.
  if (readObject(body.result_detail) === null) throw refuseInput('The parameter result_detail must be an object.');
  const source = requireSource(world, parameters.server_id);
  if (command !== world.lastCommands.get(source.id)) {
    throw refuse(400, 'SMS.2009', 'The command reported by the client differs from the one sent.');
  }
  return respondEmpty('""');
}

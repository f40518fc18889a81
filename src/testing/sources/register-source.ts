import {
  optionalFlag,
  optionalNumber,
  optionalObjects,
  optionalText,
  optionalWord,
  requireBody,
  requireObjects,
  requireText,
} from '../core/body.js';
import { type Answer, answerJson } from '../core/exchange.js';
import { refuse, refuseInput } from '../core/refusal.js';
import type { Call, Route } from '../core/route.js';
import type { World } from '../world.js';
import { addSource } from './add-source.js';
import { type Network, readBtrfs, readDisks, readNetwork, readVolumeGroups } from './layout.js';

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

function handleRegister({ world, body: sent }: Call): Answer {
  const body = requireBody(sent);
  const { identifiers } = world;
  const osType = requireText(body, 'os_type');
  if (osType !== 'LINUX' && osType !== 'WINDOWS') {
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
    osType,
    osVersion: requireText(body, 'os_version'),
    oemSystem: optionalFlag(body, 'oem_system'),
    firmware: optionalWord(body, 'firmware', ['BIOS', 'UEFI']),
    cpuQuantity: optionalNumber(body, 'cpu_quantity', { min: 0 }),
    // Documented as MB, yet agents send bytes.
    memoryBytes: memory !== undefined && memory < leastBytes ? memory * 1_048_576 : memory,
    agentVersion: requireText(body, 'agent_version'),
    hasTc: optionalFlag(body, 'has_tc'),
    hasRsync: optionalFlag(body, 'has_rsync'),
    startType: optionalText(body, 'start_type'),
    networks,
    disks: readDisks(body.disks, identifiers),
    volumeGroups: readVolumeGroups(body.volume_groups, identifiers),
    btrfsList: readBtrfs(body.btrfs_list),
  };
  if (isRegistered(world, id, networks)) {
    // The misuse of 401 is the service's own.
    throw refuse(401, 'SMS.2013', 'The source server has already been registered.');
  }
  return answerJson({ id: addSource(world, input).id });
}

// ASSUMPTION: a server is known by its id, or by the first MAC address, which is why that one must not be empty.
function isRegistered(world: World, id: string | undefined, networks: readonly Network[]): boolean {
  const mac = networks[0]?.mac;
  return [...world.sources.values()].some((source) => source.id === id || source.networks[0]?.mac === mac);
}

import { pickFields, readWireFields, show, type WireFields, type WireKind } from './core/arguments.js';
import { checkCheck } from './options.js';
import { removeSources, reportState } from './sources/change-source.js';
import { runChecks } from './sources/create-source.js';
import { describeSourceFully } from './sources/source-body.js';
import type { CheckSeed, SourceRecord } from './sources/source-record.js';
import { findCurrentTask } from './tasks/find-task.js';
import type { World } from './world.js';

/** Fields of the source server itself. */
const kept = {
  name: 'text',
  ip: 'text',
  ipv6: 'text',
  hostname: 'text',
  os_version: 'text',
  oem_system: 'flag',
  firmware: 'text',
  cpu_quantity: 'number',
  agent_version: 'text',
  has_tc: 'flag',
  start_type: 'text',
  enterprise_project_id: 'text',
  add_date: 'number',
  connected: 'flag',
} as const satisfies Record<string, WireKind>;

/** Fields that follow from others: what is set is shown in place of what would be. */
const followed = {
  os_type: 'text?',
  memory: 'number?',
  init_target_server: 'object?',
  current_task: 'object?',
  disks: 'list?',
  volume_groups: 'list?',
  btrfs_list: 'list?',
  networks: 'list?',
  state_action_time: 'number?',
  stage_action_time: 'number?',
  replicatesize: 'number?',
  totalsize: 'number?',
  last_visit_time: 'number?',
  adjust_disk: 'flag?',
} as const satisfies Record<string, WireKind>;

/** Fields of a source server to set, under the names of the wire. */
export interface SourceFields extends WireFields<typeof kept>, WireFields<typeof followed> {
  /** State. It applies until the state that follows from the task changes. */
  state?: string | undefined;
  /** Phase of its migration. It applies as long as `state`. */
  migration_cycle?: string | undefined;
  /** Results of the feasibility checks, in place of those before: those named here, and `OK` for the usual others. */
  checks?: readonly CheckSeed[] | undefined;
}

/** Reads and changes a source server of the simulator. Throws once the server is deleted. */
export interface SourceHandle {
  /** Id of the source server. */
  readonly id: string;
  /** The source server as ShowServer shows it now, without faults. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The state in `body`. */
  readonly state: string;
  /** Sets wire fields. An unknown field is a `TypeError`. */
  set(fields: SourceFields): void;
  /** Removes the source server at once, with its tasks. */
  remove(): void;
}

/** Creates the handle of a source server. Throws when there is no such server. */
export function createSourceHandle(readWorld: () => World, id: string): SourceHandle {
  function find(): SourceRecord {
    const source = readWorld().sources.get(id);
    if (source === undefined) throw new RangeError(`There is no source server ${show(id)}`);
    return source;
  }
  function read() {
    const world = readWorld();
    return describeSourceFully(find(), findCurrentTask(world, id), world.clock.migration());
  }
  find();
  return {
    id,
    get body() {
      return read();
    },
    get state() {
      return String(read().state);
    },
    set: (fields) => readWorld().sources.set(id, setFields(readWorld(), find(), fields)),
    remove: () => removeSources(readWorld(), [find()]),
  };
}

const table = { state: 'text', migration_cycle: 'text', checks: 'list', ...kept, ...followed } as const;

function setFields(world: World, source: SourceRecord, fields: SourceFields): SourceRecord {
  const given = readWireFields(fields, table);
  const { checks, migration_cycle: cycle, state } = fields;
  for (const [index, check] of (checks ?? []).entries()) checkCheck(check, `fields.checks[${index}]`);
  if (state === '' || cycle === '') throw new TypeError('fields.state and fields.migration_cycle must not be empty');
  const shown = { ...source.shown, ...pickFields(given, followed) };
  const changed = { ...source, ...pickFields(given, kept), shown };
  const checked = checks === undefined ? changed : { ...changed, checks: rerunChecks(world, changed, checks) };
  return state === undefined && cycle === undefined ? checked : reportState(world, checked, { state, cycle });
}

function rerunChecks(world: World, source: SourceRecord, seeds: readonly CheckSeed[]): SourceRecord['checks'] {
  return runChecks({ ...source, has_rsync: true }, seeds, world.identifiers);
}

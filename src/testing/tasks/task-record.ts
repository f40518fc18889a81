import type { BtrfsFileSystem, VolumeGroup } from '../sources/layout.js';
import type { DiskRecord } from './disks.js';
import { type Failure, type Moment, observe, type Phase } from './phase.js';
import type { CopyKind } from './steps.js';

/** The target of a task, under the names of the wire. */
export interface TargetRecord {
  /** Id of the record. */
  readonly id: string;
  /** Id of the cloud server. */
  readonly vm_id: string;
  /** Display name. */
  readonly name: string;
  /** Id of the disk with the agent's image. */
  readonly image_disk_id: string;
  /** Its disks. */
  readonly disks: readonly DiskRecord[];
  /** Its volume groups. */
  readonly volume_groups: readonly VolumeGroup[];
  /** Its Btrfs file systems. */
  readonly btrfs_list: readonly BtrfsFileSystem[];
}

/** Wire fields that requests and handles may change and that no rule of the simulator depends on. */
export interface TaskSettings {
  /** Display name. */
  readonly name: string;
  /** `MIGRATE_FILE` or `MIGRATE_BLOCK`. */
  readonly type: string;
  /** 0 low, 1 normal, 2 high. */
  readonly priority: number;
  /** Mbit/s, 0 for no limit. */
  readonly speed_limit: number;
  /** Region of the target. */
  readonly region_id: string;
  /** Its name. */
  readonly region_name: string;
  /** Project of the target. */
  readonly project_id: string;
  /** Its name. */
  readonly project_name: string;
  /** Address that the data is sent to. */
  readonly migration_ip: string;
  /** Template that the target is made from; null when it existed before. */
  readonly vm_template_id: string | null;
  /** Whether the target is started at the end. */
  readonly start_target_server: boolean;
  /** Whether a public address is used. */
  readonly use_public_ip: boolean;
  /** Whether a drill is requested. */
  readonly need_migration_test: boolean;
  /** Enterprise project of the task; `0` is the default one. */
  readonly enterprise_project_id: string;
}

/** A measurement of the network, under the names of the wire. */
export interface NetworkCheck {
  /** Whether the domain of the service can be reached. */
  readonly domain_connectivity: boolean;
  /** Whether the target can be reached. */
  readonly destination_connectivity: boolean;
  /** Ms. */
  readonly network_delay: number;
  /** Ms. */
  readonly network_jitter: number;
  /** Mbit/s. */
  readonly migration_speed: number;
  /** Percent. */
  readonly loss_percentage: number;
  /** Percent. */
  readonly cpu_usage: number;
  /** Percent. */
  readonly mem_usage: number;
  /** Verdict. */
  readonly evaluation_result: string;
}

/** What the agent reported last about a step. */
export interface AgentReport {
  /** Id of the step. */
  readonly stepId: number;
  /** Text for `process_trace`. */
  readonly trace: string;
  /** Bytes that it has moved. */
  readonly copiedBytes: number;
  /** Bytes that it has to move. */
  readonly totalBytes: number;
  /** Figures of the task that it named, under the names of the wire. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A limit for a part of the day, under the names of the wire. */
export interface SpeedSlot {
  /** Beginning, as text such as `8:00`. */
  readonly start: string;
  /** End, as text such as `15:00`. */
  readonly end: string;
  /** Mbit/s, 0 for no limit. */
  readonly speed: number;
  /** Percent above the limit at which the task is stopped; absent when none was named. */
  readonly over_speed_threshold?: number;
}

/** An advanced option of a task, under the names of the wire. */
export interface ConfigurationRecord {
  /** Name of the option. */
  readonly config_key: string;
  /** Its value. */
  readonly config_value: string;
  /** Status; what it means is not documented. */
  readonly config_status: string;
}

/** What a comparison of files found in a directory, under the names of the wire. */
export interface ConsistencyResult {
  /** The directory. */
  readonly dir_check: string;
  /** Files compared. */
  readonly num_total_files: number;
  /** Files that differ. */
  readonly num_different_files: number;
  /** Files that the target lacks. */
  readonly num_target_miss_files: number;
  /** Files that only the target has. */
  readonly num_target_more_files: number;
}

/** A comparison of files. */
export interface ConsistencyRecord {
  /** When it was done, in ms since 1970. */
  readonly at: number;
  /** What it found, by directory. */
  readonly results: readonly ConsistencyResult[];
}

/**
 * A task as the simulator stores it. Names with an underscore are wire fields; the others control the simulation. A record is
 * never changed: a new one replaces it in the collection.
 */
export interface TaskRecord extends TaskSettings {
  /** Task id. */
  readonly id: string;
  /** Creation on the migration clock, in ms since 1970. */
  readonly create_date: number;
  /** `LINUX` or `WINDOWS`. */
  readonly os_type: string;
  /** Whether the target existed before; else the first step creates it from a template. */
  readonly exist_server: boolean;
  /** Whether the task goes on in SYNCING after its copy. */
  readonly syncing: boolean;
  /** The last measurement of the network; null before. */
  readonly network_check_info: NetworkCheck | null;
  /** Id of the linked source server. */
  readonly sourceId: string;
  /** The target. */
  readonly target: TargetRecord;
  /** What is copied; fixed at creation, like the steps that follow from it. */
  readonly copyKind: CopyKind;
  /** Whether files are compared after every copy. A start may request it, too. */
  readonly checksConsistency: boolean;
  /** Length of the first round in ms. */
  readonly durationMs: number;
  /** How long reads lag after an accepted start, in ms. */
  readonly lagMs: number;
  /** The failure from the seed. */
  readonly failure: { readonly step: string; readonly error: string; readonly times: number } | null;
  /** Speed limits by the time of day; empty until some are set. */
  readonly speedSlots: readonly SpeedSlot[];
  /** The clone of the target, and when it was requested; null before. */
  readonly clone: { readonly vmId: string; readonly at: number } | null;
  /** The OBS bucket of the last requested log, and when; null before. */
  readonly log: { readonly bucket: string; readonly at: number } | null;
  /** Advanced options. */
  readonly configurations: readonly ConfigurationRecord[];
  /** Comparisons of files that an agent reported. */
  readonly consistencyReports: readonly ConsistencyRecord[];
  /** The last report of the agent; null before. */
  readonly agentReport: AgentReport | null;
  /** Passphrase of the certificates. */
  readonly passphrase: string;
  /** Fields of ShowTask that a handle has set over what would be shown; they apply until the next phase. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** The life of the task. The last phase is the real one. Earlier phases are kept while reads still show them. */
  readonly phases: readonly [Phase, ...Phase[]];
}

/** The phase that decides what an operation does. */
export function currentPhase(task: TaskRecord): Phase {
  return task.phases[task.phases.length - 1] ?? task.phases[0];
}

/** The real state of the task, which decides what operations are allowed. */
export function observeTruth(task: TaskRecord, now: number): Moment {
  return observe(currentPhase(task), now);
}

/** The task as reads show it, which may lag. */
export function observeShown(task: TaskRecord, now: number): Moment {
  return observe(task.phases.findLast((phase) => phase.shownFrom <= now) ?? task.phases[0], now);
}

/** The task in its next phase, without phases that no read can show any more. */
export function beginPhase(task: TaskRecord, phase: Phase, now: number): TaskRecord {
  const shown = task.phases.findLastIndex(({ shownFrom }) => shownFrom <= now);
  const [first = phase, ...others] = phase.shownFrom <= now ? [] : task.phases.slice(Math.max(0, shown));
  return { ...task, shown: {}, phases: first === phase ? [phase] : [first, ...others, phase] };
}

/** The failure of the next phase; null when enough attempts have failed, or there is no such step. */
export function failureAhead(
  task: TaskRecord,
  moment: Moment,
  stepNames: readonly string[],
  state: string,
): Failure | null {
  const { failure } = task;
  if (failure === null || moment.ledger.failures >= failure.times || !stepNames.includes(failure.step)) return null;
  return { step: failure.step, state, error: failure.error };
}

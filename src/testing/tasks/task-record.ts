import type { BtrfsFileSystem, VolumeGroup } from '../sources/layout.js';
import type { Chapter, Failure } from './chapter.js';
import { type Moment, observe } from './moment.js';
import type { CopyKind } from './steps.js';
import type { AgentReport, ConfigurationRecord, ConsistencyRecord, LogRecord, NetworkCheck } from './task-extras.js';

/** A partition of a target disk. */
export interface VolumeRecord {
  /** Id of the partition. */
  readonly id: number;
  /** Its name on the source, such as `/dev/sda1`. */
  readonly name: string;
  /** Its name on the target, such as `/dev/vda1`. */
  readonly relationName: string;
  /** `OS` for the one with the system, else `NORMAL`. */
  readonly deviceUse: string;
  /** File system, such as `ext4`. */
  readonly fileSystem: string;
  /** Mount point. */
  readonly mountPoint: string;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Bytes that hold data. */
  readonly usedBytes: number;
}

/** A disk of the target. */
export interface DiskRecord {
  /** Id of the disk. */
  readonly id: number;
  /** Id of the cloud volume behind it. */
  readonly diskId: string;
  /** Its name on the source, such as `/dev/sda`. */
  readonly name: string;
  /** Its name on the target, such as `/dev/vda`. */
  readonly relationName: string;
  /** Disk letter. */
  readonly letter: string;
  /** `BOOT` for the first one, else `NORMAL`. */
  readonly deviceUse: string;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Its partitions. */
  readonly volumes: readonly VolumeRecord[];
}

/** The target of a task. */
export interface TargetRecord {
  /** Id of the record. */
  readonly id: string;
  /** Id of the cloud server. */
  readonly vmId: string;
  /** Display name. */
  readonly name: string;
  /** Id of the disk that carries the agent's image. */
  readonly imageDiskId: string;
  /** Its disks. */
  readonly disks: readonly DiskRecord[];
  /** Its volume groups. */
  readonly volumeGroups: readonly VolumeGroup[];
  /** Its Btrfs file systems. */
  readonly btrfsList: readonly BtrfsFileSystem[];
}

/** Fields of a task that operations may change and nothing computes with. */
export interface TaskSettings {
  /** Display name. */
  name: string;
  /** `MIGRATE_FILE` or `MIGRATE_BLOCK`. */
  type: string;
  /** 0 low, 1 normal, 2 high. */
  priority: number;
  /** Mbit/s, 0 for no limit. */
  speedLimit: number;
  /** Region of the target. */
  regionId: string;
  /** Name of the region. */
  regionName: string;
  /** Project of the target. */
  projectId: string;
  /** Name of the project. */
  projectName: string;
  /** Address of the target. */
  migrationIp: string;
  /** Template of the target; null when it exists. */
  templateId: string | null;
  /** Whether the target is started at the end. */
  startTargetServer: boolean;
  /** Whether a public address is used. */
  usePublicIp: boolean;
  /** Whether a drill is wanted. */
  needMigrationTest: boolean;
  /** Enterprise project of the task; `0` is the default one. */
  enterpriseProjectId: string;
}

/** A limit for a part of the day. */
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

/** A clone of a target. */
export interface CloneRecord {
  /** Id of the cloud server. */
  readonly vmId: string;
  /** When it was asked for, in ms since 1970. */
  readonly at: number;
}

/** A task as the simulator keeps it. */
export interface TaskRecord {
  /** Task id. */
  readonly id: string;
  /** Creation on the migration clock, in ms since 1970. */
  readonly createdAt: number;
  /** `LINUX` or `WINDOWS`. */
  readonly osType: string;
  /** What is copied; fixed at creation, like the steps that follow from it. */
  readonly copyKind: CopyKind;
  /** Id of the linked source server. */
  readonly sourceId: string;
  /** The target. */
  readonly target: TargetRecord;
  /** Whether the target is created from a template by the first step. */
  readonly fromTemplate: boolean;
  /** Whether the task goes on in SYNCING after its copy. */
  readonly syncing: boolean;
  /** Whether files are compared after every copy; a start may ask for it besides. */
  readonly checksConsistency: boolean;
  /** Length of the first round in ms. */
  readonly durationMs: number;
  /** How long reads lag behind an accepted start, in ms. */
  lagMs: number;
  /** The failure that the seed asked for. */
  readonly failure: { readonly step: string; readonly error: string; readonly times: number } | null;
  /** What operations may change. */
  readonly settings: TaskSettings;
  /** Speed limits by the time of day; empty until some are set. */
  speedSlots: readonly SpeedSlot[];
  /** The clone of the target; null until one is asked for. */
  clone: CloneRecord | null;
  /** The last measurement of the network; null before. */
  networkCheck: NetworkCheck | null;
  /** The log that was asked for last; null before. */
  log: LogRecord | null;
  /** Advanced options. */
  configurations: readonly ConfigurationRecord[];
  /** Comparisons of files that an agent reported. */
  consistencyReports: readonly ConsistencyRecord[];
  /** The last report of the agent; null before. */
  agentReport: AgentReport | null;
  /** Passphrase of the certificates. */
  readonly passphrase: string;
  /** The life of the task. The last chapter is the truth; earlier ones are kept while reads still show them. */
  chapters: readonly [Chapter, ...Chapter[]];
}

/** The chapter that operations go by. */
export function currentChapter(task: TaskRecord): Chapter {
  return task.chapters[task.chapters.length - 1] ?? task.chapters[0];
}

/** The task as it is, which decides on what may be done with it. */
export function observeTruth(task: TaskRecord, now: number): Moment {
  return observe(currentChapter(task), now);
}

/** The task as reads show it, which lags behind when its seed says so. */
export function observeShown(task: TaskRecord, now: number): Moment {
  return observe(task.chapters.findLast((chapter) => chapter.shownFrom <= now) ?? task.chapters[0], now);
}

/** Opens the next chapter and forgets those that no read can show any more. */
export function openChapter(task: TaskRecord, chapter: Chapter, now: number): void {
  const shown = task.chapters.findLastIndex(({ shownFrom }) => shownFrom <= now);
  const [first = chapter, ...others] = task.chapters.slice(Math.max(0, shown));
  task.chapters = first === chapter ? [chapter] : [first, ...others, chapter];
}

/** The failure that the next chapter of a task will meet; null when enough attempts have failed, or it has no such step. */
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

import { type Refusal, refuse } from '../core/refusal.js';
import { observeTruth, type TaskRecord } from '../tasks/task-record.js';
import type { SourceRecord } from './source-record.js';
import { describeSourceState } from './source-state.js';

const busyStates = [
  'initialize',
  'stopping',
  'deleting',
  'cloning',
  'replicate',
  'syncing',
  'cutovering',
  'skipping',
  'clearing',
  'premiging',
];

/** Whether a source server and its task must not be deleted, by the rule of 2026: it is connected, and in a busy state. */
export function isBusy(source: SourceRecord, task: TaskRecord | null, now: number): boolean {
  const view = task === null ? null : { task, moment: observeTruth(task, now), now };
  return source.connected && busyStates.includes(describeSourceState(source, view).state);
}

/** The code is that of the old rule, which speaks of tasks alone. ASSUMPTION: the new rule kept it. */
export function refuseBusy(): Refusal {
  return refuse(400, 'SMS.2015', 'Running or stopping tasks cannot be deleted.');
}

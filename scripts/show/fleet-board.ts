/** The latest of every task of a fleet, as rows for people, and what they come to together. */
import { type FleetProgress, type TaskChange, taskStates } from '@org/sms-client';

/** A task as a line or a row. */
export interface FleetRow {
  readonly id: string;
  readonly name: string;
  readonly outcome: 'waiting' | 'running' | 'succeeded' | 'failed' | 'gone';
  /** What happens to it, for people. */
  readonly label: string;
  readonly percent: number;
  readonly speedMbps: number;
  readonly remainingMs: number | null;
}

/** Keeps the latest change of each task. */
export class FleetBoard {
  readonly rows = new Map<string, FleetRow>();

  /** Records a change and returns its row. */
  take({ done, id, progress, task }: TaskChange): FleetRow {
    const outcome = judge(task?.state ?? null, done);
    const row: FleetRow = {
      id,
      name: clean(task?.name ?? this.rows.get(id)?.name ?? id),
      outcome,
      label: describe(outcome, progress?.step?.label, task?.state),
      percent: progress?.percent ?? 0,
      speedMbps: progress?.speedMbps ?? 0,
      remainingMs: progress?.remainingMs ?? null,
    };
    this.rows.set(id, row);
    return row;
  }

  /** All rows together. */
  sumUp(): FleetProgress {
    const sum = { waiting: 0, running: 0, succeeded: 0, failed: 0, gone: 0, unknown: 0, percent: 0, speedMbps: 0 };
    let remainingMs: number | null = 0;
    for (const row of this.rows.values()) {
      sum[row.outcome] += 1;
      sum.percent += row.percent;
      sum.speedMbps += row.speedMbps;
      if (row.outcome !== 'running' || remainingMs === null) continue;
      remainingMs = row.remainingMs === null ? null : Math.max(remainingMs, row.remainingMs);
    }
    const total = this.rows.size;
    const percent = total === sum.gone ? 0 : Math.floor((sum.percent / (total - sum.gone)) * 10) / 10;
    return { ...sum, total, percent, remainingMs };
  }
}

function judge(state: string | null, done: boolean): FleetRow['outcome'] {
  if (state === null) return 'gone';
  if (done) return taskStates.success.includes(state) ? 'succeeded' : 'failed';
  return taskStates.busy.includes(state) ? 'running' : 'waiting';
}

function describe(outcome: FleetRow['outcome'], step = '', state = ''): string {
  switch (outcome) {
    case 'succeeded':
      return 'Done';
    case 'gone':
      return 'Deleted';
    case 'failed':
      return state === 'ABORT' ? 'Paused' : `Failed: ${step || state}`;
    case 'running':
      return step || state;
    case 'waiting':
      return state === 'READY' ? 'Not started' : state;
  }
}

// Names are anybody's text: a terminal would obey what is hidden in them.
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '');
}

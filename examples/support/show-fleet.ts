/** The progress of many tasks on the terminal: a bar each and one for all, or plain lines when the output is no terminal. */
import type { FleetProgress, TaskChange } from '@org/sms-client';
import { MultiBar, type SingleBar } from 'cli-progress';
import { FleetBoard, type FleetRow } from './fleet-board.js';
import { formatDuration } from './format.js';

/** Shows what `watchMany` tells. */
export interface FleetView {
  readonly update: (change: TaskChange) => void;
  /** Leaves the last state on the screen. May be called twice. */
  readonly stop: () => void;
}

const nameWidth = 14;
const narrow = 100;

/** Begins to show a fleet of so many tasks. */
export function showFleet(size: number, stream: NodeJS.WriteStream = process.stdout): FleetView {
  return stream.isTTY ? createBars(size, stream) : createLines(stream);
}

function createBars(size: number, stream: NodeJS.WriteStream): FleetView {
  const bars = new MultiBar({
    format: (_options, { progress }, row) => (row.name === '' ? '' : formatBar(progress, row, stream.columns || 80)),
    hideCursor: true,
    stream,
    // Ctrl-C is handled by the example itself.
    gracefulExit: false,
    forceRedraw: true,
  });
  const board = new FleetBoard();
  const total = bars.create(100, 0, describeTotal(board.sumUp()));
  // When there are more tasks than lines, those that ended make room, and are left above as plain lines.
  const lines = Math.min(size, Math.max(1, (stream.rows || 24) - 3));
  const free = Array.from({ length: lines }, () => bars.create(100, 0, { name: '' })).reverse();
  const barOf = new Map<string, SingleBar>();
  const hidden = new Set<string>();
  let isRunning = true;

  function update(change: TaskChange): void {
    const row = board.take(change);
    const bar = barOf.get(row.id) ?? free.pop();
    if (bar !== undefined) {
      barOf.set(row.id, bar);
      bar.update(row.percent, describeRow(row));
    }
    if (bar === undefined && !change.atRest) hidden.add(row.id);
    else hidden.delete(row.id);
    if (change.atRest && (bar === undefined || hidden.size > 0)) leave(row, bar);
    const sum = board.sumUp();
    total.update(sum.percent, describeTotal(sum));
  }

  function leave(row: FleetRow, bar: SingleBar | undefined): void {
    bars.log(`${toLine(row)}\u001b[K\n`);
    if (bar === undefined) return;
    bar.update(0, { name: '' });
    free.push(bar);
  }

  function stop(): void {
    // Draws what was told last, too.
    if (isRunning) bars.update();
    if (isRunning) bars.stop();
    isRunning = false;
  }

  return { update, stop };
}

function formatBar(progress: number, row: ReturnType<typeof describeRow>, columns: number): string {
  const { label, left, name, percent, speed } = row;
  const barWidth = columns < narrow ? 8 : 20;
  const done = Math.round(progress * barWidth);
  const bar = '█'.repeat(done) + '░'.repeat(barWidth - done);
  return `${name} ${bar} ${percent} %  ${label} ${columns < narrow ? '' : speed} ${left}`.slice(0, columns - 1);
}

function createLines(stream: NodeJS.WriteStream): FleetView {
  const board = new FleetBoard();
  let shownTenth = 0;
  return {
    update: (change) => {
      const before = board.rows.get(change.id)?.label;
      const row = board.take(change);
      // A line a step, and one for all at every tenth: a log of a migration of days stays readable.
      if (row.label !== before) stream.write(`${toLine(row)}\n`);
      const sum = board.sumUp();
      const tenth = Math.floor(sum.percent / 10);
      if (tenth <= shownTenth) return;
      shownTenth = tenth;
      const { label, name, percent } = describeTotal(sum);
      stream.write(`${name} ${percent} %  ${label}`.trimEnd().concat('\n'));
    },
    stop: () => undefined,
  };
}

function toLine(row: FleetRow): string {
  const { label, left, name, percent, speed } = describeRow(row);
  return `${name} ${percent} %  ${label} ${speed} ${left}`.trimEnd();
}

function describeRow({ label, name, outcome, percent, remainingMs, speedMbps }: FleetRow) {
  const isRunning = outcome === 'running';
  return {
    name: (name.length > nameWidth ? `${name.slice(0, nameWidth - 1)}…` : name).padEnd(nameWidth),
    percent: percent.toFixed(1).padStart(5),
    label: label.padEnd(29),
    speed: (isRunning && speedMbps > 0 ? `${speedMbps.toFixed(1)} Mbit/s` : '').padStart(13),
    left: isRunning && remainingMs !== null ? `${formatDuration(remainingMs)} left` : '',
  };
}

function describeTotal({ failed, gone, percent, running, speedMbps, succeeded, waiting, remainingMs }: FleetProgress) {
  const counts = { running, waiting, done: succeeded, failed, deleted: gone };
  const label = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  const outcome = running > 0 ? 'running' : 'waiting';
  return describeRow({ id: '', name: 'Total', outcome, label: label.join(', '), percent, remainingMs, speedMbps });
}

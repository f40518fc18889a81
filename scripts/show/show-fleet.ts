/** The progress of many tasks: a bar for each and one for all on a terminal, plain lines elsewhere. */
import type { FleetProgress, TaskChange } from '@org/sms-client';
import { MultiBar, type SingleBar } from 'cli-progress';
import { FleetBoard, type FleetRow } from './fleet-board.js';
import { formatSpeed, formatTimeLeft } from './format.js';
import { type Line, layOut, readColumns } from './layout.js';

/** Shows the changes that `watchMany` and `waitForAll` report. */
export interface FleetView {
  readonly update: (change: TaskChange) => void;
  /** Leaves the last state on the screen. May be called twice. */
  readonly stop: () => void;
}

/** Begins to show a fleet of so many tasks. */
export function showFleet(size: number, stream: NodeJS.WriteStream = process.stdout): FleetView {
  return stream.isTTY ? createBars(size, stream) : createLines(stream);
}

const noLine: Line = { name: '', percent: 0, label: '', speed: '', left: '' };

function createBars(size: number, stream: NodeJS.WriteStream): FleetView {
  const bars = new MultiBar({
    format: (_options, { progress }, line: Line) =>
      line.name === '' ? '' : layOut(line, readColumns(stream), progress),
    hideCursor: true,
    stream,
    // The program itself handles Ctrl-C.
    gracefulExit: false,
    forceRedraw: true,
  });
  const board = new FleetBoard();
  const total = bars.create(100, 0, describeTotal(board.sumUp()));
  // Where there are more tasks than lines, those that are done leave theirs and stay above as plain lines.
  const lines = Math.min(size, Math.max(1, (stream.rows || 24) - 3));
  const free = Array.from({ length: lines }, () => bars.create(100, 0, { ...noLine })).reverse();
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
    if (bar === undefined && !change.done) hidden.add(row.id);
    else hidden.delete(row.id);
    if (change.done && (bar === undefined || hidden.size > 0)) leave(row, bar);
    const sum = board.sumUp();
    total.update(sum.percent, describeTotal(sum));
  }

  function leave(row: FleetRow, bar: SingleBar | undefined): void {
    bars.log(`${layOut(describeRow(row), readColumns(stream), null)}\u001b[K\n`);
    if (bar === undefined) return;
    bar.update(0, { ...noLine });
    free.push(bar);
  }

  function stop(): void {
    // Draws the last change, too.
    if (isRunning) bars.update();
    if (isRunning) bars.stop();
    isRunning = false;
  }

  return { update, stop };
}

function createLines(stream: NodeJS.WriteStream): FleetView {
  const board = new FleetBoard();
  let shownTenth = 0;
  let shownTotal = '';
  const write = (line: Line) => stream.write(`${layOut(line, readColumns(stream), null)}\n`);
  const writeTotal = (sum: FleetProgress) => {
    const line = describeTotal(sum);
    if (line.label === shownTotal && sum.percent < 100) return;
    shownTotal = line.label;
    write(line);
  };
  let isRunning = true;
  return {
    update: (change) => {
      const before = board.rows.get(change.id)?.label;
      const row = board.take(change);
      // A line for each step, and one for all at every tenth: the log of a migration of days stays readable.
      if (row.label !== before) write(describeRow(row));
      const sum = board.sumUp();
      const tenth = Math.floor(sum.percent / 10);
      if (tenth <= shownTenth) return;
      shownTenth = tenth;
      if (sum.percent < 100) writeTotal(sum);
    },
    stop: () => {
      if (isRunning && board.rows.size > 0) writeTotal(board.sumUp());
      isRunning = false;
    },
  };
}

function describeRow({ label, name, outcome, percent, remainingMs, speedMbps }: FleetRow): Line {
  const isRunning = outcome === 'running';
  return {
    name,
    percent,
    label,
    speed: isRunning ? formatSpeed(speedMbps) : '',
    left: isRunning ? formatTimeLeft(remainingMs) : '',
  };
}

function describeTotal({ failed, gone, percent, running, speedMbps, succeeded, waiting, remainingMs }: FleetProgress) {
  const counts = { running, waiting, done: succeeded, failed, deleted: gone };
  const label = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  const outcome = running > 0 ? 'running' : 'waiting';
  return describeRow({ id: '', name: 'Total', outcome, label: label.join(', '), percent, remainingMs, speedMbps });
}

/** The progress of one task: a live bar on a terminal, plain lines elsewhere. */
import type { TaskProgress } from '@org/sms-client';
import { Presets, SingleBar } from 'cli-progress';
import { formatSpeed, formatTimeLeft } from './format.js';
import { type Line, layOut, readColumns } from './layout.js';

/** Shows the progress that `onProgress` reports. */
export interface ProgressView {
  readonly update: (progress: TaskProgress) => void;
  /** Leaves the last state on the screen. May be called twice. */
  readonly stop: () => void;
}

/** Begins with a title, once there is a round to show. */
export function showProgress(title: string, stream: NodeJS.WriteStream = process.stdout): ProgressView {
  const view = stream.isTTY ? createBar(title, stream) : createLines(title, stream);
  return { ...view, update: (progress) => progress.step !== null && view.update(progress) };
}

function createBar(title: string, stream: NodeJS.WriteStream): ProgressView {
  const bar = new SingleBar(
    {
      format: (_options, { progress }, line: Line) => layOut(line, readColumns(stream), progress),
      hideCursor: true,
      stream,
      linewrap: true,
      // The program itself handles Ctrl-C.
      gracefulExit: false,
      fps: 20,
    },
    Presets.shades_classic,
  );
  let isRunning = false;
  return {
    update: (progress) => {
      const line = describeProgress(progress);
      if (!isRunning) {
        stream.write(`${title}\n`);
        bar.start(100, 0, line);
        isRunning = true;
      }
      bar.update(progress.percent, line);
    },
    stop: () => {
      if (isRunning) bar.stop();
      isRunning = false;
    },
  };
}

function createLines(title: string, stream: NodeJS.WriteStream): ProgressView {
  let last: Line | undefined;
  let shown: Line | undefined;
  const write = (line: Line) => {
    if (shown === undefined) stream.write(`${title}\n`);
    shown = line;
    stream.write(`${layOut(line, readColumns(stream), null)}\n`);
  };
  return {
    update: (progress) => {
      const line = describeProgress(progress);
      last = line;
      // A line for each step and each tenth: the log of a migration of days stays readable.
      const tenth = Math.floor(line.percent / 10);
      if (line.label !== shown?.label || tenth !== Math.floor(shown.percent / 10)) write(line);
    },
    stop: () => {
      if (last !== undefined && last !== shown) write(last);
    },
  };
}

/** What a line shows of the progress of a task. */
export function describeProgress({ percent, remainingMs, speedMbps, state, step }: TaskProgress): Line {
  const isDone = remainingMs === 0;
  return {
    name: '',
    percent,
    label: isDone ? state : (step?.label ?? state),
    speed: isDone ? '' : formatSpeed(speedMbps),
    left: isDone ? '' : formatTimeLeft(remainingMs),
  };
}

/** The progress of one task on the terminal: a live bar, or plain lines when the output is no terminal. */
import type { TaskProgress } from '@org/sms-client';
import { Presets, SingleBar } from 'cli-progress';
import { formatDuration } from './format.js';

/** Shows what `onProgress` is told. */
export interface ProgressView {
  readonly update: (progress: TaskProgress) => void;
  /** Leaves the last state on the screen. May be called twice. */
  readonly stop: () => void;
}

/** Begins to show progress under a title, once there is a round to show. */
export function showProgress(title: string): ProgressView {
  const show = process.stdout.isTTY ? createBar(title) : createLines(title);
  return { ...show, update: (progress) => progress.step !== null && show.update(progress) };
}

function createBar(title: string): ProgressView {
  const bar = new SingleBar(
    {
      format: '           {bar} {percent} %  {label}  {speed}  {left}',
      barsize: 30,
      hideCursor: true,
      stream: process.stdout,
      // Ctrl-C is handled by the example itself.
      gracefulExit: false,
      fps: 20,
    },
    Presets.shades_classic,
  );
  let isRunning = false;
  return {
    update: (progress) => {
      if (!isRunning) {
        console.log(title);
        bar.start(100, 0, describe(progress));
        isRunning = true;
      }
      bar.update(progress.percent, describe(progress));
    },
    stop: () => {
      if (isRunning) bar.stop();
      isRunning = false;
    },
  };
}

function createLines(title: string): ProgressView {
  let shown = '';
  let tenth = -1;
  return {
    update: (progress) => {
      const { label, left, percent, speed } = describe(progress);
      if (shown === '') console.log(title);
      // A line a step and a tenth: a log of a migration of days stays readable.
      const isNew = label !== shown || Math.floor(progress.percent / 10) !== tenth;
      shown = label;
      tenth = Math.floor(progress.percent / 10);
      if (isNew) console.log(`           ${percent} %  ${label}  ${speed}  ${left}`);
    },
    stop: () => undefined,
  };
}

function describe({ percent, remainingMs, speedMbps, state, step }: TaskProgress) {
  const isDone = remainingMs === 0;
  return {
    percent: percent.toFixed(1).padStart(5),
    label: (isDone ? state : (step?.label ?? state)).padEnd(28),
    speed: isDone || speedMbps === 0 ? ''.padEnd(12) : `${speedMbps.toFixed(1)} Mbit/s`.padEnd(12),
    left: isDone ? '' : `${formatDuration(remainingMs)} left`,
  };
}

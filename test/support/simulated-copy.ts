import { type ProgressMark, readProgress } from '../../src/tracking/progress.js';

/** What a poll of a simulated copy shows, and the truth beside it. */
export interface CopyPoll {
  readonly ms: number;
  /** The true share of the copy that is done: 0 to 1. */
  readonly share: number;
  /** The true time left, in milliseconds. */
  readonly leftMs: number;
}

/** How the time left was estimated over the copies of one length, from 3 % to 98 % of the copy step. */
export interface TimeLeftRow {
  readonly hours: number;
  readonly polls: number;
  /** The smallest and the largest of: shown / true. */
  readonly lowest: number;
  readonly highest: number;
  /** The share of polls that showed null. */
  readonly unknown: number;
}

const pollMs = 60_000;
const prepared = [
  { id: 1, name: 'SSL_CONFIG', user_op: 'REPLICATE', progress: 100, start_date: 1000, end_date: 2000 },
  { id: 2, name: 'ATTACH_AGENT_IMAGE', user_op: 'REPLICATE', progress: 100, start_date: 2000, end_date: 3000 },
  { id: 3, name: 'FORMAT_DISK_LINUX_FILE', user_op: 'REPLICATE', progress: 100, start_date: 3000, end_date: 4000 },
];

/** Numbers between 0 and 1 that are the same for the same seed. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    const again = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((again ^ (again >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A copy of so many hours, polled each 60 s: its rate changes each minute by up to a tenth, and it pauses once for 2 % of its time,
 * somewhere between a tenth and 85 % of the way.
 */
function* simulateCopy(hours: number, seed: number): Generator<CopyPoll> {
  const random = makeRandom(seed);
  const wholeMs = hours * 3_600_000;
  const pauseMs = wholeMs * 0.02;
  const pauseAt = 0.1 + 0.75 * random();
  const stepMs = Math.min(15_000, wholeMs / 2000);
  const shares = [0];
  let paused = 0;
  for (let ms = 0, noise = 1, share = 0; share < 1; ms += stepMs) {
    if (ms % pollMs < stepMs) noise = 0.9 + 0.2 * random();
    if (share >= pauseAt && paused < pauseMs) paused += stepMs;
    else share += (stepMs / (wholeMs - pauseMs)) * noise;
    shares.push(Math.min(1, share));
  }
  const endMs = (shares.length - 1) * stepMs;
  for (let ms = random() * pollMs; ms < endMs; ms += pollMs) {
    yield { ms, share: shares[Math.floor(ms / stepMs)] ?? 1, leftMs: endMs - ms };
  }
}

/** Follows copies of so many hours and compares the time left that is shown with the true one. */
export function measureTimeLeft(hours: number, seeds: number, setNow: (ms: number) => void): TimeLeftRow {
  const factors: number[] = [];
  let polls = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    let mark: ProgressMark | undefined;
    for (const { leftMs, ms, share } of simulateCopy(hours, seed * 7919 + hours)) {
      setNow(1_000_000 + ms);
      const copy = { id: 4, name: 'MIGRATE_LINUX_FILE', user_op: 'REPLICATE', start_date: 4000, end_date: null };
      const steps = [...prepared, { ...copy, progress: Math.floor(share * 100) }];
      const task = { id: 'task-1', state: 'RUNNING', total_time: 3000 + Math.round(ms), sub_tasks: steps };
      const next = readProgress(task as Parameters<typeof readProgress>[0], mark);
      mark = next.mark;
      if (share < 0.03 || share > 0.98) continue;
      polls += 1;
      const { remainingMs } = next.progress;
      if (remainingMs !== null) factors.push(remainingMs / leftMs);
    }
  }
  return {
    hours,
    polls,
    lowest: factors.reduce((least, factor) => Math.min(least, factor), Number.POSITIVE_INFINITY),
    highest: factors.reduce((most, factor) => Math.max(most, factor), 0),
    unknown: 1 - factors.length / polls,
  };
}

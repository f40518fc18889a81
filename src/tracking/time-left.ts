/** The time left of a round: the service's figure when it is plausible, else an estimate from the observed step. */

/** @internal The current step as one poll shows it. */
export interface ObservedStep {
  /** Identifies the step. */
  readonly key: string;
  /** Progress of the step: 0 to 100; null when the poll does not say. */
  readonly percent: number | null;
  /** How long the step has taken by the clock of the service, in milliseconds; null when the poll does not say. */
  readonly elapsedMs: number | null;
}

/** @internal What is remembered of a step between two polls to measure its speed. */
export interface Speed {
  readonly key: string;
  /** When the last poll was, on a clock that only moves forward, in milliseconds. */
  readonly at: number;
  /** How long the step has taken so far: by the service where it says so, else since it was seen first. */
  readonly elapsedMs: number;
  /** What the service said last, and when it said something new. */
  readonly service: { readonly elapsedMs: number; readonly at: number } | null;
  /** The percentage at `elapsedMs` 0. */
  readonly from: number;
  /** The percentage shown last, and whether all so far were whole numbers, as those of the service are. */
  readonly percent: number;
  readonly isWhole: boolean;
  /** Where the step was when its percentage changed last, and when that was seen. */
  readonly position: number;
  readonly positionMs: number;
  /** Milliseconds that a percent takes; null while nothing was seen to move. */
  readonly pace: number | null;
  /** The same by the latest changes alone. */
  readonly recentPace: number | null;
  /** The change that took longest for its size: a pause, when it stands alone. */
  readonly longest: Change;
  /** Whether the last change took more than twice as long as those before it. */
  readonly wasSlow: boolean;
}

interface Change {
  readonly ms: number;
  readonly percents: number;
}

const longestPlausibleMs = 30 * 86_400_000;
const largestFactor = 4;
// Close to the end every factor is large, and no difference matters.
const slackMs = 120_000;
const shortestMemoryMs = 300_000;
/** From here on a position that was predicted is better than the middle of what is possible. */
const firstPrediction = 5;
/** The latest changes count more than all of them when they differ by more than this power of e. */
const largestDrift = 0.5;

/** @internal Takes in a poll. A poll of another step starts over. */
export function measureSpeed(step: ObservedStep, now: number, before: Speed | undefined): Speed {
  const { elapsedMs: serviceMs, key, percent } = step;
  const hasBase = before?.key === key && (before.service !== null || serviceMs === null);
  if (before === undefined || !hasBase) return beginSpeed(step, now);
  const isNews = serviceMs !== null && serviceMs !== before.service?.elapsedMs;
  const service = isNews ? { elapsedMs: serviceMs, at: now } : before.service;
  const sinceNews = service === null ? before.elapsedMs + now - before.at : service.elapsedMs + now - service.at;
  const elapsedMs = Math.max(before.elapsedMs, sinceNews);
  const next = { ...before, at: now, service, elapsedMs };
  if (percent === null || percent <= before.percent) return next;
  const isWhole = before.isWhole && Number.isInteger(percent);
  return follow({ ...next, percent, isWhole }, elapsedMs - before.elapsedMs);
}

function beginSpeed({ elapsedMs, key, percent }: ObservedStep, now: number): Speed {
  const shown = percent ?? 0;
  const pace = elapsedMs !== null && elapsedMs > 0 && shown > 0 ? elapsedMs / shown : null;
  return {
    key,
    at: now,
    elapsedMs: elapsedMs ?? 0,
    service: elapsedMs === null ? null : { elapsedMs, at: now },
    from: elapsedMs === null ? shown : 0,
    percent: shown,
    isWhole: Number.isInteger(shown),
    position: shown,
    positionMs: elapsedMs ?? 0,
    pace,
    recentPace: pace,
    longest: { ms: 0, percents: 0 },
    wasSlow: false,
  };
}

/** Takes in a change of the percentage, seen after `gapMs` without a poll. */
function follow(speed: Speed, gapMs: number): Speed {
  const { elapsedMs, from, longest, recentPace } = speed;
  const position = locate(speed, gapMs);
  const change = { ms: elapsedMs - speed.positionMs, percents: position - speed.position };
  if (change.ms <= 0 || change.percents <= 0) return { ...speed, position, positionMs: elapsedMs };
  const changePace = change.ms / change.percents;
  const isSlow = recentPace !== null && changePace > 2 * recentPace;
  // One slow change may be a pause; two in a row are a slower pace.
  const counted = isSlow && !speed.wasSlow ? recentPace : changePace;
  const share = 1 - Math.exp(-change.ms / Math.max(shortestMemoryMs, elapsedMs / 4));
  const nextRecent = recentPace === null ? changePace : recentPace + share * (counted - recentPace);
  const slowest = longest.percents === 0 || changePace > longest.ms / longest.percents ? change : longest;
  const average = averagePace(elapsedMs, position - from, slowest, gapMs);
  const drift = Math.abs(Math.log(nextRecent / average));
  const weight = Math.min(0.9, Math.max(0, drift - largestDrift));
  return {
    ...speed,
    position,
    positionMs: elapsedMs,
    pace: weight * nextRecent + (1 - weight) * average,
    recentPace: nextRecent,
    longest: slowest,
    wasSlow: isSlow,
  };
}

/** Where a step is when its percentage was seen to change: a whole percentage says only that the next one is not reached. */
function locate(
  { elapsedMs, from, isWhole, pace, percent, position, positionMs, service }: Speed,
  gapMs: number,
): number {
  if (!isWhole || service === null) return percent;
  const guess = pace ?? elapsedMs / (percent - from);
  const span = Math.min(1, gapMs / guess);
  if (pace === null || percent < firstPrediction) return percent + span / 2;
  const predicted = position + (elapsedMs - positionMs) / pace;
  return percent + Math.min(0.8 * span, Math.max(0.2 * span, predicted - percent));
}

/** The average of all changes, without the slowest one when it looks like a pause. */
function averagePace(elapsedMs: number, percents: number, slowest: Change, gapMs: number): number {
  const rest = percents - slowest.percents;
  const pace = (elapsedMs - slowest.ms) / rest;
  const excess = slowest.ms - slowest.percents * pace;
  const isPause = rest >= 0.9 && excess > slowest.percents * pace && excess > 2 * gapMs;
  return isPause ? pace : elapsedMs / percents;
}

/** @internal How long the step will still take, in milliseconds; null when that is not known. */
export function estimateLeft({ elapsedMs, isWhole, pace, percent, position, positionMs }: Speed): number | null {
  if (pace === null) return null;
  const moved = isWhole ? Math.min(position + (elapsedMs - positionMs) / pace, percent + 1) : position;
  return (100 - moved) * pace;
}

/**
 * @internal The service's figure, unless it says "none", is a month or more, or differs by more than two minutes and more than a
 * factor of four both from what was observed and from the average of the step; then what was observed. Null when nothing says
 * anything, as in the last percent, whose length is unknown.
 *
 * @param averageMs - the time left by the average of the step so far, by the clock of the service, which may run unlike ours
 */
export function readTimeLeft(
  serviceMs: number | null,
  percent: number,
  observedMs: number | null,
  averageMs: number | null,
): number | null {
  const known = [observedMs, averageMs].filter((ms) => ms !== null).filter(isPlausible);
  if (serviceMs !== null && isPlausible(serviceMs)) {
    if (known.length === 0 || known.some((ms) => isNear(serviceMs, ms))) return serviceMs;
  }
  return percent < 99 && observedMs !== null && isPlausible(observedMs) ? Math.round(observedMs) : null;
}

function isPlausible(ms: number): boolean {
  return ms > 0 && ms <= longestPlausibleMs;
}

function isNear(serviceMs: number, estimateMs: number): boolean {
  const factor = serviceMs / estimateMs;
  const isProportionate = factor <= largestFactor && factor >= 1 / largestFactor;
  return isProportionate || Math.abs(serviceMs - estimateMs) <= slackMs;
}

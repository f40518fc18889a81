/** How long a round will still take: the service's own figure when it is plausible, else what was observed. */

/** @internal What must be remembered between two readings to tell how fast a round moves on. */
export interface Speed {
  /** When it was measured, on a clock that only moves forward, in milliseconds. */
  readonly at: number;
  /** The percentage of the round at that time. */
  readonly percent: number;
  /** Percent in a millisecond, smoothed; 0 while nothing was seen to move. */
  readonly rate: number;
}

// A rate seen once counts as much as all earlier ones together after this time.
const smoothingMs = 300_000;
const largestFactor = 4;
// Close to the end every factor is large, and no difference matters.
const slackMs = 120_000;
const longestPlausibleMs = 30 * 86_400_000;

/**
 * @internal Measures how fast a round moves on. It begins with the average of the round so far, from the stamps of the service;
 * from then on each reading moves it towards what was seen since the one before, the more the longer that was.
 */
export function measureSpeed(
  percent: number,
  elapsedMs: number | null,
  now: number,
  before: Speed | undefined,
): Speed | undefined {
  if (before === undefined) {
    const rate = elapsedMs !== null && elapsedMs > 0 ? percent / elapsedMs : 0;
    return { at: now, percent, rate };
  }
  const passedMs = now - before.at;
  if (passedMs <= 0) return before;
  const seen = (percent - before.percent) / passedMs;
  const share = before.rate === 0 ? 1 : 1 - Math.exp(-passedMs / smoothingMs);
  return { at: now, percent, rate: before.rate + share * (seen - before.rate) };
}

/**
 * @internal The service's figure, unless it says "none", is a month or more, or differs by more than two minutes and more than a
 * factor of four both from what was observed and from the average of the round; then what was observed. Null when nothing says
 * anything, as in the last percent, of which nobody knows how long it takes.
 *
 * @param average - percent in a millisecond of the round so far, by the clock of the service, which may run unlike ours
 */
export function readTimeLeft(serviceMs: number | null, percent: number, rate: number, average: number): number | null {
  const [observedMs, averageMs] = [rate, average].map((speed) => estimate(percent, speed));
  if (serviceMs !== null && serviceMs > 0 && serviceMs <= longestPlausibleMs) {
    const known = [observedMs, averageMs].filter((estimateMs) => estimateMs !== undefined);
    if (known.length === 0 || known.some((estimateMs) => isNear(serviceMs, estimateMs))) return serviceMs;
  }
  return percent < 99 ? (observedMs ?? null) : null;
}

function estimate(percent: number, speed: number): number | undefined {
  const estimateMs = speed > 0 ? Math.round((100 - percent) / speed) : Number.POSITIVE_INFINITY;
  return estimateMs <= longestPlausibleMs ? estimateMs : undefined;
}

function isNear(serviceMs: number, estimateMs: number): boolean {
  const factor = serviceMs / estimateMs;
  const isProportionate = factor <= largestFactor && factor >= 1 / largestFactor;
  return isProportionate || Math.abs(serviceMs - estimateMs) <= slackMs;
}

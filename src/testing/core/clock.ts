/** The two clocks of a simulator. Neither uses a timer: time is only ever read. */
export interface Clock {
  /** The wall clock in ms since 1970: tokens, throttling, lags. It never runs backwards. */
  wall(): number;
  /** The clock of the machine as it is, also when it was set back: what the date of a signature is compared with, and what the Date header shows. */
  machine(): number;
  /** The migration clock in whole ms since 1970: everything about a task. */
  migration(): number;
  /** What the migration clock showed at a time of the wall clock; before the beginning, what it showed at the beginning. */
  migrationAt(wall: number): number;
  /** Moves the migration clock on by so many ms. */
  advance(ms: number): void;
}

/** So many leaps of the migration clock are remembered; older ones count as if they had always been. */
const rememberedLeaps = 10_000;

/** Both clocks, started now; the migration clock runs `speed` times as fast as `now`. */
export function createClock(speed: number, now: () => number): Clock {
  const start = now();
  let lastReading = start;
  let elapsed = 0;
  let advanced = 0;
  let leaps: { readonly wall: number; readonly before: number }[] = [];

  function wall(): number {
    const reading = now();
    // Set back: what has passed since the last reading is not known, and time goes on from there.
    if (reading > lastReading) elapsed += reading - lastReading;
    if (Number.isFinite(reading)) lastReading = reading;
    return start + elapsed;
  }

  return {
    wall,
    machine: now,
    migration: () => Math.floor(start + (wall() - start) * speed + advanced),
    migrationAt(time) {
      const since = Math.max(0, Math.min(time, wall()) - start);
      const leap = leaps.find((candidate) => candidate.wall > time);
      return Math.floor(start + since * speed + (leap?.before ?? advanced));
    },
    advance(ms) {
      leaps.push({ wall: wall(), before: advanced });
      if (leaps.length > rememberedLeaps) leaps = leaps.slice(-rememberedLeaps / 2);
      advanced += ms;
    },
  };
}

/** The two clocks of a simulator. Neither uses a timer: time is only ever read. */
export interface Clock {
  /** The wall clock in ms since 1970: tokens, the Date header, throttling. */
  wall(): number;
  /** The migration clock in whole ms since 1970: everything about a task. */
  migration(): number;
  /** Moves the migration clock on by so many ms. */
  advance(ms: number): void;
}

/** Both clocks, started now; the migration clock runs `speed` times as fast as `now`. */
export function createClock(speed: number, now: () => number): Clock {
  if (!(speed > 0 && Number.isFinite(speed))) throw new RangeError('speed must be a number above 0');
  const start = now();
  let advanced = 0;
  return {
    wall: now,
    migration: () => Math.floor(start + (now() - start) * speed + advanced),
    advance(ms) {
      // A clock that runs backwards would let the progress of a task run backwards too.
      if (!(ms >= 0 && Number.isFinite(ms))) throw new RangeError('advance takes a number of ms from 0 up');
      advanced += ms;
    },
  };
}

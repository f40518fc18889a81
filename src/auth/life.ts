/** How long something lives, whatever the clocks of this machine do. */

/** @internal A moment on both clocks of this machine. */
export interface Moment {
  /** The clock that only moves forward, in milliseconds; it stands still while a machine sleeps. */
  readonly steady: number;
  /** The clock on the wall, in milliseconds since 1970; it moves while a machine sleeps, and can be set. */
  readonly wall: number;
}

/** @internal This moment. */
export function now(): Moment {
  return { steady: performance.now(), wall: Date.now() };
}

/** @internal The time since a moment, in milliseconds, by the clock that moved further. */
export function elapsedSince({ steady, wall }: Moment): number {
  return Math.max(performance.now() - steady, Date.now() - wall);
}

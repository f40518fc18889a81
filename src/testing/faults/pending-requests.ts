/** Requests that a fault delays. */
export interface PendingRequests {
  /** Adds a request. Its waits end with the next `endAll`. */
  enter(): PendingRequest;
  /** Ends every wait, also of requests that do not wait yet. */
  endAll(): void;
}

/** A request that may have to wait. */
export interface PendingRequest {
  /**
   * Waits this many ms, or for ever with Infinity. Resolves with true when the time is over and with false after `endAll`.
   * Rejects with the signal's reason when the caller gives up.
   */
  wait(ms: number, signal: AbortSignal | null): Promise<boolean>;
}

/** The longest time of a timer. */
const longestTimerMs = 2_147_483_647;

/** Creates an empty set of requests. */
export function createPendingRequests(): PendingRequests {
  const leaving = new Set<() => void>();
  let round = 0;
  return {
    enter() {
      const entered = round;
      return {
        wait(ms, signal) {
          return new Promise((resolve, reject) => {
            const timer = ms > longestTimerMs ? undefined : setTimeout(() => leave(() => resolve(true)), ms);
            const giveUp = () => leave(() => reject(signal?.reason));
            const beEnded = () => leave(() => resolve(false));
            function leave(settle: () => void): void {
              clearTimeout(timer);
              signal?.removeEventListener('abort', giveUp);
              leaving.delete(beEnded);
              settle();
            }
            signal?.addEventListener('abort', giveUp);
            leaving.add(beEnded);
            if (signal?.aborted === true) giveUp();
            else if (entered !== round) beEnded();
          });
        },
      };
    },
    endAll() {
      round += 1;
      for (const leave of [...leaving]) leave();
    },
  };
}

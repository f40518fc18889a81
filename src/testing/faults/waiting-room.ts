/** Requests that are kept waiting on purpose. */
export interface WaitingRoom {
  /** Lets a request in. What it gets is good until everybody is sent out. */
  enter(): Visitor;
  /** Ends every wait, also of those who are in and do not wait yet. */
  sendOut(): void;
}

/** A request in the waiting room. */
export interface Visitor {
  /**
   * Waits so many ms, or for ever with Infinity. True when the time is over, false when everybody was sent out meanwhile;
   * rejects with the signal's reason when the caller gives up.
   */
  wait(ms: number, signal: AbortSignal | null): Promise<boolean>;
}

/** The longest time that a timer takes. */
const longestTimerMs = 2_147_483_647;

/** An empty waiting room. */
export function createWaitingRoom(): WaitingRoom {
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
            const beSentOut = () => leave(() => resolve(false));
            function leave(settle: () => void): void {
              clearTimeout(timer);
              signal?.removeEventListener('abort', giveUp);
              leaving.delete(beSentOut);
              settle();
            }
            signal?.addEventListener('abort', giveUp);
            leaving.add(beSentOut);
            if (signal?.aborted === true) giveUp();
            else if (entered !== round) beSentOut();
          });
        },
      };
    },
    sendOut() {
      round += 1;
      for (const leave of [...leaving]) leave();
    },
  };
}

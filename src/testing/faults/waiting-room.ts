/** Requests that are kept waiting on purpose. */
export interface WaitingRoom {
  /**
   * Waits so many ms, or for ever with Infinity. True when the time is over, false when the simulator was closed
   * meanwhile; rejects with the signal's reason when the caller gives up.
   */
  wait(ms: number, signal: AbortSignal | null): Promise<boolean>;
  /** Ends every wait. */
  close(): void;
}

/** An empty waiting room. */
export function createWaitingRoom(): WaitingRoom {
  const leaving = new Set<() => void>();
  return {
    wait(ms, signal) {
      return new Promise((resolve, reject) => {
        const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(() => leave(() => resolve(true)), ms);
        const giveUp = () => leave(() => reject(signal?.reason));
        const beClosed = () => leave(() => resolve(false));
        function leave(settle: () => void): void {
          clearTimeout(timer);
          signal?.removeEventListener('abort', giveUp);
          leaving.delete(beClosed);
          settle();
        }
        signal?.addEventListener('abort', giveUp);
        leaving.add(beClosed);
        if (signal?.aborted === true) giveUp();
      });
    },
    close() {
      for (const leave of [...leaving]) leave();
    },
  };
}

/** The time at the service, from its responses: the clock of this machine may be wrong. */

/** @internal The clock of the service. Until the first response it is that of this machine. */
export class ServerClock {
  #aheadMs = 0;

  /** Takes the time from the `Date` of a response, where there is one. */
  read(headers: Headers): void {
    const date = Date.parse(headers.get('date') ?? '');
    if (Number.isFinite(date)) this.#aheadMs = date - Date.now();
  }

  /** Milliseconds since 1970 at the service. */
  readonly now = (): number => Date.now() + this.#aheadMs;
}

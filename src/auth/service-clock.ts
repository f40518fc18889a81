/** Which time it is at the service, according to its responses. */

// Less is no reason for a refusal: the service is known to be patient for minutes.
const noticeableSkewMs = 60_000;

/** @internal The local clock, corrected once the service has refused a signature for its date. */
export class ServiceClock {
  #offsetMs = 0;

  /** The time at the service, in milliseconds since 1970-01-01 UTC. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Takes the time from a rejection, and returns whether the request was dated more than a minute away from it. */
  correct(signedAt: number, headers: Headers): boolean {
    const time = Date.parse(headers.get('date') ?? '');
    if (!(Math.abs(time - signedAt) > noticeableSkewMs)) return false;
    this.#offsetMs = time - Date.now();
    return true;
  }
}

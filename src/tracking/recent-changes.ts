/** Which tasks were created or started lately: for some seconds the service may not know them yet. */

/** @internal How long the service may show a task as it was before an accepted change, in milliseconds. */
export const lagMs = 30_000;

/** @internal Remembers for each task of one client when it was created or started, as long as reads may lag behind that. */
export class RecentChanges {
  readonly #endsAt = new Map<string, number>();

  /** The task was created or started just now. */
  note(id: string): void {
    const now = performance.now();
    this.#endsAt.delete(id);
    // The oldest come first, so this ends at the first one that still counts.
    for (const [known, endsAt] of this.#endsAt) {
      if (endsAt > now) break;
      this.#endsAt.delete(known);
    }
    this.#endsAt.set(id, now + lagMs);
  }

  /** Until when a 404 for this task says nothing. */
  endOf(id: string): number {
    return this.#endsAt.get(id) ?? -Infinity;
  }
}

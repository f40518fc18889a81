/** One watch of a fleet for any number of readers. */
import {
  type Cursor,
  type FleetProgress,
  type FleetTargets,
  MigrationFailedError,
  type SmsClient,
  type Tasks,
} from '@org/sms-client';
import { FleetBoard, type FleetRow } from '../show/fleet-board.js';

/** A row, with a hint for a failed task. */
export interface FeedRow extends FleetRow {
  readonly failure?: { readonly where: string; readonly meaning: string; readonly hint: string } | undefined;
}

/** An event for readers: everything at first, then the changes. */
export interface FeedEvent {
  readonly rows: readonly FeedRow[];
  readonly total: FleetProgress;
  /** Why the watch ended with an error. The next reader begins a new one. */
  readonly problem?: string | undefined;
}

type Reader = (event: FeedEvent) => void;

/**
 * Watches while there are readers: the first one begins the watch, the last one ends it, and the next one continues it. So a page
 * without readers sends no requests.
 */
export class FleetFeed {
  readonly #sms: SmsClient;
  readonly #target: Parameters<Tasks['watchMany']>[0];
  readonly #intervalMs: number | undefined;
  readonly #board = new FleetBoard();
  readonly #cursors = new Map<string, Cursor>();
  readonly #failures = new Map<string, FeedRow['failure']>();
  readonly #readers = new Set<Reader>();
  readonly #changed = new Set<string>();
  #watch: AbortController | undefined;

  constructor(sms: SmsClient, target: Parameters<Tasks['watchMany']>[0], intervalMs?: number | undefined) {
    this.#sms = sms;
    this.#target = target;
    this.#intervalMs = intervalMs;
  }

  /** Sends a reader everything at once, then every change. Returns a function that ends it. */
  join(reader: Reader): () => void {
    this.#readers.add(reader);
    if (this.#watch === undefined) void this.#begin();
    reader(this.readAll());
    return () => {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#watch?.abort();
    };
  }

  /** The last known state of everything. */
  readAll(): FeedEvent {
    return this.#describe(this.#board.rows.keys());
  }

  async #begin(): Promise<void> {
    const watch = new AbortController();
    this.#watch = watch;
    const { signal } = watch;
    const options = { intervalMs: this.#intervalMs, signal };
    let problem: string | undefined;
    try {
      for await (const change of this.#sms.tasks.watchMany(this.#resume(), options)) {
        const { id, outcome } = this.#board.take(change);
        if (change.cursor !== null) this.#cursors.set(id, change.cursor);
        this.#announce(id);
        if (outcome === 'failed' && !this.#failures.has(id)) void this.#explain(id, signal);
        if (outcome !== 'failed') this.#failures.delete(id);
      }
    } catch (error) {
      if (!signal.aborted) problem = error instanceof Error ? error.message : String(error);
    }
    if (this.#watch === watch) this.#watch = undefined;
    if (problem !== undefined) this.#send({ ...this.#describe([]), problem });
    // A new reader came while the watch was ending.
    if (signal.aborted && this.#readers.size > 0 && this.#watch === undefined) void this.#begin();
  }

  // Continues from the cursors of the earlier watch, so that percentages do not run backwards.
  #resume(): FleetTargets {
    const target = this.#target;
    return Array.isArray(target) ? target.map((id: string) => this.#cursors.get(id) ?? id) : target;
  }

  // Lists do not say why a task failed and in which round, so the task is read once.
  async #explain(id: string, signal: AbortSignal): Promise<void> {
    const error = await this.#sms.tasks.waitFor(id, { maxWaitMs: 30_000, signal }).catch((reason: unknown) => reason);
    if (!(error instanceof MigrationFailedError)) return;
    const where = [error.step?.name, error.round, error.code].filter((part) => part).join(' · ');
    this.#failures.set(id, { where, meaning: error.meaning, hint: error.hint });
    this.#announce(id);
  }

  // All changes of one poll are sent together.
  #announce(id: string): void {
    if (this.#changed.size === 0) setImmediate(() => this.#flush());
    this.#changed.add(id);
  }

  #flush(): void {
    const event = this.#describe(this.#changed);
    this.#changed.clear();
    this.#send(event);
  }

  #send(event: FeedEvent): void {
    for (const reader of this.#readers) reader(event);
  }

  #describe(ids: Iterable<string>): FeedEvent {
    const rows = [...ids].flatMap((id) => {
      const row = this.#board.rows.get(id);
      return row === undefined ? [] : [{ ...row, failure: this.#failures.get(id) }];
    });
    return { rows, total: this.#board.sumUp() };
  }
}

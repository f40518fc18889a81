/** The two clocks of a simulator. Neither uses a timer: time is only ever read. */
export interface Clock {
  /** The wall clock in ms since 1970: tokens, throttling, lags. It never runs backwards. */
  wall(): number;
  /** The clock of the machine, even when it was set back. For the date of a signature and the Date header. */
  machine(): number;
  /** The migration clock in whole ms since 1970: everything about a task. */
  migration(): number;
  /** The migration time at a time of the wall clock, at the earliest that of the beginning. */
  migrationAt(wall: number): number;
  /** Moves the migration clock forward by this many ms. */
  advance(ms: number): void;
}

/** How many leaps of the migration clock are remembered. Older ones count as if they had always been there. */
const rememberedLeaps = 10_000;

/** Both clocks, started now; the migration clock runs `speed` times as fast as `now`. */
export function createClock(speed: number, now: () => number): Clock {
  const start = now();
  let last = start;
  let elapsed = 0;
  let advanced = 0;
  let leaps: { readonly wall: number; readonly before: number }[] = [];

  function wall(): number {
    const current = now();
    // Set back: the time since the last call is unknown, so time goes on from there.
    if (current > last) elapsed += current - last;
    if (Number.isFinite(current)) last = current;
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

/** Items by id, as they are at one time. */
export interface Collection<Item> {
  /** The item with this id. */
  get(id: string): Item | undefined;
  /** Whether there is an item with this id. */
  has(id: string): boolean;
  /** All items, oldest first. */
  values(): Item[];
  /** Adds or replaces an item. Items are never changed in place, because earlier reads still show them. */
  set(id: string, item: Item): void;
  /** Removes an item. */
  delete(id: string): void;
  /** The items as they were after this many changes. Read only. */
  at(sequence: number): Collection<Item>;
  /** Number of the last change of one item, or of any item. 0 when there was none. */
  lastChange(id?: string): number;
}

/** A change of any item in any collection. */
export interface Change {
  /** Its number, counted from 1. */
  readonly sequence: number;
  /** When it was made, on the wall clock. */
  readonly wall: number;
  /** The migration time then. */
  readonly migration: number;
}

/** Every change of a simulator's items, so that reads can show the past. */
export interface History {
  /** An empty collection whose changes are recorded here. `isOver` says whether an item is no longer visible. */
  createCollection<Item>(isOver?: (item: Item) => boolean): Collection<Item>;
  /** Begins to count changes. Earlier items count as always there. */
  begin(): void;
  /** The change with this number, when it is still remembered. */
  find(sequence: number): Change | undefined;
  /** Number of the last change at a time of the wall clock. */
  sequenceAt(wall: number): number;
}

interface Version<Item> {
  readonly sequence: number;
  /** Undefined after the deletion. */
  readonly item: Item | undefined;
}

/** Drops versions that were replaced before a change. */
type Forget = (id: string, before: number) => void;

/** How many changes lag and stale can go back. */
const rememberedChanges = 10_000;

/** A history without any change. */
export function createHistory(times: () => Omit<Change, 'sequence'>): History {
  let begun = false;
  let sequence = 0;
  let changes: (Change & { readonly id: string; readonly forget: Forget })[] = [];

  function record(id: string, forget: Forget): number {
    if (!begun) return 0;
    sequence += 1;
    changes.push({ sequence, ...times(), id, forget });
    if (changes.length >= 2 * rememberedChanges) forgetOldest();
    return sequence;
  }

  function forgetOldest(): void {
    const oldest = changes.slice(0, rememberedChanges);
    changes = changes.slice(rememberedChanges);
    const before = changes[0]?.sequence ?? 0;
    for (const forget of new Set(oldest.map((change) => change.forget))) {
      const ids = oldest.filter((change) => change.forget === forget).map(({ id }) => id);
      for (const id of new Set(ids)) forget(id, before);
    }
  }

  function createCollection<Item>(isOver: (item: Item) => boolean = () => false): Collection<Item> {
    const versions = new Map<string, Version<Item>[]>();
    let last = 0;

    // Versions that no read can show any more are dropped.
    function forget(id: string, before: number): void {
      const known = versions.get(id) ?? [];
      const first = known.findLastIndex((version) => version.sequence < before);
      const kept = known.slice(Math.max(0, first));
      const [only] = kept;
      const isDropped = kept.length < 2 && (only?.item === undefined || isOver(only.item));
      if (isDropped) versions.delete(id);
      else versions.set(id, kept);
    }

    function change(id: string, item: Item | undefined): void {
      const known = versions.get(id) ?? [];
      last = record(id, forget);
      // An item that is created again after its deletion is the youngest again.
      if (known.at(-1)?.item === undefined) versions.delete(id);
      if (!begun) known.length = 0;
      known.push({ sequence: last, item });
      versions.set(id, known);
    }

    function view(find: (known: readonly Version<Item>[]) => Version<Item> | undefined): Collection<Item> {
      const get = (id: string) => find(versions.get(id) ?? [])?.item;
      const fail = (): never => {
        throw new Error('The past cannot be changed');
      };
      return {
        get,
        has: (id) => get(id) !== undefined,
        values: () => [...versions.values()].flatMap((known) => find(known)?.item ?? []),
        set: fail,
        delete: fail,
        at: (other) => view((known) => known.findLast((version) => version.sequence <= other)),
        lastChange: (id) => (id === undefined ? last : (versions.get(id)?.at(-1)?.sequence ?? 0)),
      };
    }

    return {
      ...view((known) => known.at(-1)),
      set: change,
      delete: (id) => {
        if (versions.get(id)?.at(-1)?.item !== undefined) change(id, undefined);
      },
    };
  }

  return {
    createCollection,
    begin: () => {
      begun = true;
    },
    find: (wanted) => changes[wanted - (changes[0]?.sequence ?? 0)],
    sequenceAt: (wall) =>
      changes.findLast((change) => change.wall <= wall)?.sequence ?? Math.max(0, (changes[0]?.sequence ?? 1) - 1),
  };
}

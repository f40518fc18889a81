/** The two clocks of a simulator. Neither uses a timer: time is only ever read. */
export interface Clock {
  /** The wall clock in ms since 1970: tokens, throttling, lags. It never runs backwards. */
  wall(): number;
  /** The clock of the machine as it is, also when it was set back: what the date of a signature is compared with, and what the Date header shows. */
  machine(): number;
  /** The migration clock in whole ms since 1970: everything about a task. */
  migration(): number;
  /** What the migration clock showed at a time of the wall clock; before the beginning, what it showed at the beginning. */
  migrationAt(wall: number): number;
  /** Moves the migration clock on by so many ms. */
  advance(ms: number): void;
}

/** So many leaps of the migration clock are remembered; older ones count as if they had always been. */
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
  /** Puts an item there, or another one in its place. Items are never changed in place: earlier readers still see them. */
  set(id: string, item: Item): void;
  /** Takes an item away. */
  delete(id: string): void;
  /** The same items as they were after so many changes. Read only. */
  at(sequence: number): Collection<Item>;
  /** Number of the last change of one item, or of any; 0 when it was there from the beginning. */
  lastChange(id?: string): number;
}

/** A change of any item on any collection. */
export interface Change {
  /** Its number, counted from 1. */
  readonly sequence: number;
  /** When it was made, on the wall clock. */
  readonly wall: number;
  /** What the migration clock showed then. */
  readonly migration: number;
}

/** Every change of a simulator's items, so that reads can show what was before. */
export interface History {
  /** An empty collection whose changes are recorded here. `isOver` says whether an item is no longer visible. */
  createCollection<Item>(isOver?: (item: Item) => boolean): Collection<Item>;
  /** From now on changes are counted; what was put on a collection before has always been there. */
  begin(): void;
  /** The change with this number, when it is still remembered. */
  find(sequence: number): Change | undefined;
  /** Number of the last change at a time of the wall clock. */
  sequenceAt(wall: number): number;
}

interface Version<Item> {
  readonly sequence: number;
  /** Undefined from the deletion on. */
  readonly item: Item | undefined;
}

/** Drops what was replaced before a change. */
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
      // Created again after its deletion, it is the youngest again.
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

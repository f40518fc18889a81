import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PagedList, type Place, walkOnce, walkPages } from '../../src/tracking/walk-pages.js';
import { Scope, SignalHub } from '../../src/transport/scope.js';
import { collect } from '../support/collect.js';

type Change = (items: string[]) => void;

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `t-${index}`);
const openScope = (limits: object) => new Scope(new SignalHub(), limits);

/** A list that others change, one change before each request, with the quirks of a service. */
function makeList(
  items: string[],
  options: Partial<PagedList<string>> & {
    limit?: number;
    changes?: Change[];
    cap?: number;
    lose?: number;
    count?: ((all: number) => unknown) | undefined;
  } = {},
) {
  const { cap = 1_000, changes: given = [], count = (all: number) => all, limit = 4, lose = 0, ...rest } = options;
  const changes = [...given];
  const places: Place[] = [];
  const list: PagedList<string> = {
    operation: 'ListThings',
    first: { offset: 0, limit },
    largestPage: 4,
    identify: (id) => id,
    read: async (place) => {
      changes.shift()?.(items);
      places.push(place);
      const page = items.slice(place.offset, place.offset + Math.min(place.limit, cap));
      return { count: count(items.length), items: page.slice(0, Math.max(0, page.length - lose)) };
    },
    ...rest,
  };
  return { list, places, walk: () => walkPages(list, openScope, undefined) };
}

const remove =
  (at: number): Change =>
  (items) =>
    items.splice(at % Math.max(1, items.length), 1);
const add =
  (at: number, id: string): Change =>
  (items) =>
    items.splice(at % (items.length + 1), 0, id);
const move =
  (from: number, to: number): Change =>
  (items) =>
    items.splice(to % Math.max(1, items.length), 0, ...items.splice(from % Math.max(1, items.length), 1));

/** What anybody may do to a list between two requests. `move` would need an order that no walk can follow. */
const change = fc.oneof(
  fc.nat(40).map(remove),
  fc.tuple(fc.nat(40), fc.nat(1_000)).map(([at, number]) => add(at, `new-${number}`)),
  // One leaves, another comes: the count says nothing.
  fc.tuple(fc.nat(40), fc.nat(40), fc.nat(1_000)).map(
    ([from, to, number]): Change =>
      (items) => {
        remove(from)(items);
        add(to, `new-${number}`)(items);
      },
  ),
  fc.constant<Change>(() => undefined),
);

describe('walkPages', () => {
  it('yields everything that was there all the time, and nothing twice, whatever happens between the pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(30),
        fc.integer({ min: 1, max: 4 }),
        fc.array(change, { maxLength: 12 }),
        fc.integer({ min: 2, max: 5 }),
        async (size, limit, changes, cap) => {
          const items = idsOf(size);
          const yielded = await collect(makeList(items, { limit, changes, cap }).walk());
          expect(new Set(yielded).size).toBe(yielded.length);
          const stayed = idsOf(size).filter((id) => items.includes(id));
          expect(stayed.filter((id) => !yielded.includes(id))).toEqual([]);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('yields everything whatever the loop does: delete each, every other one, or replace each', async () => {
    const actions: Record<string, (items: string[], id: string) => void> = {
      delete: (items, id) => items.splice(items.indexOf(id), 1),
      'delete every other one': (items, id) => {
        if (Number(id.slice(2)) % 2 === 0) items.splice(items.indexOf(id), 1);
      },
      replace: (items, id) => {
        if (!id.startsWith('t-')) return;
        items.splice(items.indexOf(id), 1);
        items.push(`new-${id}`);
      },
    };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(actions)), fc.nat(60), async (name, size) => {
        const items = idsOf(size);
        const yielded: string[] = [];
        for await (const id of makeList(items).walk()) {
          yielded.push(id);
          actions[name]?.(items, id);
        }
        expect(new Set(yielded).size).toBe(yielded.length);
        expect(yielded).toEqual(expect.arrayContaining(idsOf(size)));
      }),
    );
  });

  it('yields everything from a service whose pages are short, lose their end, or miscount', async () => {
    const counts: Record<string, (all: number) => unknown> = {
      none: () => null,
      nothing: () => undefined,
      text: (all) => String(all),
      zero: () => 0,
      'one too few': (all) => all - 1,
      'too many': (all) => all + 7,
      half: (all) => Math.floor(all / 2),
      'not a number': () => Number.NaN,
    };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(30),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(...Object.keys(counts)),
        async (size, limit, cap, name) => {
          // A count that fits a page which is short for no reason is beyond doubt.
          fc.pre(cap > limit || !['one too few', 'half'].includes(name));
          expect(await collect(makeList(idsOf(size), { limit, cap, count: counts[name] }).walk())).toEqual(idsOf(size));
        },
      ),
      { numRuns: 500 },
    );
    expect(await collect(makeList(idsOf(9), { limit: 3, lose: 1 }).walk())).toEqual(idsOf(8));
  });

  it('follows a changing order: what moved to the front is found in another walk', async () => {
    const items = idsOf(12);
    const yielded = await collect(makeList(items, { changes: [() => undefined, move(9, 0)] }).walk());
    expect(yielded.sort()).toEqual(idsOf(12).sort());
  });

  it('ends although the service ignores the offset, or keeps moving its list', async () => {
    const still = makeList(idsOf(4), { count: () => null });
    const stuck = { ...still.list, read: (place: Place) => still.list.read({ ...place, offset: 0 }, aborted) };
    expect(await collect(walkPages(stuck, openScope, undefined))).toEqual(idsOf(4));
    const changes = Array.from({ length: 1_000 }, () => move(0, 11));
    const { places, walk } = makeList(idsOf(12), { changes });
    expect((await collect(walk())).sort()).toEqual(idsOf(12).sort());
    expect(places.length).toBeLessThan(60);
  });

  it('needs one walk over a list that does not change, in pages that overlap by one item', async () => {
    const { places, walk } = makeList(idsOf(8), { limit: 3 });
    await collect(walk());
    expect(places).toEqual([
      { offset: 0, limit: 3 },
      { offset: 2, limit: 4 },
      { offset: 5, limit: 4 },
    ]);
  });

  it('reads a list up to the last item that the service returns', async () => {
    const { list, walk } = makeList(idsOf(14), { largestOffset: 10 });
    expect(await collect(walk())).toEqual(idsOf(14));
    expect(await collect(makeList(idsOf(13), { largestOffset: 10, limit: 1, count: () => null }).walk())).toEqual(
      idsOf(13),
    );
    expect(list.largestOffset).toBe(10);
  });

  it('refuses a longer list before the first item, and one without a count at the last readable item', async () => {
    const longer = makeList(idsOf(15), { largestOffset: 10 });
    const iterator = longer.walk()[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: 'query', received: 'one with 15 matches' }],
    });
    expect(longer.places).toHaveLength(1);
    const seen: string[] = [];
    const read = async () => {
      for await (const id of makeList(idsOf(15), { largestOffset: 10, count: () => null }).walk()) seen.push(id);
    };
    await expect(read()).rejects.toMatchObject({ name: 'InvalidRequestError' });
    expect(seen).toEqual(idsOf(14));
  });

  it('throws the error of a page after the items before it', async () => {
    const { list } = makeList(idsOf(8));
    const read = (place: Place) =>
      place.offset === 0 ? list.read(place, aborted) : Promise.reject(new Error('refused'));
    const seen: string[] = [];
    const walk = async () => {
      for await (const id of walkPages({ ...list, read }, openScope, undefined)) seen.push(id);
    };
    await expect(walk()).rejects.toThrow('refused');
    expect(seen).toEqual(idsOf(4));
  });
});

describe('walkOnce', () => {
  it('reads the fewest pages when it need not be thorough, and reports whether it saw everything', async () => {
    const { list, places } = makeList(idsOf(12), { thorough: false });
    expect(await drain(list)).toEqual({ isWhole: true, moved: false, count: 12 });
    expect(places.map(({ offset }) => offset)).toEqual([0, 4, 8]);
    const shrinking = makeList(idsOf(12), { thorough: false, changes: [() => undefined, remove(0)] });
    expect(await drain(shrinking.list)).toMatchObject({ isWhole: false, moved: true });
    const lying = makeList(idsOf(3), { count: () => 10 });
    expect(await drain(lying.list)).toEqual({ isWhole: false, moved: false, count: 10 });
  });

  it('reads the next page while one is used', async () => {
    const { list, places } = makeList(idsOf(8));
    const pages = walkOnce(list, aborted);
    await pages.next();
    expect(places).toHaveLength(2);
    await pages.return({ isWhole: false, moved: false, count: undefined });
  });
});

const aborted = new AbortController().signal;

async function drain(list: PagedList<string>) {
  const pages = walkOnce(list, aborted);
  for (;;) {
    const step = await pages.next();
    if (step.done) return step.value;
  }
}

/** Pages that miss nothing: one walk through a list, and walks until one of them saw all of it. */
import { InvalidRequestError } from '../errors.js';
import type { OpenScope } from '../transport/scope.js';
import { makeIterable } from './make-iterable.js';

/** @internal A place in a list. */
export interface Place {
  /** Items to skip. */
  readonly offset: number;
  /** Items to read at most. */
  readonly limit: number;
}

/** @internal A page of a list. */
export interface PageOf<Item> {
  /** The number of all matches, as far as the service says one. */
  readonly count: unknown;
  readonly items: readonly Item[];
}

/** @internal A list of the service, and how to read it. */
export interface PagedList<Item> {
  /** The operation that reads a page, for messages. */
  readonly operation: string;
  /** Where to begin, and how many items a page has. */
  readonly first: Place;
  /** The most items that the service takes in one page. */
  readonly largestPage: number;
  /** The most items that the service skips; left out when there is no limit. */
  readonly largestOffset?: number | undefined;
  /**
   * Whether each page begins with the last item of the page before, which shows a list that moved in between although its count is
   * the same, and whether a full page is followed by another although the count says that it is the last. True when left out.
   */
  readonly thorough?: boolean | undefined;
  /** Reads a page. */
  readonly read: (place: Place, signal: AbortSignal) => Promise<PageOf<Item>>;
  /** What distinguishes an item from others. */
  readonly identify: (item: Item) => unknown;
}

/** @internal What a walk saw. */
export interface Walk {
  /** Whether everything was seen that was in the list from the beginning of the walk to its end. */
  readonly isWhole: boolean;
  /** Whether items moved between two pages. */
  readonly moved: boolean;
  /** The number of all matches in the last page that said one that can be true. */
  readonly count: number | undefined;
}

/** Walks in a row that show nothing new although the list moves, after which it is not read again. */
const mostIdleWalks = 5;
/** Pages in a row without anything new that end a walk: the service may take no notice of the offset. */
const mostIdlePages = 3;

/**
 * @internal Yields the items of all pages, none of them twice. Whatever was in the list all the time is yielded: a list that moved
 * between two pages is read again until a walk saw all of it, or no longer shows anything new. The next page is read while the
 * items of one are used, and a page that fails is thrown after the items before it.
 *
 * @throws {@link InvalidRequestError} when the list is longer than the service lets us read, before the first item where the
 * service says how long it is.
 */
export function walkPages<Item>(
  list: PagedList<Item>,
  openScope: OpenScope,
  signal: AbortSignal | undefined,
): AsyncIterable<Item> {
  const limits = () => ({ signal });
  return makeIterable(openScope, limits, async function* (scope) {
    scope.throwIfEnded();
    const yielded = new Set<unknown>();
    let idleWalks = 0;
    for (let isFirst = true; ; isFirst = false) {
      const before = yielded.size;
      const pages = walkOnce(list, scope.signal);
      let step = await pages.next();
      for (; !step.done; step = await pages.next()) {
        for (const item of step.value) {
          const id = list.identify(item);
          if (yielded.has(id)) continue;
          yielded.add(id);
          yield item;
        }
      }
      const { isWhole, moved } = step.value;
      idleWalks = isFirst || yielded.size > before ? 0 : idleWalks + 1;
      if (isWhole || idleWalks >= (moved ? mostIdleWalks : 1)) return;
    }
  });
}

/**
 * @internal Reads the pages of a list once, each while the items of the one before are used, and yields them as they come: an item
 * appears twice when the list moved. Pages advance by what came. An empty page is the end, and so is a count that fits what came.
 * Reading ends with the signal.
 *
 * @throws {@link InvalidRequestError} when the list is longer than the service lets us read.
 */
export async function* walkOnce<Item>(
  list: PagedList<Item>,
  signal: AbortSignal,
): AsyncGenerator<readonly Item[], Walk, undefined> {
  const { first, identify, largestOffset = Infinity, largestPage, thorough = true } = list;
  const reach = largestOffset + largestPage;
  const seen = new Set<unknown>();
  let place = first;
  let page = fetch(list, place, signal);
  /** How many items of the list the pages so far cover. */
  let end = first.offset;
  let lastId: unknown;
  let lastCount: number | undefined;
  let count: number | undefined;
  let moved = false;
  let idlePages = 0;

  for (;;) {
    const { count: saidCount, items } = await page;
    const fresh = takeFresh(items);
    const isStuck = !advance(items.length);
    readCount(saidCount);
    idlePages = remember(fresh) ? 0 : idlePages + 1;
    const isEnd = items.length === 0 || idlePages >= mostIdlePages || isLast(items.length, isStuck);
    const isReachable = end < (isStuck ? largestOffset + 1 : reach);
    if (!isEnd && isReachable) {
      place = findNext(isStuck);
      if (thorough) page = fetch(list, place, signal);
    }
    if (fresh.length > 0) yield fresh;
    if (!isEnd && !isReachable) throw tooLong(list, 'more');
    if (isEnd) return { isWhole: !moved && first.offset + seen.size >= (count ?? 0), moved, count };
    // A caller that needs few requests may leave before the next page is requested.
    if (!thorough) page = fetch(list, place, signal);
  }

  function takeFresh(items: readonly Item[]): readonly Item[] {
    const known = end - place.offset;
    if (known === 0) return items;
    const last = items[known - 1];
    if (last !== undefined && identify(last) === lastId) return items.slice(known);
    moved = true;
    return items;
  }

  function advance(length: number): boolean {
    const before = end;
    end = Math.max(end, place.offset + length);
    return end > before;
  }

  function readCount(said: unknown): void {
    if (typeof said !== 'number') return;
    if (lastCount !== undefined && said < lastCount) moved = true;
    lastCount = said;
    count = said >= end ? said : undefined;
    if (count !== undefined && count > reach) throw tooLong(list, `one with ${count} matches`);
  }

  function remember(items: readonly Item[]): boolean {
    const before = seen.size;
    for (const item of items) {
      lastId = identify(item);
      if (seen.has(lastId)) moved = true;
      seen.add(lastId);
    }
    return seen.size > before;
  }

  function isLast(length: number, isStuck: boolean): boolean {
    const isFull = length >= place.limit;
    if (count === end) return !thorough || !isFull || end >= reach;
    return isStuck && !isFull && end > largestOffset;
  }

  // A page with nothing but what was known says nothing of what follows: then the next one begins behind it.
  function findNext(isStuck: boolean): Place {
    const offset = Math.min(thorough && !isStuck ? end - 1 : end, largestOffset);
    const limit = Math.min(largestPage, first.limit + end - offset);
    return { offset, limit: Math.max(first.limit, limit) };
  }
}

function fetch<Item>(list: PagedList<Item>, place: Place, signal: AbortSignal): Promise<PageOf<Item>> {
  const page = list.read(place, signal);
  // No one waits for it when the loop was left.
  page.catch(() => undefined);
  return page;
}

function tooLong<Item>({ largestOffset = 0, largestPage, operation }: PagedList<Item>, received: string): Error {
  const reach = largestOffset + largestPage;
  const expected = `a query with at most ${reach} matches, as the service skips no more than ${largestOffset} items`;
  return new InvalidRequestError(operation, [{ path: 'query', expected, received }]);
}

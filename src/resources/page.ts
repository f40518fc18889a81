/** Offset pages → async iterator. */
import type { RequestOptions } from '../transport/request-options.js';
import type { OpenScope } from '../transport/scope.js';

/** @internal One page, whatever the service calls its list. */
export interface Page<Item> {
  /** Number of all matches, when the service says it. */
  readonly count: number | null | undefined;
  readonly items: readonly Item[];
}

/** @internal How to walk through a list. */
export interface PageWalk<Item> {
  /** Items on a page. */
  readonly limit: number;
  /** Where to begin. */
  readonly offset: number;
  readonly read: (limit: number, offset: number, options: RequestOptions) => Promise<Page<Item>>;
  /** What an item is told apart by; an item without is always yielded. */
  readonly identify: (item: Item) => unknown;
}

/**
 * @internal Yields the items of all pages. The next page is fetched while one is read; an item that moved to a later page because
 * others were added in the meantime is not yielded twice; leaving the loop ends the fetch that is under way.
 */
export async function* walkPages<Item>(
  { identify, limit, offset: first, read }: PageWalk<Item>,
  openScope: OpenScope,
  options: RequestOptions = {},
): AsyncGenerator<Item, void, undefined> {
  const scope = openScope({ signal: options.signal });
  const fetch = (offset: number) => {
    const page = read(limit, offset, { ...options, signal: scope.signal });
    // Nobody waits for it any more when the consumer has left.
    page.catch(() => undefined);
    return page;
  };
  const seen = new Set<unknown>();
  try {
    scope.throwIfEnded();
    let offset = first;
    let next: Promise<Page<Item>> | undefined = fetch(offset);
    while (next !== undefined) {
      const { count, items }: Page<Item> = await next;
      offset += items.length;
      const hasMore: boolean = items.length > 0 && (typeof count === 'number' ? offset < count : items.length >= limit);
      next = hasMore ? fetch(offset) : undefined;
      for (const item of items) {
        const id = identify(item);
        if (id !== undefined && id !== null && seen.has(id)) continue;
        seen.add(id);
        yield item;
      }
    }
  } finally {
    scope.cancel();
  }
}

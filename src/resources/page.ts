/** Offset pages → async iterator. */
import { ResponseFormatError } from '../errors.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { OpenScope } from '../transport/scope.js';

interface PageQuery {
  readonly limit?: number | null | undefined;
  readonly offset?: number | null | undefined;
}

type Page<Key extends string, Item> = { readonly count?: number | null | undefined } & {
  readonly [Name in Key]: readonly Item[];
};

/** @internal How to walk through a list. */
export interface PageWalk<Query extends PageQuery, Key extends string, Item> {
  /** What to list. A `limit` in it is the size of the pages, an `offset` is where to begin. */
  readonly query: Query;
  /** The largest page that the service answers. */
  readonly largestPage: number;
  /** What the service calls its list. */
  readonly key: Key;
  /** Reads one page. `count` is the number of all matches, when the service says it. */
  readonly list: (query: Query & PageQuery, options: RequestOptions) => Promise<Page<Key, Item>>;
  /** What an item is told apart by; an item without is always yielded. */
  readonly identify: (item: Item) => unknown;
}

/**
 * @internal Yields the items of all pages. The next page is fetched while one is read; an item that moved to a later page because
 * others were added in the meantime is not yielded twice; leaving the loop ends the fetch that is under way.
 */
export async function* walkPages<Query extends PageQuery, Key extends string, Item>(
  { identify, key, largestPage, list, query }: PageWalk<Query, Key, Item>,
  openScope: OpenScope,
  options: RequestOptions = {},
): AsyncGenerator<Item, void, undefined> {
  const limit = query.limit || largestPage;
  const scope = openScope({ signal: options.signal });
  const fetch = (offset: number) => {
    const page = list({ ...query, limit, offset }, { ...options, signal: scope.signal });
    // Nobody waits for it any more when the consumer has left.
    page.catch(() => undefined);
    return page;
  };
  const seen = new Set<unknown>();
  try {
    scope.throwIfEnded();
    let offset = query.offset ?? 0;
    let next: Promise<Page<Key, Item>> | undefined = fetch(offset);
    while (next !== undefined) {
      const page: Page<Key, Item> = Object(await next);
      const { count } = page;
      const items: readonly Item[] = page[key];
      // With `responseValidation: 'warn'` it may be anything.
      if (!Array.isArray(items)) throw notListed(key);
      offset += items.length;
      const hasMore: boolean = items.length > 0 && (typeof count === 'number' ? offset < count : items.length >= limit);
      next = hasMore ? fetch(offset) : undefined;
      for (const item of items) {
        const id = identify(Object(item));
        if (id !== undefined && id !== null && seen.has(id)) continue;
        seen.add(id);
        yield item;
      }
    }
  } finally {
    scope.cancel();
  }
}

function notListed(key: string): ResponseFormatError {
  const issue = { path: key, expected: 'array', received: 'something else' };
  return new ResponseFormatError('A page of the list has no items', [issue], undefined);
}

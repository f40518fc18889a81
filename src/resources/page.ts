/** The lists of the service, and how all pages of one are read. */
import { ResponseFormatError } from '../errors.js';
import { type PageOf, type Place, walkPages } from '../tracking/walk-pages.js';
import { readArgument } from '../transport/read-argument.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';

/** What a list of the service calls its items, and how far it can be read. The facts know no largest offset of the others. */
const lists = {
  ListTasks: { key: 'tasks', largestPage: 200, largestOffset: 65_535 },
  ListServers: { key: 'source_servers', largestPage: 200 },
  ListErrorServers: { key: 'migration_errors', largestPage: 100, largestOffset: 65_535 },
  ListTemplates: { key: 'templates', largestPage: 100 },
  ListMigprojects: { key: 'migprojects', largestPage: 100, largestOffset: 65_535 },
} as const;

type Lists = typeof lists;

interface PageQuery {
  readonly limit?: number | null | undefined;
  readonly offset?: number | null | undefined;
}

type Page<Operation extends keyof Lists, Item> = { readonly count?: number | null | undefined } & {
  readonly [Name in Lists[Operation]['key']]: readonly Item[];
};

/**
 * @internal Yields the items of all pages of a list: none of them twice, and every one that is there all the time.
 *
 * @param read - reads one page
 * @param query - what to list; a `limit` in it is the size of the pages, an `offset` is where to begin
 *
 * @throws {@link InvalidRequestError} before the first item when the list is longer than the service lets us read.
 */
export function listAll<Operation extends keyof Lists, Item, Query extends PageQuery>(
  operation: Operation,
  read: (query: Query & PageQuery, options: RequestOptions) => Promise<Page<Operation, Item>>,
  query: Query,
  transport: Pick<Transport, 'host' | 'openScope'>,
  options: RequestOptions = {},
): AsyncIterable<Item> {
  const list: { key: Lists[Operation]['key']; largestPage: number; largestOffset?: number } = lists[operation];
  const readPage = async (place: Place, signal: AbortSignal): Promise<PageOf<Item>> => {
    // The caller refuses a value that is no object.
    const pageOptions = Object(options) === options ? { ...options, signal } : options;
    const page: Page<Operation, Item> = Object(await read({ ...query, ...place }, pageOptions));
    const items: readonly Item[] = page[list.key];
    // With `responseValidation: 'warn'` it may be anything.
    if (!Array.isArray(items)) throw notListed(`${operation} at ${transport.host}`, list.key);
    return { count: page.count, items };
  };
  const { limit, offset } = readArgument(operation, (): PageQuery => ({ ...Object(query) }));
  const first = { limit: limit || list.largestPage, offset: offset ?? 0 };
  return walkPages(
    { ...list, operation, first, read: readPage, identify },
    transport.openScope,
    (Object(options) as RequestOptions).signal,
  );
}

// The items of the list of failed servers have no id: a server with another error is another item.
function identify(item: unknown): unknown {
  const { error_json: error, id, source_id: source } = Object(item);
  if (typeof id === 'string' || typeof id === 'number') return id;
  if (typeof source === 'string') return JSON.stringify([source, error]);
  return JSON.stringify(item, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

function notListed(subject: string, key: string): ResponseFormatError {
  const issue = { path: key, expected: 'array', received: 'something else' };
  return new ResponseFormatError(`A page of ${subject} has no items`, [issue], undefined);
}

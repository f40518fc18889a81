import { readFlag, readNumber } from './body.js';
import { refuseInput, respondJson, type ServiceResponse } from './exchange.js';
import type { Call } from './route.js';

/** Query parameters of a call. */
export type Query = Readonly<Record<string, string>>;

/** How many items a list may show. */
export interface PageLimits {
  /** The default limit. */
  readonly standard: number;
  /** The largest limit. */
  readonly maximum: number;
  /** The largest offset. */
  readonly maximumOffset: number;
}

/** The largest number of the type int32, for counts whose limits are unknown. */
export const maximumInt32 = 2_147_483_647;

/** A whole number of the query, 0 when it is absent. Refuses anything but a whole number from 0 to the maximum. */
function readCount(query: Query, name: string, maximum: number): number {
  const text = query[name];
  if (text === undefined || text === '') return 0;
  const count = readNumber(text);
  if (count === null || !Number.isInteger(count) || count < 0 || count > maximum) {
    throw refuseInput(`The parameter ${name} must be a whole number from 0 to ${maximum}.`);
  }
  return count;
}

/**
 * The requested page of a list, and the count of all matching items, both as `faults.pages` says. ASSUMPTION: a limit of 0 means the standard one everywhere, as the reference says of source servers.
 */
export function respondPage<Item>(
  { pages, query }: Pick<Call, 'pages' | 'query'>,
  name: string,
  limits: PageLimits,
  matches: readonly Item[],
  describe: (item: Item) => unknown,
): ServiceResponse {
  const limit = Math.min(readCount(query, 'limit', limits.maximum) || limits.standard, pages.cap);
  const offset = readCount(query, 'offset', limits.maximumOffset);
  const page = matches.slice(offset, offset + limit);
  const shown = page.slice(0, Math.max(0, page.length - pages.lose)).map(describe);
  const count = pages.count === null ? {} : { count: pages.count(matches.length) };
  return respondJson({ ...count, [name]: shown });
}

/** Whether a value matches a filter. An absent or empty filter matches everything. */
export function passes(wanted: string | undefined, given: string): boolean {
  return wanted === undefined || wanted === '' || wanted === given;
}

/** Whether a text matches a filter. ASSUMPTION: filters of names match a part of the name. */
export function passesPart(wanted: string | undefined, given: string): boolean {
  return given.includes(wanted ?? '');
}

/** Refuses a filter that the reference does not list. */
export function refuseOtherWords(query: Query, name: string, words: readonly string[]): void {
  const word = query[name] ?? '';
  if (word !== '' && !words.includes(word)) {
    throw refuseInput(`The parameter ${name} must be one of ${words.join(', ')}.`);
  }
}

/** A flag of the query, null when it is absent. Refuses anything but `true` and `false`. */
export function readQueryFlag(query: Query, name: string): boolean | null {
  const text = query[name];
  if (text === undefined || text === '') return null;
  const flag = readFlag(text);
  if (flag === null) throw refuseInput(`The parameter ${name} must be true or false.`);
  return flag;
}

/** Whether an enterprise project matches its filter, which has a word for all projects. */
export function passesEnterpriseProject(query: Query, given: string): boolean {
  return query.enterprise_project_id === 'all_granted_eps' || passes(query.enterprise_project_id, given);
}

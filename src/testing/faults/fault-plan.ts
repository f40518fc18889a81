import { checkMembers, checkNumber, checkOptional, checkWhole, checkWord, show } from '../core/arguments.js';
import { type OperationId, operationIds, type Pages, wholePages } from '../core/route.js';
import { type ConnectionErrorCode, connectionErrorCodes } from './connection-errors.js';
import type { FailOptions, FaultMatch, Faults, MatchOptions, PageOptions, PendingFault } from './faults.js';
import type { RecordedRequest } from './recorded-request.js';

/** What happens to one request. */
export type Fault =
  | { readonly kind: 'cut' | 'truncate' | 'corrupt' | 'hang'; readonly performed: boolean }
  | { readonly kind: 'fail'; readonly performed: boolean; readonly status: number; readonly options: FailOptions }
  | { readonly kind: 'delay'; readonly performed: boolean; readonly ms: number }
  | { readonly kind: 'connection'; readonly code: ConnectionErrorCode }
  | { readonly kind: 'mutate'; readonly change: (body: unknown) => unknown }
  | { readonly kind: 'stale' };

/** The pending faults. */
export interface FaultPlan {
  /** What users of the simulator see. */
  readonly faults: Faults;
  /** How lists are shown now. */
  readonly pages: Pages;
  /** Takes the fault for this request; null when it succeeds. */
  take(request: RecordedRequest, isRead: boolean): Fault | null;
  /** How many ms a read lags; 0 when it does not. */
  lagOf(request: RecordedRequest): number;
  /** Whether the throttle refuses this request. */
  isThrottled(now: number): boolean;
}

/** What a plan needs from the service. */
export interface PlanParts {
  /** The operations of SMS that read. */
  readonly reads: readonly OperationId[];
  /** Ends every token that is valid now. */
  readonly killTokens: (standing: 'expired' | 'revoked') => void;
}

interface Entry {
  remaining: number;
  skip: number;
  fired: boolean;
  readonly match: FaultMatch | undefined;
  readonly fault: Fault;
}

/** A plan without any fault. */
export function createFaultPlan({ reads, killTokens }: PlanParts): FaultPlan {
  let entries: Entry[] = [];
  let lags: { readonly match: FaultMatch | undefined; readonly ms: number }[] = [];
  let pages = wholePages;
  let perSecond = Number.POSITIVE_INFINITY;
  let recent: number[] = [];

  function add(n: number, fault: Fault, options: MatchOptions): void {
    checkWhole('n', n, { min: 1 });
    entries.push({ remaining: n, skip: options.skip ?? 0, fired: false, match: options.match, fault });
  }

  function checkRead(match: FaultMatch | undefined): void {
    if (typeof match === 'string') checkWord('options.match', match, reads);
  }

  const faults: Faults = {
    fail(n, status, options = {}) {
      checkOptions(options, [...faultMembers, 'code', 'message', 'retryAfter']);
      checkWhole('status', status, { min: 400, max: 599 });
      checkFailOptions(options);
      add(n, { kind: 'fail', status, options, performed: options.performed ?? false }, options);
    },
    cut: (n, options = {}) => addPlain('cut', true, n, options),
    truncate: (n, options = {}) => addPlain('truncate', true, n, options),
    corrupt: (n, options = {}) => addPlain('corrupt', true, n, options),
    hang: (n, options = {}) => addPlain('hang', false, n, options),
    delay(n, ms, options = {}) {
      checkOptions(options, faultMembers);
      checkNumber('ms', ms);
      add(n, { kind: 'delay', ms, performed: options.performed ?? true }, options);
    },
    connection(n, code, options = {}) {
      checkOptions(options, matchMembers);
      checkWord('code', code, connectionErrorCodes);
      add(n, { kind: 'connection', code }, options);
    },
    mutate(n, change, options = {}) {
      checkOptions(options, matchMembers);
      if (typeof change !== 'function') throw new TypeError(`change must be a function, not ${show(change)}`);
      add(n, { kind: 'mutate', change }, options);
    },
    stale(n, options = {}) {
      checkOptions(options, matchMembers);
      checkRead(options.match);
      add(n, { kind: 'stale' }, options);
    },
    lag(ms, options = {}) {
      checkOptions(options, ['match']);
      checkRead(options.match);
      checkNumber('ms', ms);
      const { match } = options;
      lags = ms === 0 && match === undefined ? [] : lags.filter((lag) => lag.match !== match);
      if (ms > 0) lags.push({ match, ms });
    },
    pages(options) {
      checkPages(options);
      const { cap = wholePages.cap, count = wholePages.count, lose = wholePages.lose } = options;
      pages = { cap, count, lose };
    },
    expireTokens: () => killTokens('expired'),
    revokeTokens: () => killTokens('revoked'),
    throttle(limit) {
      if (limit !== Number.POSITIVE_INFINITY) checkNumber('perSecond', limit);
      perSecond = limit > 0 ? limit : Number.POSITIVE_INFINITY;
      recent = [];
    },
    get pending() {
      return entries.filter(isPending).map(describeEntry);
    },
    clear() {
      entries = [];
      lags = [];
      pages = wholePages;
      perSecond = Number.POSITIVE_INFINITY;
    },
  };

  function addPlain(
    kind: 'cut' | 'truncate' | 'corrupt' | 'hang',
    performed: boolean,
    n: number,
    options: MatchOptions & { performed?: boolean | undefined },
  ): void {
    checkOptions(options, faultMembers);
    add(n, { kind, performed: options.performed ?? performed }, options);
  }

  return {
    faults,
    get pages() {
      return pages;
    },
    take(request, isRead) {
      for (const entry of entries) {
        if (entry.fault.kind === 'stale' && !isRead) continue;
        if (!matches(entry.match, request)) continue;
        if (entry.skip > 0) {
          entry.skip -= 1;
          continue;
        }
        entry.remaining -= 1;
        entry.fired = true;
        entries = entries.filter(({ remaining }) => remaining > 0);
        return entry.fault;
      }
      return null;
    },
    lagOf: (request) => Math.max(0, ...lags.filter(({ match }) => matches(match, request)).map(({ ms }) => ms)),
    isThrottled(now) {
      if (perSecond === Number.POSITIVE_INFINITY) return false;
      recent = recent.filter((time) => time > now - 1000);
      if (recent.length >= perSecond) return true;
      recent.push(now);
      return false;
    },
  };
}

const matchMembers = ['match', 'skip'];
const faultMembers = [...matchMembers, 'performed'];

function checkOptions(options: MatchOptions & { performed?: boolean | undefined }, known: readonly string[]): void {
  checkMembers('options', options, known);
  const { match, performed, skip } = options;
  if (match !== undefined && typeof match !== 'function') checkWord('options.match', match, operationIds);
  if (skip !== undefined) checkWhole('options.skip', skip, { min: 0, max: Number.MAX_SAFE_INTEGER });
  checkOptional('options.performed', performed, 'boolean');
}

function checkFailOptions({ code, message, retryAfter }: FailOptions): void {
  checkOptional('options.code', code, 'string');
  checkOptional('options.message', message, 'string');
  if (typeof retryAfter === 'string') {
    // An invalid header would break the response of the server but not that of `fetch`.
    if (!/^[\t -~]*$/.test(retryAfter)) throw new TypeError('options.retryAfter must be the text of an HTTP header');
  } else if (retryAfter !== undefined) {
    checkNumber('options.retryAfter', retryAfter);
  }
}

function checkPages(options: PageOptions): void {
  checkMembers('options', options, ['cap', 'count', 'lose']);
  if (options.cap !== undefined) checkWhole('options.cap', options.cap, { min: 1 });
  if (options.lose !== undefined) checkWhole('options.lose', options.lose, { min: 0 });
  if (options.count !== null) checkOptional('options.count', options.count, 'function');
}

// A fault without an end counts as fired after the first time.
function isPending({ remaining, fired }: Entry): boolean {
  return remaining !== Number.POSITIVE_INFINITY || !fired;
}

function describeEntry({ fault, match, remaining, skip }: Entry): PendingFault {
  return { fault: fault.kind, operation: typeof match === 'string' ? match : null, remaining, skip };
}

function matches(match: FaultMatch | undefined, request: RecordedRequest): boolean {
  if (match === undefined) return true;
  return typeof match === 'string' ? match === request.operation : match(request);
}

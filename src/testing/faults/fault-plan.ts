import type { World } from '../world.js';
import type { FailOptions, FaultMatch, FaultOptions, Faults } from './faults.js';
import type { RecordedRequest } from './recorded-request.js';

/** What shall happen to one request. */
export type Fault = PlainFault | FailFault | DelayFault;

interface FaultBase {
  /** Whether the service carries the request out all the same. */
  readonly performed: boolean;
}

/** A fault that says everything by its name. */
export interface PlainFault extends FaultBase {
  /** Tells the faults apart. */
  readonly kind: 'cut' | 'truncate' | 'corrupt' | 'hang';
}

/** An answer that tells of a failure. */
export interface FailFault extends FaultBase {
  /** Tells the faults apart. */
  readonly kind: 'fail';
  /** HTTP status. */
  readonly status: number;
  /** What else the answer says. */
  readonly options: FailOptions;
}

/** An answer that comes late. */
export interface DelayFault extends FaultBase {
  /** Tells the faults apart. */
  readonly kind: 'delay';
  /** How much later, in ms. */
  readonly ms: number;
}

/** The faults that are still to come. */
export interface FaultPlan {
  /** What users of the simulator see. */
  readonly faults: Faults;
  /** The fault for this request, used up once; null when it shall go well. */
  take(request: RecordedRequest): Fault | null;
  /** Whether this request is one too many for the throttle. */
  isThrottled(now: number): boolean;
}

interface Entry {
  remaining: number;
  readonly match: FaultMatch | undefined;
  readonly fault: Fault;
}

/** A plan without any fault. */
export function createFaultPlan(world: World): FaultPlan {
  let entries: Entry[] = [];
  let perSecond = Number.POSITIVE_INFINITY;
  let recent: number[] = [];

  function add(n: number, options: FaultOptions, fault: Fault): void {
    if (!(n >= 0)) throw new RangeError('n must be a number of requests');
    entries.push({ remaining: n, match: options.match, fault });
  }

  return {
    faults: {
      fail(n, status, options = {}) {
        if (!(Number.isInteger(status) && status >= 200 && status <= 599)) {
          throw new RangeError('status must be an HTTP status from 200 to 599');
        }
        add(n, options, { kind: 'fail', status, options, performed: options.performed ?? false });
      },
      cut: (n, options = {}) => add(n, options, { kind: 'cut', performed: options.performed ?? true }),
      truncate: (n, options = {}) => add(n, options, { kind: 'truncate', performed: options.performed ?? true }),
      corrupt: (n, options = {}) => add(n, options, { kind: 'corrupt', performed: options.performed ?? true }),
      hang: (n, options = {}) => add(n, options, { kind: 'hang', performed: options.performed ?? false }),
      delay: (n, ms, options = {}) => add(n, options, { kind: 'delay', ms, performed: options.performed ?? true }),
      expireTokens: () => world.tokens.killAll('expired', world.clock.wall()),
      revokeTokens: () => world.tokens.killAll('revoked', world.clock.wall()),
      throttle(limit) {
        perSecond = limit > 0 ? limit : Number.POSITIVE_INFINITY;
        recent = [];
      },
      clear() {
        entries = [];
        perSecond = Number.POSITIVE_INFINITY;
      },
    },
    take(request) {
      const entry = entries.find(({ remaining, match }) => remaining > 0 && matches(match, request));
      if (entry === undefined) return null;
      entry.remaining -= 1;
      entries = entries.filter(({ remaining }) => remaining > 0);
      return entry.fault;
    },
    isThrottled(now) {
      if (perSecond === Number.POSITIVE_INFINITY) return false;
      recent = recent.filter((time) => time > now - 1000);
      if (recent.length >= perSecond) return true;
      recent.push(now);
      return false;
    },
  };
}

function matches(match: FaultMatch | undefined, request: RecordedRequest): boolean {
  if (match === undefined) return true;
  return typeof match === 'string' ? match === request.operation : match(request);
}

import type { Account } from '../iam/account.js';
import type { World } from '../world.js';
import type { Answer } from './exchange.js';

/** What a handler is given. */
export interface Call {
  /** Everything the simulator remembers. */
  readonly world: World;
  /** Values of the path's parameters, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Query parameters. */
  readonly query: Readonly<Record<string, string>>;
  /** Headers under lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whose access key signed the request; null when it is not signed. */
  readonly signer: Account | null;
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
}

/** Carries one operation out, or throws a `Refusal`. */
export type Handler = (call: Call) => Answer;

/** One line of the table of routes. */
export interface Route {
  /** Which of the two services the operation belongs to: it decides on authentication and on error shapes. */
  readonly service: 'iam' | 'sms';
  /** Verb and path, such as `GET /v3/tasks/{task_id}`. */
  readonly pattern: string;
  /** Operation id of the API reference. */
  readonly operation: string;
  /** What carries it out. */
  readonly handle: Handler;
  /** Whether it is refused until the privacy agreement is accepted. */
  readonly needsAgreement?: true;
}

/** A route with the values that the path gave to its parameters. */
export interface Match {
  /** The route that fits. */
  readonly route: Route;
  /** Parameter names and values, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The route for a request, or null. Of two that fit, the one with fewer parameters wins. */
export function findRoute(routes: readonly Route[], method: string, path: string): Match | null {
  let best: Match | null = null;
  for (const route of routes) {
    const parameters = matchPattern(route.pattern, method, path);
    if (parameters === null) continue;
    if (best === null || Object.keys(parameters).length < Object.keys(best.parameters).length) {
      best = { route, parameters };
    }
  }
  return best;
}

function matchPattern(pattern: string, method: string, path: string): Record<string, string> | null {
  const [verb = '', template = ''] = pattern.split(' ');
  if (verb !== method) return null;
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{') && part.endsWith('}')) {
      const decoded = decodeSegment(value);
      if (decoded === null || decoded === '') return null;
      parameters[part.slice(1, -1)] = decoded;
    } else if (part !== value) {
      return null;
    }
  }
  return parameters;
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

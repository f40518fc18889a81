import { describeFailure } from '../faults/failure-answer.js';
import type { Fault, FaultPlan } from '../faults/fault-plan.js';
import { type OpenRecord, recordRequest } from '../faults/recorded-request.js';
import type { WaitingRoom } from '../faults/waiting-room.js';
import { verifySignature } from '../iam/verify-signature.js';
import type { World } from '../world.js';
import type { Answer, IncomingRequest } from './exchange.js';
import { findRoute, type Match, type Route } from './route.js';
import { answerRequest, stamp } from './service.js';

/** What a door has to do for its client. */
export type Outcome = AnswerOutcome | CutOutcome;

/** The client gets the answer, or half of its body and then a broken connection. */
export interface AnswerOutcome {
  /** Tells the whole answer from the half. */
  readonly kind: 'answer' | 'truncated';
  /** The whole answer. */
  readonly answer: Answer;
}

/** The client gets a broken connection. */
export interface CutOutcome {
  /** Tells the outcomes apart. */
  readonly kind: 'cut';
}

/** The way of a request from a door to the service and back, with the faults that lie on it. */
export interface Line {
  /** Carries a request out and says what its client gets; rejects with the signal's reason when the client gives up. */
  send(request: IncomingRequest, signal: AbortSignal | null): Promise<Outcome>;
  /** Requests that came in so far. */
  readonly requests: readonly OpenRecord[];
}

/** What a line is made of. */
export interface LineParts {
  /** What the service remembers. */
  readonly world: World;
  /** The table of operations. */
  readonly routes: readonly Route[];
  /** The faults to come. */
  readonly plan: FaultPlan;
  /** Where hanging and delayed requests wait. */
  readonly waitingRoom: WaitingRoom;
}

const proxyPage = '<html><head><title>Proxy</title></head><body>Please sign in to the network.</body></html>';

/** A line to the service. */
export function createLine({ world, routes, plan, waitingRoom }: LineParts): Line {
  const requests: OpenRecord[] = [];

  async function send(request: IncomingRequest, signal: AbortSignal | null): Promise<Outcome> {
    const match = findRoute(routes, request.method, request.path);
    const now = world.clock.wall();
    const record = recordRequest(request, match?.route.operation ?? null, now);
    requests.push(record);
    const signature = await verifySignature(world, request);
    if (plan.isThrottled(now)) {
      return answer(
        keep(record, fail(match, 429, { retryAfter: 1, message: 'The throttling threshold has been reached.' })),
      );
    }
    const perform = () => keep(record, answerRequest(world, match, request, signature));
    const fault = plan.take(record);
    if (fault === null) return answer(perform());
    return spoil(fault, { match, record, perform, signal, method: request.method });
  }

  async function spoil(fault: Fault, { match, record, perform, signal, method }: Exchange): Promise<Outcome> {
    const performed = fault.performed ? perform() : null;
    switch (fault.kind) {
      case 'fail':
        return answer(keep(record, fail(match, fault.status, fault.options)));
      case 'cut':
        return { kind: 'cut' };
      case 'truncate':
        return truncate(method, performed ?? stamp(world, match, placeholder));
      case 'corrupt':
        return answer(
          stamp(world, match, { ...placeholder, headers: { 'content-type': 'text/html' }, bodyText: proxyPage }),
        );
      case 'hang':
        await waitingRoom.wait(Number.POSITIVE_INFINITY, signal);
        return { kind: 'cut' };
      case 'delay': {
        const isOver = await waitingRoom.wait(fault.ms, signal);
        return isOver ? answer(performed ?? perform()) : { kind: 'cut' };
      }
    }
  }

  function fail(match: Match | null, status: number, options: Parameters<typeof describeFailure>[2]): Answer {
    const service = match?.route.service ?? 'sms';
    return stamp(world, match, describeFailure(service, status, options));
  }

  return { send, requests };
}

interface Exchange {
  readonly match: Match | null;
  readonly record: OpenRecord;
  readonly perform: () => Answer;
  readonly signal: AbortSignal | null;
  readonly method: string;
}

// What is cut in half when the service never got to answer.
const placeholder: Answer = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  bodyText: '{"id":"8abda8635e09d185015e09d188dd0001","state":"RUNNING"}',
};

function keep(record: OpenRecord, given: Answer): Answer {
  record.status = given.status;
  return given;
}

function answer(given: Answer): Outcome {
  return { kind: 'answer', answer: given };
}

// An answer without a body cannot break off in the middle of it.
function truncate(method: string, given: Answer): Outcome {
  return given.bodyText === '' || method === 'HEAD' ? { kind: 'cut' } : { kind: 'truncated', answer: given };
}

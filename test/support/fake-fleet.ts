import { type ClientOptions, taskStates } from '@org/sms-client';
import { fakeFetch, refusal } from './fake-fetch.js';
import { account, makeClient } from './make-client.js';

/** A task as the service holds it. */
export interface FleetItem {
  id: string;
  state: string;
  [field: string]: unknown;
}

/** Changes all of these tasks. */
export function setAll(items: readonly FleetItem[], fields: object): void {
  for (const item of items) Object.assign(item, fields);
}

type FleetOperation = 'ListTasks' | 'ShowTask' | 'UpdateTaskStatus' | 'ShowServer' | 'ShowPrivacyAgreements';

/** A request to the fleet. */
export interface FleetCall {
  readonly operation: FleetOperation;
  /** Id in the path, or in the query of a list. */
  readonly id: string | null;
  readonly offset: number;
  readonly url: URL;
  /** When it was sent, on the faked clock. */
  readonly at: number;
  readonly signal: AbortSignal;
}

type Intercept = (call: FleetCall, count: number) => Response | Promise<Response> | undefined;

/** Ids `task-0`, `task-1`, …. */
export const idsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `task-${index}`);

/** Tasks `task-0`, `task-1`, … in one state. */
export const itemsOf = (count: number, state: string, more: object = {}): FleetItem[] =>
  idsOf(count).map((id) => ({ id, state, ...more }));

/**
 * A client of a service that holds these tasks, to be changed at will. `intercept` may respond in place of the service; it
 * gets the number of the request among those to SMS, from 1.
 */
export function makeFleet(items: FleetItem[], intercept?: Intercept, options: Partial<ClientOptions> = {}) {
  const calls: FleetCall[] = [];
  const starts: string[] = [];
  const service = { items };
  const { fetch } = fakeFetch(({ method, signal, url }) => {
    const [, , kind = '', name = ''] = url.pathname.split('/');
    const isList = kind === 'tasks' && name === '';
    const call: FleetCall = {
      operation: isList
        ? 'ListTasks'
        : kind === 'sources'
          ? 'ShowServer'
          : kind !== 'tasks'
            ? 'ShowPrivacyAgreements'
            : method === 'POST'
              ? 'UpdateTaskStatus'
              : 'ShowTask',
      id: isList ? url.searchParams.get('id') : decodeURIComponent(name),
      offset: Number(url.searchParams.get('offset') ?? 0),
      url,
      at: performance.now(),
      signal,
    };
    calls.push(call);
    return intercept?.(call, calls.length) ?? respondToCall(call);
  }, logIn);

  function respondToCall({ id, operation, url }: FleetCall): Response {
    const item = service.items.find((candidate) => candidate.id === id);
    switch (operation) {
      case 'ListTasks':
        return Response.json(listItems(service.items, url.searchParams));
      case 'ShowServer':
        return Response.json({ id, connected: true });
      case 'ShowPrivacyAgreements':
        return Response.json({ flag: true });
      case 'ShowTask':
        return item === undefined ? refusal(404) : Response.json(item);
      case 'UpdateTaskStatus':
        if (item === undefined) return refusal(404);
        if (taskStates.busy.includes(item.state)) return refusal(400, 'SMS.1039');
        starts.push(item.id);
        item.state = 'RUNNING';
        return Response.json('');
    }
  }

  const sms = makeClient(fetch, options);
  const callsOf = (operation: FleetOperation) => calls.filter((call) => call.operation === operation);
  return { sms, service, calls, callsOf, starts };
}

function logIn(): Response {
  const [issued_at, expires_at] = ['2026-01-01T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z'];
  const token = { issued_at, expires_at, project: { id: account.projectId, name: 'cn-north-4' } };
  return Response.json({ token }, { status: 201, headers: { 'x-subject-token': 'token-1' } });
}

/** A page of the service. */
export function listItems(items: readonly FleetItem[], query: URLSearchParams): object {
  const matches = items.filter(
    ({ id, state }) => [null, id].includes(query.get('id')) && [null, state].includes(query.get('state')),
  );
  const offset = Number(query.get('offset') ?? 0);
  return { count: matches.length, tasks: matches.slice(offset, offset + Number(query.get('limit') ?? 100)) };
}

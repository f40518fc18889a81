import type { Simulator } from '@org/sms-client/testing';
import { describe, expect, it } from 'vitest';
import { useFakeTime } from '../support/fake-time.js';
import { addCounts, type Column, type Counts, columns, runCell } from './cells.js';

useFakeTime();

/**
 * What follows from a fault, from sections 5 and 6 of the design:
 *
 * - `fine`: the caller notices nothing, no request more;
 * - `again`: the request is sent once more;
 * - `login`: a login, then the request once more;
 * - `next`: this poll has failed, the next one is taken in its turn;
 * - `settle`: the response is lost; the first poll shows that the start was performed;
 * - `settle, again`: it was not performed, which is known when the lag is over, and is sent once more;
 * - a class of errors and a status: the call ends with it. `…, why`: after reading the reasons, which takes the task, its source
 *   server and the privacy agreement.
 */
type Sequel =
  | 'fine'
  | 'again'
  | 'login'
  | 'next'
  | 'settle'
  | 'settle, again'
  | `${string}Error${` ${number}` | ''}${', why' | ''}`;

interface Row {
  readonly fault: string;
  readonly make: (simulator: Simulator) => void;
  /** A read whose failure the caller gets; also the read before a start. */
  readonly read: Sequel;
  /** A poll during a wait. */
  readonly wait: Sequel;
  /** A start. */
  readonly act: Sequel;
  /** The same within `startMany`, where they differ: there, all pause together, for up to ten minutes. */
  readonly politeRead?: Sequel;
  readonly politeAct?: Sequel;
}

const transient = { read: 'again', wait: 'again' } as const;

const rows: readonly Row[] = [
  // Refusals that no repetition mends.
  {
    fault: '400',
    make: ({ faults }) => faults.fail(1, 400),
    read: 'ApiError 400',
    wait: 'ApiError 400',
    act: 'ApiError 400',
  },
  {
    fault: '403',
    make: ({ faults }) => faults.fail(1, 403),
    read: 'PermissionDeniedError 403',
    wait: 'PermissionDeniedError 403',
    act: 'PermissionDeniedError 403, why',
  },
  {
    fault: '404',
    make: ({ faults }) => faults.fail(1, 404),
    read: 'NotFoundError 404',
    wait: 'NotFoundError 404',
    act: 'NotFoundError 404',
  },
  {
    fault: '409',
    make: ({ faults }) => faults.fail(1, 409),
    read: 'ConflictError 409',
    wait: 'ConflictError 409',
    act: 'ConflictError 409, why',
  },
  // A dead token: one login, once more.
  { fault: '401', make: ({ faults }) => faults.fail(1, 401), read: 'login', wait: 'login', act: 'login' },
  { fault: 'expireTokens', make: ({ faults }) => faults.expireTokens(), read: 'login', wait: 'login', act: 'login' },
  { fault: 'revokeTokens', make: ({ faults }) => faults.revokeTokens(), read: 'login', wait: 'login', act: 'login' },
  // A 401 that no login mends: the service misuses it for a missing header.
  {
    fault: '401 SMS.2005',
    make: ({ faults }) => faults.fail(1, 401, { code: 'SMS.2005' }),
    read: 'ApiError 401',
    wait: 'ApiError 401',
    act: 'ApiError 401',
  },
  // Too many requests: nothing was performed, whatever the verb.
  { fault: '429', make: ({ faults }) => faults.fail(1, 429), ...transient, act: 'again' },
  {
    fault: '429, Retry-After 5',
    make: ({ faults }) => faults.fail(1, 429, { retryAfter: 5 }),
    ...transient,
    act: 'again',
  },
  {
    fault: '429, Retry-After 120',
    make: ({ faults }) => faults.fail(1, 429, { retryAfter: 120 }),
    read: 'RateLimitError 429',
    wait: 'next',
    act: 'RateLimitError 429',
    politeRead: 'again',
    politeAct: 'again',
  },
  {
    fault: '429, Retry-After 601',
    make: ({ faults }) => faults.fail(1, 429, { retryAfter: 601 }),
    read: 'RateLimitError 429',
    wait: 'next',
    act: 'RateLimitError 429',
  },
  // Failures after which it is unknown whether a start was performed.
  ...[408, 500, 502, 503, 504].flatMap((status): Row[] => [
    { fault: `${status}`, make: ({ faults }) => faults.fail(1, status), ...transient, act: 'settle, again' },
    {
      fault: `${status}, performed`,
      make: ({ faults }) => faults.fail(1, status, { performed: true }),
      ...transient,
      act: 'settle',
    },
  ]),
  {
    fault: '503, Retry-After 5',
    make: ({ faults }) => faults.fail(1, 503, { retryAfter: 5 }),
    ...transient,
    act: 'again',
  },
  {
    fault: '503, Retry-After 120',
    make: ({ faults }) => faults.fail(1, 503, { retryAfter: 120 }),
    read: 'ServerError 503',
    wait: 'next',
    act: 'ServerError 503',
  },
  { fault: 'cut', make: ({ faults }) => faults.cut(1), ...transient, act: 'settle' },
  {
    fault: 'cut, not performed',
    make: ({ faults }) => faults.cut(1, { performed: false }),
    ...transient,
    act: 'settle, again',
  },
  { fault: 'truncate', make: ({ faults }) => faults.truncate(1), ...transient, act: 'settle' },
  {
    fault: 'truncate, not performed',
    make: ({ faults }) => faults.truncate(1, { performed: false }),
    ...transient,
    act: 'settle, again',
  },
  // The page of a proxy with status 200 is a response, so the request is not retried. A wait ignores it.
  {
    fault: 'corrupt',
    make: ({ faults }) => faults.corrupt(1),
    read: 'ResponseFormatError',
    wait: 'next',
    act: 'settle',
  },
  {
    fault: 'corrupt, not performed',
    make: ({ faults }) => faults.corrupt(1, { performed: false }),
    read: 'ResponseFormatError',
    wait: 'next',
    act: 'settle, again',
  },
  { fault: 'hang', make: ({ faults }) => faults.hang(1), ...transient, act: 'settle, again' },
  { fault: 'hang, performed', make: ({ faults }) => faults.hang(1, { performed: true }), ...transient, act: 'settle' },
  { fault: 'delay of 5 s', make: ({ faults }) => faults.delay(1, 5000), read: 'fine', wait: 'fine', act: 'fine' },
  { fault: 'delay of 40 s', make: ({ faults }) => faults.delay(1, 40_000), ...transient, act: 'settle' },
  {
    fault: 'delay of 40 s, not performed',
    make: ({ faults }) => faults.delay(1, 40_000, { performed: false }),
    ...transient,
    act: 'settle, again',
  },
];

const cells = rows.flatMap((row) => columns.map((column) => ({ ...row, row, column, call: column.name })));
const why: Counts = { ShowTask: 1, ShowServer: 1, ShowPrivacyAgreements: 1 };

/** Polls until the lag is over: after 0.5, 1, 2 and 4 s, then every 5 s, and once at 31 s. */
const settling = 10;

function sequelOf({ fault, ...row }: Row, { name, operation, part }: Column): Sequel {
  const isBefore = name.endsWith('before the start,');
  // Who may act on a task but not read it starts it all the same.
  if (fault === '403' && isBefore) return 'fine';
  if (fault === '409' && isBefore) return 'ConflictError 409, why';
  if (part === 'politeRead') return row.politeRead ?? row.read;
  if (part === 'politeAct') return row.politeAct ?? row.act;
  // A task is gone when two polls in a row say so.
  return fault === '404' && part === 'wait' && operation === 'ShowTask' ? 'next' : row[part];
}

/** The requests that a sequel takes, and the error that it ends with. */
function foresee(sequel: Sequel, column: Column): { readonly sent: Counts; readonly error?: string } {
  const once: Counts = { [column.operation]: 1 };
  if (sequel === 'fine' || sequel === 'next') return { sent: column.sent };
  if (sequel === 'again') return { sent: addCounts(column.sent, once) };
  if (sequel === 'login') return { sent: addCounts(column.sent, once, { CreateToken: 1 }) };
  if (sequel === 'settle') return { sent: addCounts(column.sent, { ShowTask: 1 }) };
  if (sequel === 'settle, again') return { sent: addCounts(column.sent, once, { ShowTask: settling }) };
  const sent = addCounts(column.sentUntilThen, sequel.endsWith(', why') ? why : {});
  return { sent, error: sequel.replace(/, why$/, '') };
}

describe('one fault', () => {
  it.each(cells)('$fault × $call', async ({ column, make, row }) => {
    const { outcome, sent, task } = await runCell(column, make);
    const expected = foresee(sequelOf(row, column), column);
    expect(sent).toEqual(expected.sent);
    if (expected.error === undefined) {
      expect(outcome).toMatchObject({ value: column.response });
    } else {
      const [name, status] = expected.error.split(' ');
      expect(outcome.error).toMatchObject({ name, ...(status !== undefined && { status: Number(status) }) });
    }
    // Performed once: one round of four steps. Or not at all, when the call failed before or at the start.
    const isStarted = column.state === 'RUNNING' || expected.error === undefined || column.part === 'wait';
    expect(task.steps).toBe(isStarted ? 4 : 0);
    if (!isStarted) expect(task.state).toBe('READY');
  });
});

// One request a second: the second within a second is refused, and comes again a second later.
describe('throttle', () => {
  it.each<[string, Counts]>([
    ['start', { ShowTask: 1, UpdateTaskStatus: 1 }],
    ['get', { ShowTask: 1 }],
    ['list', { ListTasks: 1 }],
    ['watch', { ShowTask: 3 }],
    ['waitFor', { ShowTask: 3 }],
    // The start comes right after the first read, and the first poll right after the start.
    ['startAndWait, before the start,', { ShowTask: 5, UpdateTaskStatus: 2 }],
    ['startMany, before the start,', { ShowTask: 1, UpdateTaskStatus: 2 }],
    ['waitForAll', { ListTasks: 3 }],
  ])('× %s succeeds with %j', async (name, counts) => {
    const column = columns.find((candidate) => candidate.name === name) as Column;
    const { outcome, sent, task } = await runCell({ ...column, number: 1 }, ({ faults }) => faults.throttle(1));
    expect(outcome).toMatchObject({ value: column.response });
    expect(sent).toEqual(counts);
    expect(task.steps).toBe(4);
  });
});

// Reads that lag, show what was before, or leave things out: nothing that is old is taken for new.
describe('stale, late and wrong reads', () => {
  const calls = columns.filter(({ part }) => part !== 'read' && part !== 'politeRead');
  const lies: readonly (readonly [string, (simulator: Simulator) => void])[] = [
    ['lag of 20 s', ({ faults }) => faults.lag(20_000)],
    ['a stale read', ({ faults }) => faults.stale(1)],
    ['pages that lose an item each', ({ faults }) => faults.pages({ lose: 1 })],
    ['pages without a count', ({ faults }) => faults.pages({ count: null })],
    ['a body of another shape', ({ faults }) => faults.mutate(1, () => ({ wrong: true }))],
  ];
  const cells = lies.flatMap(([lie, make]) => calls.map((column) => ({ lie, make, column, call: column.name })));

  it.each(cells)('$lie × $call', async ({ column, make }) => {
    const { outcome, task } = await runCell(column, make);
    expect(outcome).toMatchObject({ value: column.response });
    expect(task.steps).toBe(4);
  });
});

// A trouble that does not go away: budgets end, and nothing is sent without end.
describe('a permanent fault', () => {
  const always = Number.POSITIVE_INFINITY;
  const lasting: readonly (readonly [string, (simulator: Simulator) => void, string, number])[] = [
    ['408', ({ faults }) => faults.fail(always, 408), 'ApiError', 3],
    ['429', ({ faults }) => faults.fail(always, 429), 'RateLimitError', 3],
    ['500', ({ faults }) => faults.fail(always, 500), 'ServerError', 3],
    ['502', ({ faults }) => faults.fail(always, 502), 'ServerError', 3],
    ['503', ({ faults }) => faults.fail(always, 503), 'ServerError', 3],
    ['504', ({ faults }) => faults.fail(always, 504), 'ServerError', 3],
    ['cut', ({ faults }) => faults.cut(always, { performed: false }), 'NetworkError', 3],
    ['truncate', ({ faults }) => faults.truncate(always, { performed: false }), 'NetworkError', 3],
    ['corrupt', ({ faults }) => faults.corrupt(always, { performed: false }), 'ResponseFormatError', 1],
    ['mutate', ({ faults }) => faults.mutate(always, () => ({ tasks: 5 })), 'ResponseFormatError', 1],
    ['connection', ({ faults }) => faults.connection(always, 'ECONNREFUSED'), 'NetworkError', 3],
    ['certificate', ({ faults }) => faults.connection(always, 'CERT_HAS_EXPIRED'), 'NetworkError', 1],
    ['hang', ({ faults }) => faults.hang(always), 'TimeoutError', 3],
    ['delay', ({ faults }) => faults.delay(always, 40_000, { performed: false }), 'TimeoutError', 3],
  ];
  const [start, get, list, , waitFor] = columns as readonly [Column, Column, Column, Column, Column];

  it.each(lasting)('%s × get and list: the error, after three tries', async (_, make, name, tries) => {
    for (const column of [get, list]) {
      const { outcome, sent } = await runCell(column, make);
      expect(outcome.error).toMatchObject({ name });
      expect(sent).toEqual({ [column.operation]: tries });
    }
  });

  const match = 'UpdateTaskStatus';
  const lastingStarts: readonly (readonly [string, (simulator: Simulator) => void, string, number, number])[] = [
    ['408', ({ faults }) => faults.fail(always, 408, { match }), 'ApiError', 3, 3],
    ['429', ({ faults }) => faults.fail(always, 429, { match }), 'RateLimitError', 3, 0],
    ['503', ({ faults }) => faults.fail(always, 503, { match }), 'ServerError', 3, 3],
    ['cut', ({ faults }) => faults.cut(always, { match, performed: false }), 'NetworkError', 3, 3],
    ['corrupt', ({ faults }) => faults.corrupt(always, { match, performed: false }), 'ResponseFormatError', 3, 3],
    ['connection', ({ faults }) => faults.connection(always, 'ECONNREFUSED', { match }), 'NetworkError', 3, 0],
  ];

  it.each(lastingStarts)(
    '%s of the start alone × start: the error, after three sendings; known not to have been performed',
    async (_, make, name, sendings, settled) => {
      const { outcome, sent, task } = await runCell(start, make);
      expect(outcome.error).toMatchObject({ name });
      expect(sent).toEqual({ UpdateTaskStatus: sendings, ShowTask: 1 + settled * settling });
      expect(task).toEqual({ state: 'READY', steps: 0 });
    },
  );

  it.each<[string, (simulator: Simulator) => void]>([
    ['hang', ({ faults }) => faults.hang(always, { match })],
    ['delay', ({ faults }) => faults.delay(always, 40_000, { match, performed: false })],
  ])(
    '%s of the start alone × start: unknown when the time is up before the second attempt is settled',
    async (_, make) => {
      const { outcome, sent, task } = await runCell(start, make);
      expect(outcome.error).toMatchObject({ name: 'OutcomeUnknownError', error: { name: 'TimeoutError' } });
      expect(sent.UpdateTaskStatus).toBe(2);
      expect(task).toEqual({ state: 'READY', steps: 0 });
    },
  );

  it.each(lasting)(
    '%s × waitFor: WaitTimeoutError after maxWaitMs, with a poll every ten minutes',
    async (_, make, name, tries) => {
      const column: Column = {
        ...waitFor,
        call: (sms, id) => sms.tasks.waitFor(id, { intervalMs: 600_000, maxOutageMs: 9_000_000, maxWaitMs: 7_200_000 }),
      };
      const { outcome, sent } = await runCell(column, make);
      expect(outcome.error).toMatchObject({ name: 'WaitTimeoutError', tasks: [{ state: 'RUNNING' }] });
      expect(sent.ShowTask).toBeLessThanOrEqual(1 + 12 * tries);
      // A poll without a response takes time of its own: up to 92 s.
      expect(sent.ShowTask).toBeGreaterThanOrEqual(1 + (name === 'TimeoutError' ? 10 : 11) * tries);
    },
  );

  it('401 × get: one login, and then the refusal', async () => {
    const { outcome, sent } = await runCell(get, ({ faults }) => faults.fail(always, 401, { match: 'ShowTask' }));
    expect(outcome.error).toMatchObject({ name: 'AuthenticationError', status: 401 });
    expect(sent).toEqual({ ShowTask: 2, CreateToken: 1 });
  });
});

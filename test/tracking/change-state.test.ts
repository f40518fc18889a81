import {
  ConflictError,
  InvalidRequestError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  ResponseFormatError,
  type RetryEvent,
  ServerError,
  TimeoutError,
} from '@org/sms-client';
import { createSimulator, type Simulator } from '@org/sms-client/testing';
import { describe, expect, it, vi } from 'vitest';
import { failWith, refusal, taskAnswer } from '../support/fake-fetch.js';
import { hang, makeScripted, recordWarnings, states, taskId } from '../support/fake-task.js';
import { errorOf, resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';

useFakeTime();

const seeds = { start: 'READY', stop: 'RUNNING', restart: 'MIGRATE_FAIL' } as const;
const moved = { start: /^RUNNING$/, stop: /^ABORT/, restart: /^RUNNING$/ };
const operations = ['start', 'stop', 'restart'] as const;

type Make = (simulator: Simulator, performed: boolean) => void;

const match = 'UpdateTaskStatus';
const faults: Record<string, Make> = {
  cut: ({ faults }, performed) => faults.cut(1, { match, performed }),
  truncated: ({ faults }, performed) => faults.truncate(1, { match, performed }),
  corrupt: ({ faults }, performed) => faults.corrupt(1, { match, performed }),
  'attempt timeout': ({ faults }, performed) => faults.hang(1, { match, performed }),
  500: ({ faults }, performed) => faults.fail(1, 500, { match, performed }),
  502: ({ faults }, performed) => faults.fail(1, 502, { match, performed }),
  503: ({ faults }, performed) => faults.fail(1, 503, { match, performed }),
  '503 with Retry-After': ({ faults }, performed) => faults.fail(1, 503, { match, performed, retryAfter: 2 }),
  504: ({ faults }, performed) => faults.fail(1, 504, { match, performed }),
};

async function run(operation: (typeof operations)[number], fault: string, performed: boolean, maxRetries?: number) {
  const simulator = createSimulator();
  const id = simulator.addTask({ state: seeds[operation], durationMs: 3_600_000 });
  const sms = makeClient(simulator);
  const before = (await resultOf(sms.tasks.get(id))).sub_tasks ?? [];
  faults[fault]?.(simulator, performed);
  const outcome = await settle(sms.tasks[operation](id, { timeoutMs: 1000, maxRetries }));
  const sent = simulator.requests.slice(2).map((request) => request.operation);
  const task = await resultOf(sms.tasks.get(id));
  return { before, outcome, sent, task };
}

const send = 'UpdateTaskStatus';
const look = 'ShowTask';
const cells = operations.flatMap((operation) =>
  Object.keys(faults).flatMap((fault) => [true, false].map((performed) => ({ operation, fault, performed }))),
);

describe('start, stop and restart are performed exactly once', () => {
  it.each(cells)('$operation after $fault, performed: $performed', async ({ operation, fault, performed }) => {
    const { before, outcome, sent, task } = await run(operation, fault, performed);
    const isGivenUp = fault === 'corrupt' && !performed;
    if (isGivenUp) expect(outcome.error).toBeInstanceOf(ResponseFormatError);
    else expect(outcome).toEqual({ value: undefined });
    expect(sent).toEqual(performed || isGivenUp ? [send, look] : [send, look, send]);
    if (isGivenUp) return expect(task.state).toBe(seeds[operation]);
    expect(task.state).toMatch(moved[operation]);
    // One round: the steps of one first copy, and after a restart other ones than before.
    expect(task.sub_tasks).toHaveLength(4);
    const kept = before.filter(({ id }) => task.sub_tasks?.some((step) => step.id === id));
    expect(kept).toHaveLength(operation === 'restart' ? 0 : before.length);
  });

  it.each(cells)(
    '$operation with maxRetries 0 after $fault, performed: $performed: reads, does not send again',
    async ({ operation, fault, performed }) => {
      const { outcome, sent, task } = await run(operation, fault, performed, 0);
      expect(sent).toEqual([send, look]);
      expect(outcome.error === undefined).toBe(performed);
      expect(task.state).toMatch(performed ? moved[operation] : seeds[operation]);
    },
  );
});

describe('after a lost answer', () => {
  it('a second send that is refused for the state is settled by one more look', async () => {
    const refuse = (_: unknown, count: number) => (count === 1 ? failWith('ECONNRESET') : refusal(400, 'SMS.1039'));
    const { order, sms } = makeScripted(states('READY', 'RUNNING'), refuse);
    await resultOf(sms.tasks.start(taskId));
    expect(order()).toEqual(['POST', 'GET', 'POST', 'GET']);
  });

  it.each([400, 409, 412, 422])('%i refuses for the state, whatever its code', async (status) => {
    const refuse = (_: unknown, count: number) => (count === 1 ? refusal(502) : refusal(status, 'SMS.7777'));
    const { order, sms } = makeScripted(states('READY', 'RUNNING'), refuse);
    await resultOf(sms.tasks.start(taskId));
    expect(order()).toEqual(['POST', 'GET', 'POST', 'GET']);
  });

  it('a second send that is refused while the task still rests is refused for good', async () => {
    const refuse = (_: unknown, count: number) => (count === 1 ? failWith('ECONNRESET') : refusal(400, 'SMS.1039'));
    const { order, sms } = makeScripted(states('READY'), refuse);
    expect(await errorOf(sms.tasks.start(taskId))).toBeInstanceOf(ConflictError);
    // The last two look for the reasons: the task and the privacy agreement.
    expect(order()).toEqual(['POST', 'GET', 'POST', 'GET', 'GET', 'GET']);
  });

  it('a second send that is refused for another reason is not looked into', async () => {
    const refuse = (_: unknown, count: number) => (count === 1 ? failWith('ECONNRESET') : refusal(404));
    const { order, sms } = makeScripted(states('READY'), refuse);
    expect(await errorOf(sms.tasks.start(taskId))).toBeInstanceOf(NotFoundError);
    expect(order()).toEqual(['POST', 'GET', 'POST']);
  });

  it('408 is one: the service may have gone on without the client', async () => {
    const { order, sms } = makeScripted(states('RUNNING'), () => refusal(408));
    await resultOf(sms.tasks.start(taskId));
    expect(order()).toEqual(['POST', 'GET']);
  });

  it('a look that fails leaves the original error', async () => {
    const { acts, sms } = makeScripted(
      () => refusal(404, 'SMS.0000'),
      () => failWith('ECONNRESET'),
    );
    const error = await errorOf(sms.tasks.start(taskId));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toHaveProperty('code', 'ECONNRESET');
    expect(acts).toHaveLength(1);
  });

  it('a look whose answer has another type in some field counts all the same', async () => {
    const { order, sms } = makeScripted(
      () => taskAnswer('RUNNING', { priority: 'high', sub_tasks: 7 }),
      () => failWith('ECONNRESET'),
    );
    await resultOf(sms.tasks.start(taskId));
    expect(order()).toEqual(['POST', 'GET']);
  });

  it.each([0, 1, 2, 5])('maxRetries %i allows that many more sends, each looked into', async (maxRetries) => {
    const { order, sms } = makeScripted(states('READY'), () => refusal(502));
    expect(await errorOf(sms.tasks.start(taskId, { maxRetries }))).toBeInstanceOf(ServerError);
    expect(order()).toEqual(Array.from({ length: maxRetries + 1 }, () => ['POST', 'GET']).flat());
  });

  it('repetitions of every kind share one budget', async () => {
    const answers = [
      () => failWith('ECONNREFUSED'),
      () => refusal(429),
      () => refusal(503, 'x', { 'retry-after': '1' }),
    ];
    const { acts, sms } = makeScripted(states('READY'), (_, count) => (answers[(count - 1) % 3] ?? answers[0])!());
    await errorOf(sms.tasks.start(taskId, { maxRetries: 4 }));
    expect(acts).toHaveLength(5);
  });

  it.each(['SYNCING', 'RUNNING', 'SKIPPING', 'DELETING', 'RESETING', 'ABORTING'])(
    'a task that is %s was started',
    async (state) => {
      const { order, sms } = makeScripted(states(state), () => refusal(504));
      await resultOf(sms.tasks.start(taskId));
      expect(order()).toEqual(['POST', 'GET']);
    },
  );

  it.each(['ABORTING', 'ABORT'])('a task that is %s was stopped', async (state) => {
    const { order, sms } = makeScripted(states(state), () => refusal(504));
    await resultOf(sms.tasks.stop(taskId));
    expect(order()).toEqual(['POST', 'GET']);
  });
});

describe('what cannot have been performed', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT'])(
    '%s is repeated without a look',
    async (code) => {
      const { order, sms } = makeScripted(states('READY'), (_, count) =>
        count < 3 ? failWith(code) : Response.json(''),
      );
      await resultOf(sms.tasks.start(taskId));
      expect(order()).toEqual(['POST', 'POST', 'POST']);
    },
  );

  it('429 is repeated without a look, after the wait that the service asks for', async () => {
    const { order, sms } = makeScripted(states('READY'), (_, count) =>
      count === 1 ? refusal(429, 'APIGW.0308', { 'retry-after': '7' }) : Response.json(''),
    );
    const begin = Date.now();
    await resultOf(sms.tasks.start(taskId));
    expect(Date.now() - begin).toBe(7000);
    expect(order()).toEqual(['POST', 'POST']);
  });

  it('a Retry-After that is too long is not waited for', async () => {
    const { order, sms } = makeScripted(states('READY'), () => refusal(429, 'APIGW.0308', { 'retry-after': '61' }));
    expect(await errorOf(sms.tasks.start(taskId))).toBeInstanceOf(RateLimitError);
    expect(order()).toEqual(['POST']);
  });

  it.each([
    [400, 'SMS.1039', ConflictError],
    [404, 'SMS.0000', NotFoundError],
  ])('a refusal of the first send with %i is never sent again', async (status, code, kind) => {
    const { order, sms } = makeScripted(states('RUNNING'), () => refusal(status, code));
    expect(await errorOf(sms.tasks.start(taskId))).toBeInstanceOf(kind);
    expect(order().filter((method) => method === 'POST')).toEqual(['POST']);
  });

  it('a send for which the credentials fail is not looked into', async () => {
    const broken = new Error('vault sealed');
    const credentials = vi.fn().mockRejectedValueOnce(broken).mockResolvedValue({ token: 'given' });
    const { order, sms } = makeScripted(states('RUNNING'), undefined, { credentials });
    expect(await errorOf(sms.tasks.stop(taskId))).toBe(broken);
    expect(order()).toEqual([]);
  });

  it('wrong arguments are refused before anything is sent', async () => {
    const { requests, sms } = makeScripted(states('READY'));
    const wrong = [
      { maxRetries: -1 },
      { maxRetries: 1.5 },
      { totalTimeoutMs: '5' },
      { signal: 'x' },
      { extra: 1 },
      null,
    ];
    for (const options of wrong) {
      expect(await errorOf(sms.tasks.start(taskId, options as never)), JSON.stringify(options)).toBeInstanceOf(
        InvalidRequestError,
      );
    }
    for (const id of ['', '.', '..', undefined, 5]) {
      expect(await errorOf(sms.tasks.stop(id as never))).toBeInstanceOf(InvalidRequestError);
    }
    expect(requests).toHaveLength(0);
  });
});

describe('the whole of it', () => {
  it('ends with totalTimeoutMs, at whatever point', async () => {
    for (const script of [
      makeScripted(states('READY'), hang),
      makeScripted(hang, () => refusal(502)),
      makeScripted(states('READY'), () => refusal(429, 'x', { 'retry-after': '1' }), { maxRetries: 100 }),
    ]) {
      const begin = Date.now();
      const options = { totalTimeoutMs: 5000, timeoutMs: 60_000, maxRetries: 100 };
      const error = await errorOf(script.sms.tasks.start(taskId, options));
      expect(Date.now() - begin).toBeLessThanOrEqual(5000);
      if (error instanceof RateLimitError) continue;
      expect(error).toBeInstanceOf(TimeoutError);
      expect((error as Error).message).toBe(`start of task ${taskId} took longer than 5000 ms in all (totalTimeoutMs)`);
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes its limits from the client when the call sets none', async () => {
    const { acts, sms } = makeScripted(states('READY'), () => refusal(502), { maxRetries: 1 });
    await errorOf(sms.tasks.start(taskId));
    expect(acts).toHaveLength(2);
    const slow = makeScripted(states('READY'), hang, { totalTimeoutMs: 3000 });
    const begin = Date.now();
    expect(await errorOf(slow.sms.tasks.start(taskId))).toBeInstanceOf(TimeoutError);
    expect(Date.now() - begin).toBe(3000);
  });

  const moments = [0, 1, 2, 3, 4, 5, 6].map((at) => ({ at, ms: 0 })).concat([2, 4].map((at) => ({ at, ms: 1 })));

  it.each(moments)(
    'ends at once when the caller aborts $ms ms after request $at, and sends nothing more',
    async ({ at, ms }) => {
      const reason = new Error('enough');
      vi.spyOn(Math, 'random').mockReturnValue(0.5);
      const controller = new AbortController();
      const { signal } = controller;
      const abort = (count: number) => {
        if (count !== at) return;
        if (ms === 0) controller.abort(reason);
        else setTimeout(() => controller.abort(reason), ms);
      };
      abort(0);
      const { requests, sms } = makeScripted(
        () => {
          abort(requests.length);
          return taskAnswer('READY');
        },
        () => {
          abort(requests.length);
          return refusal(502);
        },
      );
      expect(await errorOf(sms.tasks.start(taskId, { signal }))).toBe(reason);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(requests).toHaveLength(at);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('tells onRetry and the logger before every further send', async () => {
    const events: RetryEvent[] = [];
    const { logger, warnings } = recordWarnings();
    const { sms } = makeScripted(states('READY'), (_, count) => (count < 3 ? refusal(502) : Response.json('')), {
      onRetry: (event) => events.push(event),
      logger,
    });
    await resultOf(sms.tasks.start(taskId));
    expect(events.map(({ attempt, operation }) => [operation, attempt])).toEqual([
      ['UpdateTaskStatus', 1],
      ['UpdateTaskStatus', 2],
    ]);
    expect(events.every(({ error }) => error instanceof ServerError)).toBe(true);
    expect(warnings.filter((line) => line.includes('UpdateTaskStatus is tried again'))).toHaveLength(2);
  });

  it('sends the bare operation, with the headers of the call', async () => {
    const { acts, reads, sms } = makeScripted(states('RUNNING'), () => refusal(502));
    await resultOf(sms.tasks.start(taskId, { headers: { 'x-language': 'en-us' } }));
    expect(acts[0]?.body).toBe('{"operation":"start"}');
    expect(acts[0]?.headers.get('x-language')).toBe('en-us');
    expect(reads[0]?.headers.get('x-language')).toBe('en-us');
  });
});

describe('act, the bare call', () => {
  it.each(['start', 'stop', 'restart'] as const)(
    'reports a lost answer to %s as an error and reads nothing',
    async (operation) => {
      for (const answer of [() => failWith('ECONNRESET'), () => refusal(500), () => refusal(504)]) {
        const { order, sms } = makeScripted(states('RUNNING'), answer);
        expect(await errorOf(sms.tasks.act(taskId, { operation }))).toBeInstanceOf(Error);
        expect(order()).toEqual(['POST']);
      }
    },
  );
});

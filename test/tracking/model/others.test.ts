import { isSmsError, NetworkError, NotFoundError, type TaskSummary } from '@org/sms-client';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteOne } from '../../../src/resources/send-once.js';
import { createTaskOnce } from '../../../src/tracking/create-once.js';
import { walkPages } from '../../../src/tracking/walk-pages.js';
import { path } from '../../../src/transport/path.js';
import { Scope, SignalHub } from '../../../src/transport/scope.js';
import type { Transport } from '../../../src/transport/transport.js';
import { Choices } from './choices.js';
import { Clock } from './clock.js';
import { makePort } from './service.js';

const numRuns = Number(process.env.MODEL_RUNS ?? 100);
const seed = Number(process.env.MODEL_SEED ?? Math.floor(Math.random() * 2 ** 31));
const timeout = 3_600_000;
const plan = fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(5) }), {
  maxLength: 30,
});
const cut = () => new NetworkError('connection reset', 'ECONNRESET');
const missing = () => {
  const where = { service: 'sms', host: 'sms.example', method: 'DELETE', path: '/', requestId: null } as const;
  const texts = { code: null, serviceMessage: null, details: [], hint: 'Wait.', isJson: true };
  return new NotFoundError({ ...where, ...texts, status: 404 });
};

let clock: Clock;
beforeEach(() => {
  clock = new Clock();
});
afterEach(() => clock.restore());

describe(`random schedules, seed ${seed}`, () => {
  it(
    'of create: the id is that of the created task, or the outcome is unknown',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.boolean(), plan, async (hasOld, choiceNumbers) => {
          const choices = new Choices(choiceNumbers);
          const begun = clock.now;
          let createdAt: number | undefined;
          const old: TaskSummary = { id: 'old', name: 'move', state: 'ABORT', create_date: Date.now() - 3_600_000 };
          const port = {
            ...makePort([], choices, clock),
            create: async (_task: unknown, _options: unknown, sendings: { begin(): void }) => {
              sendings.begin();
              const how = choices.pick('create', ['performed', 'performed, lost', 'lost', 'never sent']);
              if (how.startsWith('performed')) createdAt = clock.now;
              await clock.sleep(100);
              if (how === 'never sent') throw new NetworkError('connection refused', 'ECONNREFUSED', true);
              if (how !== 'performed') throw cut();
              return { id: 'new' };
            },
            listPage: async () => {
              const how = choices.pick('list', ['fresh', 'stale', 'lost']);
              await clock.sleep(100);
              if (how === 'lost') throw cut();
              const seenAt = how === 'stale' ? clock.now - 29_000 : clock.now;
              const isShown = createdAt !== undefined && createdAt <= seenAt;
              const created = {
                id: 'new',
                name: 'move',
                state: 'READY',
                create_date: Date.now() - (clock.now - begun),
              } as const;
              return { count: 1, tasks: [...(hasOld ? [old] : []), ...(isShown ? [created] : [])] };
            },
          };
          const task = { name: 'move', source_server: { id: 's' } } as never;
          const end = await clock.settle(createTaskOnce(port, task));
          const context = choices.describe(hasOld ? 'an old task' : 'no task', 'create');
          if (end === null) throw new Error(`it ends: ${context}`);
          if ('value' in end) expect([end.value.id, createdAt !== undefined], context).toEqual(['new', true]);
          else if (isSmsError(end.error) && end.error.name !== 'OutcomeUnknownError') {
            expect(createdAt, context).toBeUndefined();
          }
        }),
        { numRuns, seed },
      );
    },
    timeout,
  );

  it(
    'of delete: what is reported as deleted is gone, and what is refused was not deleted here',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.boolean(), plan, async (isThere, choiceNumbers) => {
          const choices = new Choices(choiceNumbers);
          const state = { isThere, deletedHere: false };
          // Sends up to three times, as the transport does.
          const request: Transport['request'] = async ({ sendings }) => {
            for (let sent = 1; ; sent += 1) {
              sendings?.begin();
              const how = choices.pick('delete', ['performed', 'performed, lost', 'lost', 'never connected']);
              const error = how === 'never connected' ? new NetworkError('refused', 'ECONNREFUSED', true) : cut();
              const wasThere = state.isThere;
              if (how.startsWith('performed')) {
                state.deletedHere ||= wasThere;
                state.isThere = false;
              }
              if (how === 'performed') {
                sendings?.settle();
                if (wasThere) return undefined as never;
                throw missing();
              }
              if (sent === 3) throw error;
              sendings?.fail(error);
            }
          };
          const operation = {
            operation: 'DeleteTask',
            method: 'DELETE',
            path: path`/v3/tasks/${{ id: 't' }}`,
          } as const;
          const end = await clock.settle(deleteOne({ request } as unknown as Transport, operation, undefined));
          const context = choices.describe(isThere ? 'there' : 'not there', 'delete');
          if (end === null) throw new Error(`it ends: ${context}`);
          if ('value' in end) expect(state.isThere, context).toBe(false);
          else if (isSmsError(end.error) && end.error.name !== 'OutcomeUnknownError') {
            expect(state.deletedHere, context).toBe(false);
          }
        }),
        { numRuns, seed },
      );
    },
    timeout,
  );

  it(
    'of listAll: what is there all the time comes once, whatever moves',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 30 }), plan, async (size, choiceNumbers) => {
          const choices = new Choices(choiceNumbers);
          let items = Array.from({ length: size }, (_, index) => `t${index}`);
          const stays = new Set(items);
          let made = 0;
          const read = async ({ limit, offset }: { limit: number; offset: number }) => {
            const how = choices.pick('page', ['quiet', 'first leaves', 'one comes first', 'without a count', 'half']);
            await clock.sleep(100);
            if (how === 'first leaves') {
              stays.delete(items[0] ?? '');
              items = items.slice(1);
            }
            if (how === 'one comes first') {
              made += 1;
              items = [`new${made}`, ...items];
            }
            const most = how === 'half' ? Math.max(1, Math.ceil(limit / 2)) : limit;
            const count = how === 'without a count' ? null : items.length;
            return { count, items: items.slice(offset, offset + most) };
          };
          const list = {
            operation: 'ListTasks',
            first: { offset: 0, limit: 5 },
            largestPage: 5,
            read,
            identify: (id: string) => id,
          };
          const hub = new SignalHub();
          const collect = async () => {
            const all: string[] = [];
            for await (const id of walkPages(list, (limits) => new Scope(hub, limits), undefined)) all.push(id);
            return all;
          };
          const end = await clock.settle(collect());
          const context = choices.describe(`${size} items`, 'listAll');
          if (end === null || !('value' in end)) throw new Error(`it ends: ${context}`);
          expect(new Set(end.value).size, context).toBe(end.value.length);
          for (const id of stays) expect(end.value, context).toContain(id);
        }),
        { numRuns, seed },
      );
    },
    timeout,
  );
});

/** Issue 13, item 2: the interfaces of options are written by hand. What an editor says of a slip is in `editor.test.ts`. */
import type {
  ActAndWaitOptions,
  ClientOptions,
  Cursor,
  DeleteManyOptions,
  HeadersInput,
  PollOptions,
  RequestOptions,
  SmsClient,
  StartAllAndWaitOptions,
  StartAndWaitOptions,
  StartManyOptions,
  StartOptions,
  Task,
  WaitForAllOptions,
  WaitOptions,
  WatchManyOptions,
  WatchOptions,
} from '@org/sms-client';
import { assertType, expectTypeOf, it } from './expectations.js';

declare const sms: SmsClient;

it('every method names its options', () => {
  type Last<Method> = Method extends (...parameters: infer All) => unknown ? Required<All>[1] : never;
  expectTypeOf<Last<SmsClient['tasks']['get']>>().toEqualTypeOf<RequestOptions>();
  expectTypeOf<Last<SmsClient['tasks']['start']>>().toEqualTypeOf<StartOptions>();
  expectTypeOf<Last<SmsClient['tasks']['startAndWait']>>().toEqualTypeOf<StartAndWaitOptions>();
  expectTypeOf<Last<SmsClient['tasks']['waitFor']>>().toEqualTypeOf<WaitOptions>();
  expectTypeOf<Last<SmsClient['tasks']['watch']>>().toEqualTypeOf<WatchOptions>();
  expectTypeOf<Last<SmsClient['tasks']['startMany']>>().toEqualTypeOf<StartManyOptions>();
  expectTypeOf<Last<SmsClient['tasks']['waitForAll']>>().toEqualTypeOf<WaitForAllOptions>();
  expectTypeOf<Last<SmsClient['tasks']['watchMany']>>().toEqualTypeOf<WatchManyOptions>();
  expectTypeOf<Last<SmsClient['tasks']['startAllAndWait']>>().toEqualTypeOf<StartAllAndWaitOptions>();
  expectTypeOf<Last<SmsClient['tasks']['deleteMany']>>().toEqualTypeOf<DeleteManyOptions>();
});

it('a wait takes the options of every call', () => {
  assertType<RequestOptions>({} as PollOptions);
  assertType<RequestOptions>({} as WaitOptions);
  assertType<RequestOptions>({} as ActAndWaitOptions);
});

it('every option may be undefined', () => {
  const nothing = {
    signal: undefined,
    timeoutMs: undefined,
    intervalMs: undefined,
    maxWaitMs: undefined,
    onProgress: undefined,
  };
  assertType<StartAndWaitOptions>(nothing);
  assertType<WaitForAllOptions>(nothing);
  assertType<ClientOptions>({
    credentials: { token: 'a' },
    onRetry: undefined,
    timeoutMs: undefined,
    logger: undefined,
  });
});

it('headers are a record, a Headers, pairs or a Map', () => {
  assertType<HeadersInput>({ 'x-trace': 'a', 'x-none': undefined });
  assertType<HeadersInput>(new Headers());
  assertType<HeadersInput>([['x-trace', 'a']]);
  assertType<HeadersInput>(new Map([['x-trace', 'a']]));
  sms.tasks.get('a', { headers: new Map([['x-trace', 'a']]) });
  sms.request({ method: 'GET', path: '/v3/tasks', headers: new Headers() });
  // @ts-expect-error -- a value that is no text
  assertType<HeadersInput>({ 'x-trace': 1 });
});

it('until is a list of states or a function of the task', () => {
  sms.tasks.waitFor('a', { until: ['MIGRATE_SUCCESS'] });
  sms.tasks.waitFor('a', { until: (task) => assertType<Task>(task) === undefined });
  // @ts-expect-error -- misspelt
  sms.tasks.waitFor('a', { until: ['MIGRATE_SUCESS'] });
  // @ts-expect-error -- misspelt
  sms.tasks.startAndWait('a', { failOn: ['MIGRATE_FIAL'] });
});

it('a target is an id or a cursor', () => {
  sms.tasks.startAndWait({} as Cursor, { cursor: null });
  // @ts-expect-error -- neither
  sms.tasks.startAndWait(42);
});

import {
  type ApiError,
  type ClientOptions,
  type ConflictError,
  type Cursor,
  isSmsError,
  type MigrationFailedError,
  type ResponseFormatError,
  SmsClient,
  type Task,
  type TaskSnapshot,
  type Token,
} from '@org/sms-client';
import { assertType, expectTypeOf, it } from './expectations.js';

declare const sms: SmsClient;
declare const error: unknown;

it('the types of the client return plain promises', () => {
  expectTypeOf(sms.tasks.get('a')).toEqualTypeOf<Promise<Task>>();
  expectTypeOf(sms.tasks.start('a')).toEqualTypeOf<Promise<Cursor>>();
  expectTypeOf(sms.tasks.startAndWait('a')).toEqualTypeOf<Promise<Task>>();
  expectTypeOf(sms.tasks.watch('a')).toEqualTypeOf<AsyncIterable<TaskSnapshot>>();
  expectTypeOf(sms.auth.verifyToken('a')).toEqualTypeOf<Promise<Token | null>>();
});

it('the types of the client accept undefined for every optional input', () => {
  const nothing = { region: undefined, logger: undefined, fetch: undefined, maxRetries: undefined };
  assertType<ClientOptions>({ ...nothing, credentials: { token: 'a', expiresAt: undefined } });
  sms.tasks.get('a', { signal: undefined, timeoutMs: undefined });
  sms.tasks.list({ limit: undefined });
});

it('the types of the client refuse what would be refused at run time', () => {
  // @ts-expect-error -- credentials are missing
  assertType<ClientOptions>({ region: 'eu-west-101' });
  // @ts-expect-error -- half of a password login
  new SmsClient({ credentials: { username: 'a', password: 'b' } });
  // @ts-expect-error -- the unit belongs to the name
  sms.tasks.get('a', { timeout: 5 });
  // @ts-expect-error -- not a query of tasks
  sms.tasks.list({ page: 2 });
  // @ts-expect-error -- an id is a text
  sms.tasks.get(42);
});

it('the types of the client accept any operation where the set is open, and no misspelt field', () => {
  sms.tasks.act('a', { operation: 'start' });
  sms.tasks.act('a', { operation: 'sync_failed_rollback' });
  sms.tasks.actAndWait('a', { operation: 'sync_failed_rollback' });
  // @ts-expect-error -- an operation is a text
  sms.tasks.act('a', { operation: 1 });
  // @ts-expect-error -- an unknown field
  sms.tasks.act('a', { operation: 'start', force: true });
  // @ts-expect-error -- the operation of a named method is its name
  sms.tasks.start('a', { action: { operation: 'restart' } });
});

it('the types of the client accept the global fetch and console', () => {
  assertType<ClientOptions>({ credentials: { token: 'a' }, fetch: globalThis.fetch, logger: console });
});

it('the types of errors narrow by name', () => {
  if (!isSmsError(error)) return;
  if (error.name === 'MigrationFailedError') expectTypeOf(error).toEqualTypeOf<MigrationFailedError>();
  if (error.name === 'ResponseFormatError') expectTypeOf(error).toEqualTypeOf<ResponseFormatError>();
  if (error.name === 'ConflictError') expectTypeOf(error).toExtend<ApiError>();
  // @ts-expect-error -- no such class
  if (error.name === 'UnknownError') throw error;
});

it('the types of errors keep name, service and reason literal', () => {
  expectTypeOf<ConflictError['name']>().toEqualTypeOf<'ConflictError'>();
  expectTypeOf<ApiError['service']>().toEqualTypeOf<'sms' | 'iam'>();
  expectTypeOf<MigrationFailedError['reason']>().toEqualTypeOf<'failed' | 'rolled-back' | 'paused'>();
  expectTypeOf<ResponseFormatError['data']>().toEqualTypeOf<unknown>();
});

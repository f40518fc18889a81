import { MigrationFailedError, type Task } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeErrorCode, listErrorCodes } from '../../src/error-codes.js';
import { explainFailure } from '../../src/tracking/explain-failure.js';
import { taskResponse } from '../support/fake-fetch.js';
import { makeScripted, taskId } from '../support/fake-task.js';
import { errorOf, useFakeTime } from '../support/fake-time.js';

useFakeTime();

const explain = (error_json?: string | null, state = 'MIGRATE_FAIL') =>
  explainFailure({ id: taskId, state: state as Task['state'], error_json });
const known = describeErrorCode('SMS.0807');

describe('explainFailure reads error_json', () => {
  it.each([
    ['JSON text', '{"error_code":"SMS.0807","error_msg":"The network broke."}'],
    ['JSON text in another order', '{"error_msg":"The network broke.","error_code":"SMS.0807"}'],
    ['nested JSON text', '{"error":{"code":"SMS.0807","message":"The network broke."}}'],
    ['a list', '[{"error_code":"SMS.0807","error_msg":"The network broke."}]'],
    ['plain text', 'SMS.0807: The network broke.'],
    ['JSON text that was cut off', '{"error_code":"SMS.0807","error_msg":"The netw'],
    ['JSON text that was cut off in an escape', '{"error_code":"SMS.0807","error_msg":"The netw\\u00'],
    ['HTML', '<html><title>SMS.0807</title><body>Broken</body></html>'],
    ['a known code in a huge text', `SMS.0807 ${'x'.repeat(1_000_000)}`],
  ])('as %s with a known code', (_, text) => {
    expect(explain(text)).toMatchObject({
      reason: 'failed',
      code: 'SMS.0807',
      meaning: known?.meaning,
      hint: known?.hint,
      canRestart: known?.canRestart,
    });
  });

  it.each([
    [
      'JSON text',
      '{"error_code":"SMS.9876","error_msg":"The disk \\"C:\\" is full"}',
      'SMS.9876',
      'The disk "C:" is full.',
    ],
    ['JSON text without a code', '{"error_msg":"Something broke!"}', null, 'Something broke!'],
    ['JSON text with blanks in it', ' { "error_msg" : " Something broke " } ', null, 'Something broke.'],
    ['JSON text of another kind behind blanks', '\n  {"a":1}', null, 'The service gave no reason.'],
    ['plain text', 'Something\n   broke', null, 'Something broke.'],
    ['plain text with brackets in it', 'Disk [C:] broke', null, 'Disk [C:] broke.'],
    ['JSON text that was cut off', '{"error_code":"SMS.9876","error_msg":"The disk is', 'SMS.9876', 'The disk is.'],
    ['HTML with a title', '<html><title>Bad gateway</title><p>x</p></html>', null, 'Bad gateway.'],
    ['HTML without one', '<p>x</p>', null, 'The service gave no reason.'],
    ['JSON text without a word for people', '{"error_code":"SMS.9876"}', 'SMS.9876', 'The service gave no reason.'],
    ['JSON text of another kind', '{"a":1}', null, 'The service gave no reason.'],
    ['an empty text', '', null, 'The service gave no reason.'],
    ['blanks', ' \n ', null, 'The service gave no reason.'],
    ['null', null, null, 'The service gave no reason.'],
    ['nothing', undefined, null, 'The service gave no reason.'],
    ['a text with what is no code', 'SMS.12 and SMS.12345', null, 'SMS.12 and SMS.12345.'],
  ])('as %s without a known code', (_, text, code, meaning) => {
    expect(explain(text)).toMatchObject({ code, meaning, canRestart: null });
    expect(explain(text).hint).toContain('start the task again');
  });

  it.each([
    ['a text', '{"error_code":"SMS.0807","error_msg":"The network broke"}', 'The network broke'],
    [
      'values in a text',
      '{"error_code":"SMS.1404","error_param":"[\\"disk-1\\",\\"IN-USE\\",7]"}',
      'disk-1, IN-USE, 7',
    ],
    ['values in a list', '{"error_param":["a b", "c\\"d"],"error_code":"SMS.1404"}', 'a b, c"d'],
    ['one value', '{"error_code":"SMS.1404","error_param":"disk-1"}', 'disk-1'],
    ['one number', '{"error_code":"SMS.1404","error_param": 42}', '42'],
    ['both', '{"error_code":"SMS.1404","error_msg":"No disk","error_param":["disk-1"]}', 'No disk (disk-1)'],
    ['both, the same', '{"error_msg":"No disk-1","error_param":["disk-1"]}', 'No disk-1'],
    ['values that were cut off', '{"error_code":"SMS.1404","error_param":"[\\"disk-1\\",\\"IN-US', 'disk-1, IN-US'],
    ['a list that was cut off', '{"error_code":"SMS.1404","error_param":["disk-1","IN-US', 'disk-1, IN-US'],
    ['a text that was cut off', '{"error_code":"SMS.1404","error_msg":"No di', 'No di'],
    ['plain text', 'SMS.0807: The network broke.', 'SMS.0807: The network broke.'],
    ['no values', '{"error_code":"SMS.0515","error_param":"[]"}', null],
    ['an empty list', '{"error_code":"SMS.0515","error_param":[]}', null],
    ['an empty text', '{"error_code":"SMS.0515","error_param":"","error_msg":""}', null],
    ['null', '{"error_code":"SMS.0515","error_param":null}', null],
    ['nothing', '', null],
  ])('and keeps the words of the service: %s', (_, text, serviceMessage) => {
    const failure = explain(text);
    expect(failure.serviceMessage).toBe(serviceMessage);
    const { message } = new MigrationFailedError({ id: taskId, state: 'MIGRATE_FAIL' }, failure);
    expect(message).toContain(failure.meaning);
    expect(message).toContain(serviceMessage ?? '');
  });

  it("and shows the service's text when an unknown code has none", () => {
    expect(explain('{"error_code":"SMS.9876","error_param":"[\\"sda\\"]"}').meaning).toBe('The service names sda.');
  });

  it('and shortens what is longer than 300 characters, and says so', () => {
    expect(explain(`${'x'.repeat(299)}.`).meaning).toBe(`${'x'.repeat(299)}.`);
    expect(explain('x'.repeat(301)).meaning).toBe(`${'x'.repeat(300)}…`);
  });

  it('and shortens a text as large as a response may be', () => {
    for (const text of ['x'.repeat(30_000_000), `{"error_msg":"${'y'.repeat(30_000_000)}`]) {
      expect(explain(text).meaning.length).toBeLessThanOrEqual(301);
    }
  });

  it('with every code of the table', () => {
    for (const code of listErrorCodes()) {
      const { meaning = 'Its own words.', hint } = describeErrorCode(code) ?? {};
      expect(explain(`{"error_code":"${code}","error_msg":"Its own words"}`)).toMatchObject({
        code,
        meaning,
        hint,
      });
    }
  });

  it('of any shape without throwing', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.string().map((text) => `{"error_code":"SMS.0807","error_msg":"${text}`),
      fc
        .array(fc.constantFrom('"error_msg":"', '\\', '"', '{', '<title>', 'SMS.', '0807', '\u{d800}'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, fc.string(), (text, state) => {
        const failure = explain(text, state);
        expect(failure.meaning).toMatch(/\S/);
        expect(failure.hint).toMatch(/\S/);
        expect(new MigrationFailedError({ id: taskId, state: state as Task['state'] }, failure).message).toContain(
          failure.meaning,
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('explainFailure names', () => {
  it.each([
    ['MIGRATE_FAIL', 'failed', 'The service gave no reason.', null],
    ['SYNC_FAIL', 'failed', 'The service gave no reason.', null],
    ['FAIL', 'failed', 'The service gave no reason.', null],
    ['SYNC_F_ROLLBACK_SUCCESS', 'rolled-back', 'The synchronisation failed and the target was rolled back.', null],
    ['ABORT', 'paused', 'The task was paused.', true],
  ])('the reason of %s: %s', (state, reason, meaning, canRestart) => {
    expect(explain('', state)).toMatchObject({ reason, code: null, meaning, canRestart });
  });

  it('the step that was under way, of the last round', () => {
    const steps = [
      { id: 1, name: 'MIGRATE_LINUX_FILE', progress: 50, user_op: 'REPLICATE' },
      { id: 2, name: 'SSL_CONFIG', progress: 100, user_op: 'RESYNC0' },
      { id: 3, name: 'SYNC_LINUX_FILE', progress: 40, user_op: 'RESYNC0' },
      { id: 4, name: 'CHECK_CONSISTENCY', progress: 0, user_op: 'RESYNC0' },
    ];
    const stepOf = (sub_tasks: typeof steps | null) =>
      explainFailure({ id: taskId, state: 'SYNC_FAIL', sub_tasks }).step;
    expect(stepOf(steps)).toEqual(steps[2]);
    expect(stepOf(steps.slice(0, 2))).toEqual(steps[1]);
    expect(stepOf([])).toBeNull();
    expect(stepOf(null)).toBeNull();
  });
});

describe('MigrationFailedError', () => {
  it('carries the task, the explanation, and a message made of them', async () => {
    const more = {
      error_json: '{"error_code":"SMS.0807","error_msg":"x"}',
      sub_tasks: [{ id: 3517, name: 'MIGRATE_LINUX_FILE', progress: 41, user_op: 'REPLICATE' }],
    };
    const { sms } = makeScripted(() => taskResponse('MIGRATE_FAIL', more));
    const error = (await errorOf(sms.tasks.waitFor(taskId))) as MigrationFailedError;
    expect(error).toBeInstanceOf(MigrationFailedError);
    expect(error.name).toBe('MigrationFailedError');
    expect(error.task).toEqual({ id: taskId, state: 'MIGRATE_FAIL', ...more });
    expect(error.step).toEqual(more.sub_tasks[0]);
    expect(error).toMatchObject({ reason: 'failed', code: 'SMS.0807', canRestart: true });
    expect(error.message).toBe(
      `Task task-1 at sms.test.example is MIGRATE_FAIL in step MIGRATE_LINUX_FILE of REPLICATE, SMS.0807: ${known?.meaning} The service says: x. Hint: ${known?.hint}`,
    );
  });
});

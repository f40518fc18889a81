import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readErrorBody } from '../../src/schemas/error-body.js';

const nothing = { code: null, message: null, requestId: null, details: [], isJson: true };
const read = (body: unknown) => readErrorBody(JSON.stringify(body));

describe('readErrorBody', () => {
  it.each([
    ['SMS', { error_code: 'SMS.1039', error_msg: 'busy' }, { code: 'SMS.1039', message: 'busy' }],
    [
      'the gateway',
      { error_code: 'APIGW.0301', error_msg: 'no', request_id: 'r' },
      { code: 'APIGW.0301', message: 'no', requestId: 'r' },
    ],
    ['Keystone', { error: { code: 401, message: 'wrong', title: 'Unauthorized' } }, { code: null, message: 'wrong' }],
    [
      'IAM with a code inside',
      { error: { error_code: 'IAM.0062', error_msg: 'wrong' } },
      { code: 'IAM.0062', message: 'wrong' },
    ],
    ['code and message', { code: 'SMS.0001', message: 'wrong' }, { code: 'SMS.0001', message: 'wrong' }],
    [
      'a request id inside',
      { error: { code: 'X.1', message: 'm', request_id: 'r' } },
      { code: 'X.1', message: 'm', requestId: 'r' },
    ],
    ['code and msg', { code: 'SMS.0001', msg: 'wrong' }, { code: 'SMS.0001', message: 'wrong' }],
    [
      'a list of errors',
      { errors: ['odd', { code: 'X.1', message: 'm' }, { code: 'X.2' }] },
      { code: 'X.1', message: 'm' },
    ],
    ['a list of texts', { errors: ['first', 'second'] }, { message: 'first' }],
    ['camel case', { errorCode: 'SMS.0001', errorMsg: 'wrong' }, { code: 'SMS.0001', message: 'wrong' }],
    ['a code with white space', { error_code: 'SMS.1039 ', error_msg: 'busy' }, { code: 'SMS.1039', message: 'busy' }],
    ['OpenStack', { itemNotFound: { code: 404, message: 'no such task' } }, { message: 'no such task' }],
    ['a text alone', { error: 'invalid_client' }, { message: 'invalid_client' }],
    ['other data beside one object', { data: { message: 'm' }, id: 'x' }, {}],
  ])('reads the shape of %s', (_name, body, expected) => {
    expect(read(body)).toEqual({ ...nothing, ...expected });
  });

  it('reads nested causes, whatever is among them, and no more than twenty', () => {
    const details = [{ error_code: 'SMS.9004', error_msg: 'no' }, 'text', null, { error_code: 5 }];

    expect(read({ error_code: 'SMS.9004', error_msg: 'no', details }).details).toEqual([
      { code: 'SMS.9004', message: 'no' },
      { code: null, message: null },
      { code: null, message: null },
      { code: null, message: null },
    ]);
    expect(read({ details: Array.from({ length: 50 }, () => ({})) }).details).toHaveLength(20);
    expect(read({ details: { error_code: 'A' } }).details).toEqual([]);
  });

  it.each([
    ['nothing', '', null],
    ['white space', ' \r\n', null],
    ['text', 'upstream connect error\n  or disconnect', 'upstream connect error or disconnect'],
    ['a page', '<html><head><TITLE>502 Bad\n Gateway</TITLE></head><body>long</body></html>', '502 Bad Gateway'],
    ['a page without a title', '<!doctype html><body>long</body>', null],
    ['a JSON text', '"no"', '"no"'],
    ['a JSON array', '[{"error_code":"A"}]', '[{"error_code":"A"}]'],
    ['half of a JSON', '{"error_code":"SMS.1039"', '{"error_code":"SMS.1039"'],
  ])('reads %s', (_name, text, message) => {
    expect(readErrorBody(text)).toEqual({ ...nothing, message, isJson: false });
  });

  it.each([5, true, null, ['SMS.1'], {}, '', 'two words', '<b>', 'x'.repeat(256)])('finds no code in %j', (code) => {
    expect(read({ error_code: code, error_msg: 'm' })).toEqual({ ...nothing, message: 'm' });
  });

  it('prefers the outer fields, and text over other types', () => {
    expect(read({ error_code: 'A', error_msg: '', error: { error_code: 'B', error_msg: 'inner' } })).toMatchObject({
      code: 'A',
      message: 'inner',
    });
  });

  it('shortens long texts', () => {
    expect(read({ error_msg: 'x'.repeat(5_000) }).message).toBe(`${'x'.repeat(1_024)}\u2026`);
    expect(readErrorBody('x'.repeat(5_000)).message).toBe(`${'x'.repeat(1_024)}\u2026`);
    expect(read({ error_msg: 'x'.repeat(1_024) }).message).toBe('x'.repeat(1_024));
  });

  it('cleans every text before it shortens it', () => {
    const clean = (text: string) => text.replaceAll(/s+e+cret/g, '***');
    const long = `s${'e'.repeat(2_000)}cret`;
    const body = {
      error_code: 'secret',
      error_msg: long,
      request_id: 'secret',
      details: [{ error_code: 'secret', error_msg: 'a secret' }],
    };

    expect(readErrorBody(JSON.stringify(body), clean)).toEqual({
      code: null,
      isJson: true,
      message: '***',
      requestId: '***',
      details: [{ code: null, message: 'a ***' }],
    });
    expect(readErrorBody(`behind ${long}`, clean).message).toBe('behind ***');
    expect(readErrorBody('<title>a secret</title>', clean).message).toBe('a ***');
  });

  it('reads names of Object.prototype as data', () => {
    expect(readErrorBody('{"__proto__":{"error_code":"EVIL","error_msg":"evil"}}')).toEqual(nothing);
    expect(readErrorBody('{"error":{"__proto__":{"code":"EVIL"}},"constructor":{"error_code":"EVIL"}}')).toEqual(
      nothing,
    );
  });

  it('never throws and always returns the same shape, whatever the body is', () => {
    const key = fc.constantFrom(
      'error',
      'error_code',
      'error_msg',
      'errors',
      'msg',
      'code',
      'message',
      'details',
      'request_id',
      '__proto__',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.dictionary(key, tie('value')), fc.array(tie('value'))),
    }));
    const body = fc.oneof(
      fc.string({ unit: 'binary' }),
      value.map((json) => JSON.stringify(json)),
    );
    const text = (limit: number) =>
      expect.toSatisfy(
        (found) => found === null || (typeof found === 'string' && found !== '' && found.length <= limit),
      );
    const property = fc.property(body, (raw) => {
      const { details, ...rest } = readErrorBody(raw);
      expect(rest).toEqual({
        code: text(255),
        message: text(1_025),
        requestId: text(1_025),
        isJson: expect.any(Boolean),
      });
      for (const detail of details) expect(detail).toEqual({ code: text(255), message: text(1_025) });
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('is not slowed down by hostile texts', () => {
    for (const text of [
      '<title>'.repeat(500_000),
      `<${' '.repeat(3_000_000)}`,
      '['.repeat(3_000_000),
      `${' '.repeat(3_000_000)}x`,
    ]) {
      expect(readErrorBody(text).code).toBeNull();
    }
  });
});

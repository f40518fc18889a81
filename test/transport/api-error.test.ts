import { describe, expect, it } from 'vitest';
import { isRefusal, toApiError } from '../../src/transport/api-error.js';

function makeError(status: number, code: string | null = null) {
  const call = { service: 'sms', host: 'sms.example', method: 'GET', path: '/v3/tasks', isJson: true } as const;
  return toApiError({ ...call, status, code, serviceMessage: null, requestId: null, details: [] });
}

describe('an error of the service', () => {
  it.each([
    [400, null],
    [401, null],
    [404, null],
    [409, null],
    [499, null],
    [200, 'SMS.9004'],
    [299, 'SMS.1039'],
  ])('is a refusal with %i and the code %s', (status, code) => {
    expect(isRefusal(makeError(status, code))).toBe(true);
  });

  it.each([
    [300, null],
    [302, null],
    [399, null],
    [408, null],
    [429, null],
    [500, null],
    [503, null],
    [200, 'APIGW.0105'],
    [200, 'APIGW.0501'],
    [400, 'APIGW.0105'],
  ])('may pass with %i and the code %s', (status, code) => {
    expect(isRefusal(makeError(status, code))).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { isRefusal, toApiError } from '../../src/transport/api-error.js';

function makeError(status: number, code: string | null = null, isForeign = false) {
  const call = { service: 'sms', host: 'sms.example', method: 'GET', path: '/v3/tasks', isJson: true } as const;
  return toApiError({ ...call, status, code, serviceMessage: null, requestId: null, details: [] }, isForeign);
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

describe('a refusal in a text that the service does not send', () => {
  const other = /^Something other than the service responded at sms\.example/;

  it.each([401, 403])('is said to come from something else with %i', (status) => {
    expect(makeError(status, null, true).hint).toMatch(other);
    expect(makeError(status).hint).not.toMatch(other);
  });

  it.each([400, 409, 429, 503])('may be of the service with %i', (status) => {
    expect(makeError(status, null, true).hint).toBe(makeError(status).hint);
  });
});

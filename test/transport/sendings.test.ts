import { NetworkError, TimeoutError } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { toApiError } from '../../src/transport/api-error.js';
import { Sendings } from '../../src/transport/sendings.js';

function refuse(status: number, retryAfterMs?: number) {
  const call = { service: 'sms', host: 'sms.example', method: 'POST', path: '/v3/tasks', isJson: true } as const;
  return toApiError({ ...call, status, code: null, serviceMessage: null, requestId: null, details: [], retryAfterMs });
}

function failAfterSending(error: unknown): boolean {
  const sendings = new Sendings();
  sendings.begin();
  sendings.fail(error);
  return sendings.wasLost;
}

describe('a request that was sent', () => {
  it.each([
    ['500', refuse(500)],
    ['502', refuse(502)],
    ['503 without Retry-After', refuse(503)],
    ['500 with Retry-After', refuse(500, 1_000)],
    ['504 with Retry-After', refuse(504, 1_000)],
    ['408', refuse(408)],
    ['a connection that broke', new NetworkError('broke', 'ECONNRESET', false)],
    ['no response in time', new TimeoutError('late')],
  ])('may have been performed after %s', (_name, error) => {
    expect(failAfterSending(error)).toBe(true);
  });

  it.each([
    ['400', refuse(400)],
    ['409', refuse(409)],
    ['429', refuse(429)],
    ['503 with Retry-After', refuse(503, 1_000)],
    ['503 with Retry-After of now', refuse(503, 0)],
    ['a connection that was never made', new NetworkError('refused', 'ECONNREFUSED', true)],
  ])('was not performed after %s', (_name, error) => {
    expect(failAfterSending(error)).toBe(false);
  });

  it('is not lost by what fails before anything is sent again', () => {
    const sendings = new Sendings();
    sendings.begin();
    sendings.settle();
    sendings.fail(new TimeoutError('late'));

    expect(sendings.wasLost).toBe(false);
  });
});

import { respondJson, type ServiceResponse } from '../core/exchange.js';
import type { FailOptions } from './faults.js';

const codes: Readonly<Record<number, string>> = {
  401: 'APIGW.0301',
  403: 'APIGW.0302',
  404: 'APIGW.0103',
  429: 'APIGW.0308',
  500: 'SMS.2007',
  502: 'APIGW.0201',
  503: 'APIGW.0613',
  504: 'APIGW.0201',
};

/** The response of a `fail` fault, in the shape of the service that was called. */
export function describeFailure(service: 'iam' | 'sms', status: number, options: FailOptions): ServiceResponse {
  const message = options.message ?? 'Simulated failure.';
  const headers = options.retryAfter === undefined ? {} : { 'retry-after': String(options.retryAfter) };
  // IAM has a shape without a code, and one with: which is meant shows in whether a code was asked for.
  const body =
    service === 'iam' && options.code === undefined
      ? { error: { code: status, message, title: titleOf(status) } }
      : { error_msg: message, error_code: options.code ?? codes[status] ?? 'APIGW.0602' };
  return respondJson(body, status, headers);
}

function titleOf(status: number): string {
  const titles: Readonly<Record<number, string>> = {
    400: 'Bad Request',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
    429: 'Too Many Requests',
    503: 'Service Unavailable',
  };
  return titles[status] ?? 'Internal Server Error';
}

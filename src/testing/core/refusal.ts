import { respondJson, type ServiceResponse } from './exchange.js';

/** Thrown by a handler that does not carry a request out; holds the response to give instead. */
export class Refusal extends Error {
  /** What the client is told. */
  readonly response: ServiceResponse;

  constructor(response: ServiceResponse, message: string) {
    super(message);
    this.response = response;
  }
}

/** A refusal in the shape of SMS and of its API gateway, which share it. */
export function refuse(status: number, code: string, message: string): Refusal {
  return new Refusal(respondJson({ error_msg: message, error_code: code }, status), message);
}

/** A refusal in the shape that IAM took over from Keystone: the code is the HTTP status, as a number. */
export function refuseByIam(status: number, message: string, title: string): Refusal {
  return new Refusal(respondJson({ error: { code: status, message, title } }, status), message);
}

/** ASSUMPTION: 400 with the gateway's code. No source names the code that SMS gives to a body or a query it cannot use. */
export function refuseInput(message: string): Refusal {
  return refuse(400, 'APIGW.0602', message);
}

/** ASSUMPTION: the table of codes has one 404 of SMS ("the source server has no task"); no source ties it to an unknown id. */
export function refuseUnknown(what: string): Refusal {
  return refuse(404, 'SMS.2252', `The ${what} does not exist.`);
}

/**
 * ASSUMPTION: no source names the code for an id of anything but a task or a source server. This one stands in no table, so
 * that no client reads into it what it does not say.
 */
export function refuseMissing(what: string): Refusal {
  return refuse(404, 'SMS.0404', `The ${what} does not exist.`);
}

import { type Answer, answerJson } from '../core/exchange.js';
import type { Route } from '../core/route.js';

/** Versions of the API. Their paths lie at the root of the host. */
export const versionRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /', operation: 'ListApiVersion', handle: handleList },
  // The one version there is; a parameter here would take every path of one segment.
  { service: 'sms', pattern: 'GET /v3', operation: 'ShowApiVersion', handle: handleShow },
];

// As the reference prints it.
const version = {
  links: [{ rel: 'self', href: 'https://{endpoint}/' }],
  id: 'v3',
  updated: '2020-09-02T17:50:00Z',
  status: 'SUPPORTED',
};

function handleList(): Answer {
  return answerJson({ versions: [version] });
}

function handleShow(): Answer {
  return answerJson(version);
}

/** The one table that gives a status and a code their class of error and their hint. */
import { describeErrorCode, type ErrorKind } from '../error-codes.js';
import {
  ApiError,
  type ApiFailure,
  AuthenticationError,
  ConflictError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
} from '../errors.js';

const classes: Record<ErrorKind, new (failure: ApiFailure) => ApiError> = {
  authentication: AuthenticationError,
  'dead-token': AuthenticationError,
  permission: PermissionDeniedError,
  'not-found': NotFoundError,
  conflict: ConflictError,
  'rate-limit': RateLimitError,
  server: ServerError,
  request: ApiError,
};

interface Row {
  readonly kind: ErrorKind;
  readonly hint: string;
}

/** @internal What to do when a proxy wants a login: it says so to the tunnel, or in a response. */
export const proxyLoginHint =
  'The proxy wants a login of its own. Put user name and password into the URL of the proxy.';

const redirect: Row = {
  kind: 'request',
  hint: 'Redirects are never followed, because they would carry the token to another host. Check the endpoint.',
};
const refused: Row = { kind: 'request', hint: 'Correct the request; repeating it unchanged will not help.' };
const failed: Row = {
  kind: 'server',
  hint: 'The service failed. Try again later; quote the request id if it persists.',
};
const gatewayFailed: Row = {
  kind: 'server',
  hint: 'A gateway in front of the service could not reach it. Try again later.',
};

const statuses: Readonly<Record<number, Row>> = {
  // How browsers hide a redirect that they do not follow.
  0: redirect,
  304: { kind: 'request', hint: 'A cache responded instead of the service. Exclude the endpoint from caching.' },
  401: {
    kind: 'authentication',
    hint: 'Check the credentials, and that the token belongs to the region of the endpoint.',
  },
  403: {
    kind: 'permission',
    hint: 'Check the permissions of the user, and that the privacy agreement of SMS was accepted.',
  },
  404: {
    kind: 'not-found',
    hint: 'Check the id, and that the endpoint belongs to the site where the task was created.',
  },
  405: { kind: 'request', hint: 'Check the endpoint and the HTTP method.' },
  407: { kind: 'request', hint: proxyLoginHint },
  408: { kind: 'request', hint: 'The request did not arrive in time. Check the network, then try again.' },
  409: { kind: 'conflict', hint: 'Read the current state and decide again.' },
  413: { kind: 'request', hint: 'The request is too large: send less at once.' },
  425: { kind: 'request', hint: 'The service did not accept the request yet. Try again in a moment.' },
  429: { kind: 'rate-limit', hint: 'Wait, then send fewer requests at once.' },
  511: {
    kind: 'server',
    hint: 'The network wants a login of its own, for instance on a web page. Log in to the network.',
  },
};

function rowOfStatus({ host, isJson, service, status }: RefusedCall, isForeign: boolean): Row {
  if (status === 404 && service === 'iam') {
    return { kind: 'not-found', hint: `Check iamEndpoint: ${host} does not offer this operation of IAM.` };
  }
  if (status === 404 && !isJson) {
    return { kind: 'not-found', hint: `Check the endpoint: ${host} does not seem to be SMS. If it is, check the id.` };
  }
  const row = statuses[status];
  if (row !== undefined && isForeign && (status === 401 || status === 403)) {
    return {
      kind: row.kind,
      hint: `Something other than the service responded at ${host}, for instance a proxy or a login page. Check the network and the endpoint.`,
    };
  }
  if (row !== undefined) return row;
  if (status >= 520 && status <= 529) return gatewayFailed;
  if (status >= 500) return failed;
  return status >= 300 && status < 400 ? redirect : refused;
}

/** @internal A refusal, before the table says what to make of it. */
export type RefusedCall = Omit<ApiFailure, 'hint' | 'reasons'>;

/**
 * @internal Makes the error of a refusal: its class and hint follow the code, then the status.
 *
 * @param isForeign - whether the body is a text that the service does not send
 */
export function toApiError(call: RefusedCall, isForeign = false): ApiError {
  const byStatus = rowOfStatus(call, isForeign);
  const byCode = describeErrorCode(call.code);
  const kind = isBeingDeleted(call) ? 'conflict' : (byCode?.kind ?? byStatus.kind);
  return new classes[kind]({ ...call, hint: byCode?.hint ?? byStatus.hint });
}

// Sources disagree about this code: some say that the task is gone, others that it is going. The text decides.
function isBeingDeleted({ code, serviceMessage }: RefusedCall): boolean {
  return code === 'SMS.7703' && /\bdeleting|being deleted/i.test(serviceMessage ?? '');
}

/**
 * @internal Whether the service has refused: no repetition of this request will succeed. Also true for a success with the code of a
 * refusal.
 */
export function isRefusal(error: ApiError): boolean {
  const { status } = error;
  if (error instanceof RateLimitError || error instanceof ServerError) return false;
  return status < 300 || (status >= 400 && status < 500 && ![408, 429].includes(status));
}

/** @internal Whether a code says that a new token would help; undefined when it says nothing about tokens. */
export function wantsNewToken(code: string | null): boolean | undefined {
  const kind = describeErrorCode(code)?.kind;
  if (kind === 'dead-token') return true;
  return kind === undefined || kind === 'authentication' ? undefined : false;
}

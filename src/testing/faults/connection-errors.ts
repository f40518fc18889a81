/** What the runtime reports of a connection that was never made, as Node's fetch has it in its `cause`. */
interface ConnectionError {
  readonly message: (host: string) => string;
  readonly fields?: (host: string) => Readonly<Record<string, unknown>>;
  readonly name?: string;
}

const loopback = { address: '127.0.0.1', port: 443 };

function connect(errno: number, code: string): ConnectionError {
  return {
    message: () => `connect ${code} ${loopback.address}:${loopback.port}`,
    fields: () => ({ errno, syscall: 'connect', ...loopback }),
  };
}

function lookUp(errno: number, code: string): ConnectionError {
  return {
    message: (host) => `getaddrinfo ${code} ${host}`,
    fields: (hostname) => ({ errno, syscall: 'getaddrinfo', hostname }),
  };
}

const connectionErrors = {
  ECONNREFUSED: connect(-111, 'ECONNREFUSED'),
  EHOSTUNREACH: connect(-113, 'EHOSTUNREACH'),
  ENETUNREACH: connect(-101, 'ENETUNREACH'),
  ETIMEDOUT: connect(-110, 'ETIMEDOUT'),
  UND_ERR_CONNECT_TIMEOUT: {
    message: (host) => `Connect Timeout Error (attempted address: ${host}:443, timeout: 10000ms)`,
    name: 'ConnectTimeoutError',
  },
  ENOTFOUND: lookUp(-3008, 'ENOTFOUND'),
  EAI_AGAIN: lookUp(-3001, 'EAI_AGAIN'),
  CERT_HAS_EXPIRED: { message: () => 'certificate has expired' },
  CERT_NOT_YET_VALID: { message: () => 'certificate is not yet valid' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { message: () => 'self-signed certificate' },
  SELF_SIGNED_CERT_IN_CHAIN: { message: () => 'self-signed certificate in certificate chain' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { message: () => 'unable to verify the first certificate' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { message: () => 'unable to get local issuer certificate' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    message: (host) =>
      `Hostname/IP does not match certificate's altnames: Host: ${host}. is not in the cert's altnames: DNS:other.example`,
    fields: (host) => ({ reason: `Host: ${host}. is not in the cert's altnames: DNS:other.example`, host }),
  },
} as const satisfies Record<string, ConnectionError>;

/** Code of a connection that was never made: refused, unknown host, no route, too slow, or no trust in TLS. */
export type ConnectionErrorCode = keyof typeof connectionErrors;

/** Every code that `faults.connection` accepts. */
export const connectionErrorCodes = Object.keys(connectionErrors) as readonly ConnectionErrorCode[];

/** What Node's fetch rejects with when it cannot connect. */
export function describeConnectionError(code: ConnectionErrorCode, host: string): TypeError {
  const { message, fields, name }: ConnectionError = connectionErrors[code];
  const cause = Object.assign(new Error(message(host)), { code }, fields?.(host));
  if (name !== undefined) cause.name = name;
  return new TypeError('fetch failed', { cause });
}

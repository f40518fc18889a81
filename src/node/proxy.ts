/** Which proxy a request goes through. */
import { BlockList, isIP } from 'node:net';
import { ConfigurationError } from '../errors.js';
import { isLoopback } from '../transport/loopback.js';

/** A proxy, and what it gets as `proxy-authorization`. */
export interface ProxyServer {
  readonly url: URL;
  readonly authorization: string | undefined;
}

/** Finds the proxy of a URL; undefined when it is asked directly. */
export type FindProxy = (url: URL) => ProxyServer | undefined;

// Where a cloud keeps the keys of its servers: no proxy may see them. IPv4 ones also match as `::ffff:a.b.c.d`.
const direct = new BlockList();
direct.addSubnet('127.0.0.0', 8);
direct.addSubnet('169.254.0.0', 16);
direct.addSubnet('fe80::', 10, 'ipv6');
direct.addAddress('fd00:ec2::254', 'ipv6');

/**
 * Reads which proxies to use: the one that is given, or those of `HTTPS_PROXY` and `HTTP_PROXY`, lower case first. Hosts of
 * `NO_PROXY`, this machine and addresses of its own link are asked directly.
 *
 * @throws `ConfigurationError` when a proxy is not a URL of http or https, or its password is not encoded. It names the option or variable.
 */
export function readProxies(
  given: string | false | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): FindProxy {
  if (given === false) return () => undefined;
  const isExcluded = readExclusions(readVariable(environment, 'no_proxy')?.value ?? '');
  const byProtocol = new Map<string, ProxyServer | undefined>(
    ['https', 'http'].map((protocol) => {
      const variable = readVariable(environment, `${protocol}_proxy`);
      if (given !== undefined) return [`${protocol}:`, parseProxy('createFetch: proxy', given)] as const;
      return [`${protocol}:`, variable && parseProxy(variable.name, variable.value)] as const;
    }),
  );
  return (url) => {
    const proxy = byProtocol.get(url.protocol);
    if (proxy === undefined || isLoopback(url.hostname) || holds(direct, url.hostname)) return undefined;
    return isExcluded(url) ? undefined : proxy;
  };
}

/** The host of a URL as sockets know it, without the brackets of an IPv6 address. */
export function stripBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

// A name is never in a list of addresses.
function holds(list: BlockList, hostname: string): boolean {
  const address = stripBrackets(hostname);
  const version = isIP(address);
  return version !== 0 && list.check(address, `ipv${version as 4 | 6}`);
}

// An empty variable counts as absent.
function readVariable(environment: NodeJS.ProcessEnv, name: string): { name: string; value: string } | undefined {
  for (const candidate of [name, name.toUpperCase()]) {
    const value = environment[candidate]?.trim();
    if (value) return { name: candidate, value };
  }
  return undefined;
}

function parseProxy(subject: string, value: string): ProxyServer {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return { url, authorization: authorize(subject, url) };
  throw new ConfigurationError(
    `${subject}: expected the URL of a proxy, such as http://proxy.example:3128, received another value`,
  );
}

function authorize(subject: string, { password, username }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(text).toString('base64')}`;
  } catch {
    throw new ConfigurationError(
      `${subject}: expected a user and a password in percent-encoding (%25 for a percent sign), received another text`,
    );
  }
}

/**
 * Reads `NO_PROXY`: hosts, domains (with or without a dot or `*.` in front) and addresses, each with a port or not, and networks.
 * An IPv6 address may have brackets; with a port it must.
 */
function readExclusions(text: string): (url: URL) => boolean {
  const addresses = new BlockList();
  const names: { readonly name: string; readonly port: string | undefined }[] = [];
  for (const entry of text.toLowerCase().split(/[\s,]+/)) {
    const [, address = '', prefix] = /^\[?([\da-f.:]+?)\]?(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const version = isIP(address);
    if (version !== 0) {
      const length = version === 4 ? 32 : 128;
      // A network that is none excludes nothing.
      if (Number(prefix ?? length) <= length)
        addresses.addSubnet(address, Number(prefix ?? length), `ipv${version as 4 | 6}`);
      continue;
    }
    const [, name, port] = /^(?:\*?\.)?(.+?)(?::(\d+))?$/.exec(entry) ?? [];
    if (name !== undefined) names.push({ name, port });
  }
  return (url) => {
    const { hostname } = url;
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    if (holds(addresses, hostname)) return true;
    return names.some((entry) => {
      if (entry.port !== undefined && entry.port !== port) return false;
      return entry.name === '*' || hostname === entry.name || hostname.endsWith(`.${entry.name}`);
    });
  };
}

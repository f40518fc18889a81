import { type ClientOptions, type Fetch, SmsClient } from '@org/sms-client';

interface Login {
  readonly user: string;
  readonly password: string;
}

/** A running Keystone and its accounts: what `keystone-up` prints. */
export interface Keystone extends Login {
  /** Ends in `/v3`. */
  readonly url: string;
  readonly userId: string;
  readonly domain: string;
  readonly projectId: string;
  readonly projectName: string;
  /** A project that the user has no role in. */
  readonly foreignProjectId: string;
  readonly noRoleUser: Login;
  readonly disabledUser: Login;
  /** Name and password with quotes, braces, a backslash and characters beyond ASCII. */
  readonly oddUser: Login;
  /** Path of the server's log. */
  readonly log: string;
}

/** The server that an environment variable describes, or undefined and a line that says so. */
export function findKeystone(variable: string): Keystone | undefined {
  const text = process.env[variable];
  if (text !== undefined && text !== '') return JSON.parse(text);
  console.log(`SKIPPED: no real Keystone was asked, because ${variable} does not hold what keystone-up prints`);
  return undefined;
}

export function iamEndpointOf({ url }: Keystone): string {
  return url.replace(/\/v3$/, '');
}

/** The credentials of the server's user, for its project. */
export function accountOf({ domain, password, projectId, user }: Keystone) {
  return { username: user, password, domainName: domain, projectId };
}

/** Ends a token like another client. */
export async function revoke({ url }: Keystone, token: string): Promise<void> {
  const headers = { 'x-auth-token': token, 'x-subject-token': token };
  const { status } = await fetch(`${url}/auth/tokens`, { method: 'DELETE', headers });
  if (status !== 204) throw new Error(`the token could not be revoked: ${status}`);
}

/**
 * A client of that Keystone and of an SMS in this process, which lets Keystone judge every token it gets: neither side of the
 * token is ours. `logins` counts the logins sent, `tokens` holds the tokens that SMS accepted, `refusals` counts the others.
 */
export function connectTo(keystone: Keystone, options: Partial<ClientOptions> = {}) {
  const seen = { logins: 0, refusals: 0, tokens: new Set<string>() };
  const smsEndpoint = 'https://sms.example.com';
  const judge = async (init: RequestInit): Promise<Response> => {
    const token = new Headers(init.headers).get('x-auth-token') ?? '';
    const headers = { 'x-auth-token': token, 'x-subject-token': token };
    const verdict = await fetch(`${keystone.url}/auth/tokens?nocatalog`, { headers });
    await verdict.text();
    if (verdict.status === 200) {
      seen.tokens.add(token);
      return Response.json({ id: 'task-1', state: 'RUNNING' });
    }
    // A token that expires while it is checked is 403 or 404.
    if (![401, 403, 404].includes(verdict.status)) throw new Error(`Keystone responded with ${verdict.status}`);
    seen.refusals += 1;
    return Response.json({ error_code: 'APIGW.0307', error_msg: 'The token must be updated.' }, { status: 401 });
  };
  const send: Fetch = (url, init) => {
    if (url.startsWith(smsEndpoint)) return judge(init);
    if (init.method === 'POST') seen.logins += 1;
    return fetch(url, init);
  };
  const client = new SmsClient({
    endpoint: smsEndpoint,
    iamEndpoint: iamEndpointOf(keystone),
    credentials: accountOf(keystone),
    maxRetries: 0,
    fetch: send,
    ...options,
  });
  return { client, seen, read: () => client.tasks.get('task-1') };
}

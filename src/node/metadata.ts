/** The metadata service, which hands the temporary access key of its agency to an ECS. */
import { type AccessKeyCredentials, headerText } from '../auth/credentials.js';
import { check, type Field, type Infer, loose, settings, text } from '../schemas/fields.js';
import { parseJson } from '../transport/answer.js';
import { callback, timeout } from '../transport/request-options.js';
import type { Fetch } from '../transport/transport.js';

const metadataOptions = settings(
  {},
  {
    /** URL of the service: `http://169.254.169.254` when left out. */
    endpoint: text({ min: 1 }),
    /** How long each of the two requests may take, in milliseconds: 1000 when left out. */
    timeoutMs: timeout(),
    /** The `fetch` to ask with. The runtime's own when left out. */
    fetch: callback<Fetch>(),
  },
);

/** How the metadata service is asked. */
export interface MetadataOptions extends Infer<typeof metadataOptions> {}
/** @internal */
export const MetadataOptions: Field<MetadataOptions> = metadataOptions;

const securityKey = loose({
  credential: loose({
    access: headerText('an id'),
    secret: headerText('a key'),
    securitytoken: headerText('a token'),
    expires_at: text(),
  }),
});

/** @internal The access key of this ECS, or why there is none. */
export async function findMetadata(given: boolean | MetadataOptions): Promise<AccessKeyCredentials | string> {
  if (given === false) return 'The metadata service was not asked (metadata: true asks it)';
  const {
    endpoint = 'http://169.254.169.254',
    fetch = globalThis.fetch as Fetch,
    timeoutMs = 1000,
  } = given === true ? {} : given;
  const ask = async (method: string, path: string, headers: Record<string, string>) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${endpoint}${path}`, { method, headers, redirect: 'manual', signal });
    return { status: response.status, text: await response.text() };
  };
  const subject = `The metadata service at ${endpoint}`;
  try {
    const session = await ask('PUT', '/meta-data/latest/api/token', { 'x-metadata-token-ttl-seconds': '60' });
    // Its first version knows no sessions.
    if (![200, 404, 405].includes(session.status)) return `${subject} refused a session with ${session.status}`;
    const headers: Record<string, string> = session.status === 200 ? { 'x-metadata-token': session.text.trim() } : {};
    const answer = await ask('GET', '/openstack/latest/securitykey', headers);
    if (answer.status !== 200) return `${subject} answered ${answer.status}: has this server an agency?`;
    return readKey(answer.text) ?? `${subject} answered something else than an access key`;
  } catch (error) {
    // The texts of such errors may quote headers.
    const { cause, name } = error as Error;
    const code: unknown = Object(cause).code;
    return `${subject} gave no answer (${name === 'TimeoutError' ? `${timeoutMs} ms` : (code ?? name)})`;
  }
}

function readKey(text: string): AccessKeyCredentials | undefined {
  const checked = check(securityKey, parseJson(text));
  if (checked.issues !== undefined) return undefined;
  const { access, expires_at, secret, securitytoken } = checked.value.credential;
  const expiresAt = new Date(expires_at);
  if (Number.isNaN(expiresAt.getTime())) return undefined;
  return { accessKeyId: access, secretAccessKey: secret, securityToken: securitytoken, expiresAt };
}

/** Searches for credentials in one source after the other. */
import type { StaticCredentials } from '../auth/credentials.js';
import { assumeAgency, findCredentials } from '../environment.js';
import { ConfigurationError } from '../errors.js';
import { check, custom, formatIssues, settings, text } from '../schemas/fields.js';
import { CredentialsFile } from './credentials-file.js';
import { Metadata, MetadataOptions } from './metadata.js';

/** Options of {@link credentialChain}. */
export interface ChainOptions {
  /** The file to read. `HUAWEICLOUD_SDK_CREDENTIALS_FILE` when left out, else `~/.huaweicloud/credentials`. */
  file?: string | undefined;
  /**
   * Whether to use the metadata service, which returns the temporary key of an ECS with an agency. Pass an object to set details.
   * Default: false, because the client would trust any server that responds at that address.
   */
  metadata?: boolean | MetadataOptions | undefined;
}

const chainOptions = settings(
  {},
  {
    file: text({ min: 1 }),
    metadata: custom<boolean | MetadataOptions>(
      'a boolean or an object { endpoint: a URL, timeoutMs, fetch }',
      (value) => typeof value === 'boolean' || check(MetadataOptions, value).issues === undefined,
    ),
  },
);

/**
 * Creates a function that returns credentials. Pass it as `credentials`. Each call searches these sources in order and returns the
 * first credentials that it finds:
 *
 * 1. the environment, as `SmsClient.fromEnv` does;
 * 2. the file that the official SDKs read: `ak`, `sk`, `security_token`, `project_id` and `domain_id` in the section `[basic]`.
 *    Node warns when others than its owner may read it. Its `iam_endpoint` is ignored: endpoints are options of the client;
 * 3. the metadata service of the ECS, when `metadata` is given, past every proxy. Its keys are renewed before they expire.
 *
 * With an agency in the environment (`HW_ASSUME_ROLE_AGENCY_NAME`) what was found assumes it.
 *
 * The function rejects with a `ConfigurationError` that says what each place lacked when none of them has credentials, and with the
 * reason of its `signal` when that aborts while the metadata service is asked.
 *
 * @throws `ConfigurationError` when an option is wrong.
 *
 * @example
 * ```ts
 * import { SmsClient } from '@org/sms-client';
 * import { credentialChain } from '@org/sms-client/node';
 *
 * const sms = new SmsClient({ region: 'eu-west-101', credentials: credentialChain({ metadata: true }) });
 * ```
 */
export function credentialChain(
  options: ChainOptions = {},
): (context?: { readonly signal?: AbortSignal }) => Promise<StaticCredentials> {
  const { issues } = check(chainOptions, options);
  if (issues !== undefined)
    throw new ConfigurationError(`credentialChain: ${formatIssues(issues).replaceAll('\n', '; ')}`);
  const { metadata = false } = options;
  const file = new CredentialsFile(options.file);
  const service = metadata === false ? undefined : new Metadata(metadata === true ? {} : metadata);
  const places = [
    findCredentials,
    () => file.read(),
    (signal?: AbortSignal) => service?.read(signal) ?? 'The metadata service was not asked (metadata: true asks it)',
  ];
  return async ({ signal } = {}) => {
    const lacks: string[] = [];
    for (const find of places) {
      const found = await find(signal);
      if (typeof found !== 'string') return assumeAgency(found);
      lacks.push(found);
    }
    throw new ConfigurationError(`No credentials were found. ${lacks.join('. ')}`);
  };
}

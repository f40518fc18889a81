/** The credentials file of the official SDKs. */
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AccessKeyCredentials } from '../auth/credentials.js';

const section = 'basic';

/** @internal The access key in the file, or what it lacks. */
export async function readCredentialsFile(given: string | undefined): Promise<AccessKeyCredentials | string> {
  // An empty variable counts as absent.
  const path =
    given ?? (process.env.HUAWEICLOUD_SDK_CREDENTIALS_FILE || join(homedir(), '.huaweicloud', 'credentials'));
  let text: string;
  try {
    text = await readOwnFile(path);
  } catch (error) {
    return `The file ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
  const values = readSection(text);
  if (values === undefined) return `The file ${path} has no section [${section}]`;
  const { ak, sk } = values;
  if (!ak || !sk) {
    const missing = Object.entries({ ak, sk }).filter(([, value]) => !value);
    return `The file ${path} lacks ${missing.map(([name]) => name).join(' and ')} in [${section}]`;
  }
  return {
    accessKeyId: ak,
    secretAccessKey: sk,
    securityToken: values.security_token || undefined,
    projectId: values.project_id || undefined,
    domainId: values.domain_id || undefined,
  };
}

async function readOwnFile(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { mode } = await file.stat();
    // An error would keep those from working who have the file mounted into a container.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      process.emitWarning(`Others can read ${path}, which holds a secret key: chmod 600 it`, 'SecurityWarning');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function readSection(text: string): Partial<Record<string, string>> | undefined {
  let values: Record<string, string> | undefined;
  let isInside = false;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const [, header] = /^\s*\[(.*)\]\s*$/.exec(line) ?? [];
    if (header !== undefined) {
      isInside = header.trim() === section;
      if (isInside) values ??= {};
      continue;
    }
    const [, name, value = ''] = /^\s*([\w-]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (isInside && values !== undefined && name !== undefined) values[name] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return values;
}

/** The credentials file of the official SDKs. */
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type AccessKeyCredentials, isVisible, visibleForm } from '../auth/credentials.js';

const section = 'basic';
const fields = {
  ak: 'accessKeyId',
  sk: 'secretAccessKey',
  security_token: 'securityToken',
  project_id: 'projectId',
  domain_id: 'domainId',
} as const;

/** @internal Reads the credentials file, as often as it is asked, and warns of one that others can read once. */
export class CredentialsFile {
  readonly #given: string | undefined;
  readonly #warned = new Set<string>();

  constructor(path: string | undefined) {
    this.#given = path;
  }

  /** The access key in the file, or what it lacks. */
  async read(): Promise<AccessKeyCredentials | string> {
    const path = this.#given ?? findPath();
    if (path === undefined) return 'There is no credentials file: this user has no home directory';
    let text: string;
    try {
      text = await this.#readText(path);
    } catch (error) {
      return `The file ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    }
    const values = readSection(text);
    if (values === undefined) return `The file ${path} has no section [${section}]`;
    const missing = ['ak', 'sk'].filter((name) => !values.get(name));
    if (missing.length > 0) return `The file ${path} lacks ${missing.join(' and ')} in [${section}]`;
    const wrong = Object.keys(fields).find((name) => values.get(name) && !isVisible(values.get(name) ?? ''));
    if (wrong !== undefined) return `The file ${path} is wrong at ${wrong} in [${section}]: expected ${visibleForm}`;
    const known = Object.entries(fields).map(([name, field]) => [field, values.get(name) || undefined]);
    return Object.fromEntries(known.filter(([, value]) => value !== undefined)) as AccessKeyCredentials;
  }

  async #readText(path: string): Promise<string> {
    const file = await open(path);
    try {
      const { mode } = await file.stat();
      // An error would keep those from working who have the file mounted into a container.
      if (process.platform !== 'win32' && (mode & 0o077) !== 0 && !this.#warned.has(path)) {
        this.#warned.add(path);
        process.emitWarning(`Others can read ${path}, which holds a secret key: chmod 600 it`, 'SecurityWarning');
      }
      return decode(await file.readFile());
    } finally {
      await file.close();
    }
  }
}

function findPath(): string | undefined {
  // An empty variable counts as absent.
  const { HUAWEICLOUD_SDK_CREDENTIALS_FILE: named } = process.env;
  if (named) return named;
  try {
    return join(homedir(), '.huaweicloud', 'credentials');
  } catch {
    // A user that the system does not know, as in many containers.
    return undefined;
  }
}

// Windows' shells write UTF-16.
function decode(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** The values of the section, names in lower case; undefined when there is none. A comment is a line, or follows white space. */
function readSection(text: string): Map<string, string> | undefined {
  const values = new Map<string, string>();
  let isInside = false;
  let isFound = false;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, header] = /^\s*\[([^\]]*)\]\s*(?:[#;].*)?$/.exec(line) ?? [];
    if (header !== undefined) {
      isInside = header.trim().toLowerCase() === section;
      isFound ||= isInside;
      continue;
    }
    const [, name, value = ''] = /^\s*([\w-]+)\s*[=:](.*)$/.exec(line) ?? [];
    if (isInside && name !== undefined) values.set(name.toLowerCase(), readValue(value));
  }
  return isFound ? values : undefined;
}

function readValue(text: string): string {
  const quoted = /^\s*(["'])(.*?)\1\s*(?:\s[#;].*)?$/.exec(text);
  return quoted?.[2] ?? text.replace(/\s[#;].*$/, '').trim();
}

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Fetch } from '@org/sms-client';
import { type ChainOptions, credentialChain } from '@org/sms-client/node';
import { createSimulator } from '@org/sms-client/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { deferred } from '../auth/support.js';
import { rejectionOf } from '../support/fake-client.js';
import { serve } from '../support/http-server.js';
import { makeClient } from '../support/make-client.js';

let folder: string;

beforeEach(async () => {
  for (const name of Object.keys(process.env)) {
    if (/^(HW|HUAWEICLOUD)_/.test(name)) vi.stubEnv(name, undefined);
  }
  folder = await mkdtemp(join(tmpdir(), 'sms-client-chain-'));
  // Where Node looks for the home folder, on POSIX and on Windows.
  vi.stubEnv('HOME', folder);
  vi.stubEnv('USERPROFILE', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  await rm(folder, { recursive: true });
});

const secret = 'S3cr3t-value';

/** Writes a file that only its owner reads. */
async function write(text: string, path = join(folder, 'credentials')): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

function setKey(): void {
  vi.stubEnv('HW_ACCESS_KEY', 'from-environment');
  vi.stubEnv('HW_SECRET_KEY', secret);
}

/** The message of a refusal, which shows no secret. */
async function lackOf(options: ChainOptions = {}): Promise<string> {
  const error = await rejectionOf(credentialChain(options)());
  expect(error).toMatchObject({ name: 'ConfigurationError' });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('S3cr3t');
  return (error as Error).message;
}

describe('the chain', () => {
  it('takes the environment first, then the file, then the metadata service', async () => {
    const metadata = { endpoint: (await serveMetadata()).url };
    const file = join(folder, 'credentials');
    const provider = credentialChain({ metadata, file });
    expect(await provider()).toMatchObject({ accessKeyId: 'from-metadata' });
    await write(`[basic]\nak = from-file\nsk = ${secret}`);
    expect(await provider()).toMatchObject({ accessKeyId: 'from-file' });
    setKey();
    expect(await provider()).toMatchObject({ accessKeyId: 'from-environment' });
  });

  it('says what each source lacked', async () => {
    vi.stubEnv('HW_USER_NAME', secret);
    const message = await lackOf();
    expect(message).toContain('a login with a password lacks HW_USER_PASSWORD, HW_DOMAIN_NAME; an access key lacks');
    expect(message).toContain(`The file ${join(folder, '.huaweicloud', 'credentials')} cannot be read (ENOENT)`);
    expect(message).toContain('The metadata service was not asked (metadata: true asks it)');
  });

  it('assumes the agency of the environment with credentials from any source', async () => {
    vi.stubEnv('HW_ASSUME_ROLE_AGENCY_NAME', 'agency');
    vi.stubEnv('HW_ASSUME_ROLE_DOMAIN_NAME', 'other');
    vi.stubEnv('HW_PROJECT_ID', 'project');
    const file = await write(`[basic]\nak = from-file\nsk = ${secret}`);
    expect(await credentialChain({ file })()).toMatchObject({
      ...{ agencyName: 'agency', domainName: 'other', projectId: 'project' },
      source: { accessKeyId: 'from-file' },
    });
  });

  it.each<[string, unknown]>([
    ['metadta', { metadta: true }],
    ['metadata', { metadata: 'yes' }],
    ['metadata', { metadata: { endpint: 'x' } }],
    ['metadata', { metadata: { endpoint: 'not a url' } }],
    ['metadata', { metadata: { endpoint: 'ftp://127.0.0.1' } }],
    ['metadata', { metadata: { endpoint: 'http://127.0.0.1?a=b' } }],
    ['metadata', { metadata: { endpoint: 'http://127.0.0.1:99999' } }],
    ['metadata', { metadata: { endpoint: `http://user:${secret}@127.0.0.1` } }],
    ['file', { file: '' }],
  ])('refuses invalid options: %s', (name, options) => {
    expect(() => credentialChain(options as ChainOptions)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining(name) }),
    );
  });

  it('serves a client, which signs with what it finds', async () => {
    setKey();
    const accessKeys = [{ accessKeyId: 'from-environment', secretAccessKey: secret }];
    const simulator = createSimulator({ accounts: [{ username: 'n', password: 'p', domainName: 'd', accessKeys }] });
    const sms = makeClient(simulator, { credentials: credentialChain() });
    expect(await sms.tasks.list()).toMatchObject({ count: 0 });
  });
});

describe('the credentials file', () => {
  it('lies in the home folder, where HUAWEICLOUD_SDK_CREDENTIALS_FILE says, or where the option says', async () => {
    const place = async (name: string, path: string) => write(`[basic]\nak = ${name}\nsk = ${secret}`, path);
    await place('home', join(folder, '.huaweicloud', 'credentials'));
    expect(await credentialChain()()).toMatchObject({ accessKeyId: 'home' });
    vi.stubEnv('HUAWEICLOUD_SDK_CREDENTIALS_FILE', await place('variable', join(folder, 'a')));
    expect(await credentialChain()()).toMatchObject({ accessKeyId: 'variable' });
    const file = await place('option', join(folder, 'b'));
    expect(await credentialChain({ file })()).toMatchObject({ accessKeyId: 'option' });
    vi.stubEnv('HUAWEICLOUD_SDK_CREDENTIALS_FILE', '');
    expect(await credentialChain()()).toMatchObject({ accessKeyId: 'home' });
  });

  it('holds what the official SDKs read, in the section basic', async () => {
    const file = await write(
      [
        '# of the official SDKs',
        'ak = outside',
        '[global]',
        'ak = global',
        '[ basic ]',
        '; a remark',
        '  ak=A.K=#;B  ',
        "sk = 'quoted=='",
        'security_token = "token"',
        'project_id : project',
        'domain_id = domain',
        'iam_endpoint = https://iam.example',
        'idp_id =',
        'not a line of any kind',
        '[other]',
        'ak = other',
      ].join('\r\n'),
    );
    expect(await credentialChain({ file })()).toEqual({
      accessKeyId: 'A.K=#;B',
      secretAccessKey: 'quoted==',
      securityToken: 'token',
      projectId: 'project',
      domainId: 'domain',
    });
  });

  it.each([
    ['an empty one', '', 'has no section [basic]'],
    ['one with other sections', `[global]\nak = a\nsk = ${secret}`, 'has no section [basic]'],
    ['one without keys', '\uFEFF[basic]', 'lacks ak and sk in [basic]'],
    ['one with half a key', `[basic]\nsk = ${secret}`, 'lacks ak in [basic]'],
    ['one with an empty key', `[basic]\nak = a\nsk =`, 'lacks sk in [basic]'],
  ])('is skipped with a reason: %s', async (_what, text, reason) => {
    const file = await write(text);
    expect(await lackOf({ file })).toContain(`The file ${file} ${reason}`);
  });

  it.each([
    ['names in upper case', '[Basic]\nAK = a\nSK = s\n'],
    ['a comment behind the section', '[basic] # mine\nak=a\nsk=s\n'],
    ['comments behind values', '[basic]\nak = a ; key\nsk = s # secret\n'],
    ['comments behind quoted values', '[basic]\nak = "a" ; key\nsk = \'s\' # secret\n'],
    ['the line breaks of old Macs', '[basic]\rak=a\rsk=s\r'],
    ['UTF-16, as Windows writes it', Buffer.from('\ufeff[basic]\r\nak=a\r\nsk=s\r\n', 'utf16le')],
    ['the section in two parts', '[basic]\nak=b\n[other]\nsk=x\n[basic]\nak=a\nsk=s\n'],
    ['names of the language', '[basic]\n__proto__=x\nconstructor=y\nak=a\nsk=s\n'],
  ])('may have %s', async (_what, text) => {
    const file = join(folder, 'credentials');
    await writeFile(file, text, { mode: 0o600 });
    expect(await credentialChain({ file })()).toEqual({ accessKeyId: 'a', secretAccessKey: 's' });
  });

  it('keeps comment characters inside a value', async () => {
    const file = await write(`[basic]\nak=a#b;c\nsk="s#;t"\n`);
    expect(await credentialChain({ file })()).toMatchObject({ accessKeyId: 'a#b;c', secretAccessKey: 's#;t' });
  });

  it.each([
    ['quoted white space at an end of a key', 'sk', `ak=a\nsk="${secret} "`],
    ['quoted white space inside a key', 'sk', `ak=a\nsk="${secret} # ; t"`],
    ['a typographic quotation mark', 'ak', `ak=\u201ca\u201d\nsk=${secret}`],
    ['a control character in a project', 'project_id', `ak=a\nsk=${secret}\nproject_id=p\u0007`],
  ])('with %s is skipped with a reason', async (_what, name, lines) => {
    const file = await write(`[basic]\n${lines}\n`);
    const lack = await lackOf({ file });
    expect(lack).toContain(`The file ${file} is wrong at ${name} in [basic]: expected a text of visible ASCII`);
    expect(lack).not.toContain(secret);
  });

  it('is skipped where the user has no home folder', async () => {
    vi.stubEnv('HOME', undefined);
    vi.stubEnv('USERPROFILE', undefined);
    // What Node does for a user that the system does not know.
    vi.spyOn(os, 'homedir').mockImplementation(() => {
      throw Object.assign(new Error('uv_os_homedir returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
    });
    syncBuiltinESMExports();
    const { url } = await serveMetadata();
    expect(await lackOf()).toContain('There is no credentials file: this user has no home directory');
    expect(await credentialChain({ metadata: { endpoint: url } })()).toMatchObject({ accessKeyId: 'from-metadata' });
  });

  it('that is a folder is skipped', async () => {
    expect(await lackOf({ file: folder })).toContain(`The file ${folder} cannot be read (EISDIR)`);
  });

  it.runIf(process.platform !== 'win32')('makes Node warn when others can read it, without its contents', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const file = await write(`[basic]\nak = a\nsk = ${secret}`);
    await credentialChain({ file })();
    expect(warn).not.toHaveBeenCalled();
    await chmod(file, 0o644);
    const provider = credentialChain({ file });
    for (let time = 0; time < 5; time += 1) await provider();
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(`chmod 600`), 'SecurityWarning');
    expect(inspect(warn.mock.calls)).toContain(file);
    expect(inspect(warn.mock.calls)).not.toContain(secret);
  });
});

const credential = {
  access: 'from-metadata',
  secret,
  securitytoken: 'S3cr3t-token',
  expires_at: '2026-01-01T06:00:00.000000Z',
};

interface Page {
  readonly status?: number;
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

/** A metadata service on the loopback interface; by default it is a well one of the second version. */
function serveMetadata({ session, key }: { session?: Page | 'silence'; key?: Page | 'silence' } = {}) {
  return serve(({ method }, response) => {
    const page =
      method === 'PUT' ? (session ?? { text: 'S3cr3t-session' }) : (key ?? { text: JSON.stringify({ credential }) });
    if (page === 'silence') return;
    response.writeHead(page.status ?? 200, page.headers ?? {});
    response.end(page.text ?? '');
  });
}

describe('the metadata service', () => {
  it('is not used unless the option asks for it', async () => {
    const fetch = vi.spyOn(globalThis, 'fetch');
    await lackOf();
    await lackOf({ metadata: false });
    expect(fetch).not.toHaveBeenCalled();
  });

  it('is called with a session token of version 2, at its address, without redirects', async () => {
    const fetch = vi.fn(async (url: string, init: RequestInit) =>
      init.method === 'PUT' ? new Response('session') : Response.json({ credential }, { headers: { 'x-url': url } }),
    );
    await credentialChain({ metadata: { fetch } })();
    expect(
      fetch.mock.calls.map(([url, { headers, method, redirect }]) => ({ url, headers, method, redirect })),
    ).toEqual([
      {
        url: 'http://169.254.169.254/meta-data/latest/api/token',
        ...{ headers: { 'x-metadata-token-ttl-seconds': '60' }, method: 'PUT', redirect: 'manual' },
      },
      {
        url: 'http://169.254.169.254/openstack/latest/securitykey',
        ...{ headers: { 'x-metadata-token': 'session' }, method: 'GET', redirect: 'manual' },
      },
    ]);
  });

  it('is called directly, past any proxy of the environment and any global fetch', async () => {
    const proxy = await serve((_request, response) => response.end());
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy']) vi.stubEnv(name, proxy.url);
    const fetch = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('not this way'));
    const { requests, url } = await serveMetadata();
    expect(await credentialChain({ metadata: { endpoint: url } })()).toMatchObject({ accessKeyId: 'from-metadata' });
    expect([requests.length, proxy.requests.length, fetch.mock.calls.length]).toEqual([2, 0, 0]);
  });

  it('returns a temporary key with its expiry', async () => {
    const { url } = await serveMetadata();
    expect(await credentialChain({ metadata: { endpoint: url } })()).toEqual({
      accessKeyId: 'from-metadata',
      secretAccessKey: secret,
      securityToken: 'S3cr3t-token',
      expiresAt: new Date('2026-01-01T06:00:00Z'),
    });
  });

  it.each<[string, Page | 'silence']>([
    ['of the first version: 404', { status: 404 }],
    ['of the first version: 405', { status: 405 }],
    ['that refuses it', { status: 403 }],
    ['that fails', { status: 501 }],
    ['that is silent, as behind a hop too many', 'silence'],
    ['that sends elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['whose session cannot be sent', { text: 'two\nlines' }],
  ])('is called without a session where there is none: one %s', async (_what, session) => {
    const { requests, url } = await serveMetadata({ session });
    const metadata = { endpoint: url, timeoutMs: 200 };
    expect(await credentialChain({ metadata })()).toMatchObject({ accessKeyId: 'from-metadata' });
    expect(requests.at(-1)?.headers.some(([name]) => name === 'x-metadata-token')).toBe(false);
  });

  it.each([
    ['fails', () => Promise.resolve(new Response('', { status: 503 }))],
    ['asks for fewer requests', () => Promise.resolve(new Response('', { status: 429 }))],
    ['is cut', () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } }))],
    ['hangs, and takes no notice of its signal', () => new Promise<never>(() => undefined)],
  ])('is called three times when it %s', async (_what, fail) => {
    let keys = 0;
    const fetch = vi.fn((_url: string, init: RequestInit): Promise<Response> => {
      if (init.method === 'PUT') return Promise.resolve(new Response('session'));
      keys += 1;
      return keys < 3 ? fail() : Promise.resolve(Response.json({ credential }));
    });
    const provider = credentialChain({ metadata: { fetch, timeoutMs: 50 } });
    expect(await provider()).toMatchObject({ accessKeyId: 'from-metadata' });
    expect(keys).toBe(3);
  });

  it('that keeps failing is skipped with a reason after three attempts', async () => {
    const { requests, url } = await serveMetadata({ key: { status: 500 } });
    expect(await lackOf({ metadata: { endpoint: url } })).toContain(`The metadata service at ${url} responded 500`);
    expect(requests).toHaveLength(4);
  });

  it('may leave out the time zone of an expiry, which is UTC', async () => {
    const text = JSON.stringify({ credential: { ...credential, expires_at: '2030-01-01T00:00:00.000000' } });
    const { url } = await serveMetadata({ key: { text } });
    expect(await credentialChain({ metadata: { endpoint: url } })()).toMatchObject({
      expiresAt: new Date('2030-01-01T00:00:00Z'),
    });
  });

  it('whose response is too large is skipped', async () => {
    const { url } = await serveMetadata({ key: { text: 'x'.repeat(100_000) } });
    expect(await lackOf({ metadata: { endpoint: url } })).toContain(
      `The metadata service at ${url} responded with something else`,
    );
  });

  it('is called anew each time', async () => {
    const { requests, url } = await serveMetadata();
    const provider = credentialChain({ metadata: { endpoint: url } });
    await provider();
    await provider();
    expect(requests).toHaveLength(4);
  });

  const page = (text: string) => ({ key: { text } });
  const without = (name: string, value?: unknown) =>
    page(JSON.stringify({ credential: { ...credential, [name]: value } }));
  it.each<[string, Parameters<typeof serveMetadata>[0], string]>([
    ['that requires a session', { session: { status: 403 }, key: { status: 401 } }, 'responded 401'],
    [
      'that sends elsewhere for the key',
      { key: { status: 307, headers: { location: 'http://127.0.0.1:1/' } } },
      'responded 307',
    ],
    ['that knows no agency', { key: { status: 404, text: secret } }, 'responded 404: has this server an agency?'],
    ['that is a web page', page(`<html>${secret}</html>`), 'responded with something else'],
    ['that returns other JSON', page(JSON.stringify({ credential: secret })), 'responded with something else'],
    ['that returns no JSON object', page('null'), 'responded with something else'],
    ['without a key id', without('access'), 'responded with something else'],
    ['without a secret', without('secret', ''), 'responded with something else'],
    ['without a security token', without('securitytoken', null), 'responded with something else'],
    ['with a line break in its token', without('securitytoken', `${secret}\r\nx: 1`), 'responded with something else'],
    ['without an end', without('expires_at'), 'responded with something else'],
    ['with an end that is no date', without('expires_at', secret), 'responded with something else'],
  ])('is skipped with a reason: one %s', async (_what, service, reason) => {
    const { url } = await serveMetadata(service);
    expect(await lackOf({ metadata: { endpoint: url } })).toContain(`The metadata service at ${url} ${reason}`);
  });

  it('that does not respond is given up after timeoutMs', async () => {
    const { url } = await serveMetadata({ key: 'silence' });
    expect(await lackOf({ metadata: { endpoint: url, timeoutMs: 30 } })).toContain(`${url} did not respond (30 ms)`);
  });

  it.each([
    ['is silent', 1, () => new Promise<never>(() => undefined)],
    ['fails', 2, async () => new Response('', { status: 503 })],
  ])('that %s keeps no process alive once the last caller has left', async (_how, requests, respond) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const signals: unknown[] = [];
    const isAsked = deferred<void>();
    const fetch: Fetch = (_url, { signal }) => {
      if (signals.push(signal) === requests) isAsked.resolve();
      return respond();
    };
    const credentials = credentialChain({ file: folder, metadata: { fetch } });
    const sms = makeClient(() => Promise.reject(new Error('not to be called')), { credentials });
    const controller = new AbortController();
    const call = rejectionOf(sms.tasks.get('task-1', { signal: controller.signal }));
    await isAsked.promise;
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    controller.abort(new Error('enough'));
    expect(await call).toMatchObject({ message: 'enough' });
    await vi.advanceTimersByTimeAsync(0);
    expect([vi.getTimerCount(), signals.length]).toEqual([0, requests]);
    expect(signals[0]).toMatchObject({ aborted: requests === 1 });
  });

  it('rejects with the reason of its own signal, and asks nobody when that has aborted', async () => {
    const fetch = vi.fn<Fetch>();
    const chain = credentialChain({ file: folder, metadata: { fetch } });
    const reason = new Error('enough');
    expect(await rejectionOf(chain({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(fetch).not.toHaveBeenCalled();
  });

  it('may be named with a slash at its end', async () => {
    const { requests, url } = await serveMetadata();
    await credentialChain({ metadata: { endpoint: `${url}/` } })();
    expect(requests.map(({ url }) => url)).toEqual(['/meta-data/latest/api/token', '/openstack/latest/securitykey']);
  });

  it('that is not there is skipped', async () => {
    const message = await lackOf({ metadata: { endpoint: 'http://127.0.0.1:1' } });
    expect(message).toMatch(/The metadata service at http:\/\/127\.0\.0\.1:1 did not respond \(\w+\)/);
  });
});

/** Where secrets might show although no one printed them. Errors, logs and hooks: test/secrets.test.ts. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import type { ClientOptions, SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { listFiles, root } from '../repository.js';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { type SentRequest, taskResponse } from '../support/fake-fetch.js';
import { account, makeClient } from '../support/make-client.js';

/** All that can be made visible of a value. */
function show(value: unknown): string {
  const options = { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null, maxArrayLength: null };
  return [
    inspect(value, options),
    inspect(value, { ...options, getters: true }),
    JSON.stringify(value),
    String(value),
  ].join('\n');
}

/** A client whose logs and hooks are kept. */
function watch(respond: (request: SentRequest) => Response | Promise<Response>, options: Partial<ClientOptions> = {}) {
  const seen: unknown[] = [];
  const level = (...report: unknown[]) => void seen.push(report);
  const { sms } = makeFakeClient(respond, {
    logger: { debug: level, info: level, warn: level, error: level },
    onResponse: level,
    onRetry: level,
    maxRetries: 0,
    ...options,
  });
  return { seen, sms };
}

const pem = '-----BEGIN PRIVATE KEY-----hush-----END PRIVATE KEY-----';
const secretResponses = [
  {
    method: 'tasks.getPassphrase',
    response: { passphrase: 'hush' },
    call: (sms: SmsClient) => sms.tasks.getPassphrase('t'),
  },
  {
    method: 'templates.getTargetPassword',
    response: { target_password: 'hush' },
    call: (sms: SmsClient) => sms.templates.getTargetPassword('t'),
  },
  {
    method: 'agent.getCertificate',
    response: { cert: pem, private_key: pem, ca: pem, target_data_private_key: pem },
    call: (sms: SmsClient) => sms.agent.getCertificate('t'),
  },
];

describe('the response of an operation that returns a secret', () => {
  it.each(secretResponses)('is in no log and no hook: $method', async ({ response, call }) => {
    const { seen, sms } = watch(() => Response.json(response));

    expect(await call(sms)).toEqual(response);
    expect(seen.length).toBeGreaterThan(0);
    expect(show([seen, sms])).not.toContain('hush');
  });

  it.each(secretResponses)(
    'is in no error and no log, not even as data, when it misses its schema: $method',
    async ({ response, call }) => {
      const broken = Object.fromEntries(Object.entries(response).map(([name, value]) => [name, [value]]));
      const text = JSON.stringify(response);
      for (const body of [
        JSON.stringify(broken),
        text.slice(0, -1),
        `[${text}]`,
        JSON.stringify('hush'),
        '<p>hush</p>',
      ]) {
        const { seen, sms } = watch(() => new Response(body));
        const error = await rejectionOf(call(sms));
        expect(error).toMatchObject({ name: 'ResponseFormatError', data: undefined });
        expect(show([error, seen])).not.toContain('hush');
      }
    },
  );

  it.each(secretResponses)('is in no log with responseValidation warn: $method', async ({ response, call }) => {
    const broken = Object.fromEntries(Object.entries(response).map(([name, value]) => [name, [value]]));
    const { seen, sms } = watch(() => Response.json(broken), { responseValidation: 'warn' });

    expect(await call(sms)).toEqual(broken);
    expect(show(seen)).toContain('expected string');
    expect(show(seen)).not.toContain('hush');
  });

  it.each(secretResponses)('is in no error when it comes with another status: $method', async ({ response, call }) => {
    const { seen, sms } = watch(() => Response.json(response, { status: 500 }));

    expect(show([await rejectionOf(call(sms)), seen])).not.toContain('hush');
  });
});

describe('the password of a template', () => {
  const template = { name: 'small', target_password: 'hush-"5\\' };
  const calls = {
    create: (sms: SmsClient) => sms.templates.create(template),
    update: (sms: SmsClient) => sms.templates.update('t', template),
  };

  it.each(Object.entries(calls))('is in no error that quotes the request: %s', async (_name, call) => {
    const refuse = ({ body }: SentRequest) => Response.json({ error_code: 'SMS.1', error_msg: body }, { status: 400 });
    const fail = ({ body }: SentRequest) => Promise.reject(new TypeError('fetch failed', { cause: new Error(body) }));
    for (const respond of [refuse, fail]) {
      const { seen, sms } = watch(respond);
      const error = await rejectionOf(call(sms));
      expect(show([error, seen])).not.toContain('hush');
      expect((error as Error).message).toContain('***');
    }
  });
});

describe('a program that catches nothing', () => {
  const password = 'P4SSW0RD-of-the-user';
  const token = 'T0K3N-of-the-user';

  it.each([
    ['fetch', 'NetworkError', '***'],
    ['credentials', 'ConfigurationError', 'credentials() failed'],
    ['passcode', 'ConfigurationError', 'passcode'],
  ])(
    'shows no secret that %s throws: neither what the runtime prints of the rejection nor its report',
    {
      timeout: 180_000,
    },
    async (mistake, name, text) => {
      const folder = await mkdtemp(join(tmpdir(), 'sms-client-report-'));
      try {
        const options = [
          '--import',
          'tsx',
          '--report-uncaught-exception',
          `--report-directory=${folder}`,
          '--report-compact',
        ];
        const program = join(root, 'test/security/leaky-program.ts');
        const run = promisify(execFile)(
          process.execPath,
          [...options, program, btoa(password), btoa(token), btoa(mistake)],
          {
            cwd: root,
          },
        );
        const { code, stderr, stdout } = (await rejectionOf(run)) as Error & {
          code: number;
          stderr: string;
          stdout: string;
        };

        expect(code).not.toBe(0);
        expect(stderr).toContain(name);
        expect(stderr).toContain(text);
        expect(stdout + stderr).not.toMatch(/P4SSW0RD|T0K3N/);
        const [report = ''] = await readdir(folder);
        const written = await readFile(join(folder, report), 'utf8');
        expect(written).toContain(name === 'NetworkError' ? 'ShowTask' : name);
        expect(written).not.toMatch(/P4SSW0RD|T0K3N/);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  it('shows no secret in a report that it asks for itself', async () => {
    const { sms } = watch(({ headers }) => Promise.reject(new Error(headers.get('x-auth-token') ?? '')), {
      credentials: { token },
    });
    const error = await rejectionOf(sms.tasks.get('t'));

    const { environmentVariables: _, ...report } = process.report.getReport(error as Error) as unknown as Record<
      string,
      unknown
    >;

    expect(JSON.stringify(report)).toContain('ShowTask');
    expect(JSON.stringify(report)).not.toContain('T0K3N');
  });
});

describe('the simulator', () => {
  it('shows no secret that it received or issued, however it is printed', async () => {
    const simulator = createSimulator({ tasks: [{}], accounts: [{ ...simulatedAccount, password: 'hush-password' }] });
    const tokens: string[] = [];
    const sms = makeClient(simulator, {
      credentials: { ...account, password: 'hush-password' },
      fetch: async (url, init) => {
        const response = await simulator.fetch(url, init);
        tokens.push(response.headers.get('x-subject-token') ?? '');
        return response;
      },
    });

    await sms.tasks.list();
    await sms.auth.verifyToken((await sms.auth.getToken()).value);
    await sms.auth.verifyToken('hush-token');
    const { id } = await sms.templates.create({ name: 'small', is_template: true, target_password: 'hush-target' });
    await sms.templates.update(id, { name: 'small', is_template: true, target_password: 'hush-target' });
    const wrong = makeClient(simulator, { credentials: { ...account, password: 'hush-wrong' } });
    await rejectionOf(wrong.tasks.list());
    const keys = makeClient(simulator, {
      credentials: { accessKeyId: 'AK', secretAccessKey: 'hush-key', securityToken: 'hush-security' },
    });
    await rejectionOf(keys.tasks.list());

    const given = tokens.filter((token) => token !== '');
    expect(given.length).toBeGreaterThan(0);
    expect(simulator.requests.length).toBeGreaterThan(5);
    const shown = show(simulator) + show(simulator.requests);
    for (const secret of ['hush', ...given]) expect(shown).not.toContain(secret);
  });
});

const simulatedAccount = {
  username: account.username,
  domainName: account.domainName,
  projects: [{ id: account.projectId, name: 'cn-north-4' }],
};

describe('a field that holds a secret', () => {
  const secretName =
    /^(password|passcode|passphrase|target_password|cert|ca|private_key|.*_cert|.*_private_key|log_share_url|secretAccessKey|securityToken|token)$/;
  // Not a value but a message of IAM about the token, and a switch.
  const harmless = ['src/schemas/token.ts token', 'src/schemas/certificate.ts enable_ca_cert'];

  it('says so where it is declared: `Secret:` is in its doc comment', () => {
    const fields = [...listFiles('src/schemas', '.ts'), 'src/auth/credentials.ts'].flatMap(findFields);
    const secret = fields.filter(({ name }) => secretName.test(name)).filter(({ id }) => !harmless.includes(id));
    expect(secret.length).toBeGreaterThan(14);
    expect(secret.filter(({ comment }) => !comment.includes('Secret:')).map(({ id }) => id)).toEqual([]);
  });
});

interface Field {
  readonly id: string;
  readonly name: string;
  readonly comment: string;
}

/** The members of the shapes of a file: of the object literals given to `model`, `body` and their like. */
function findFields(path: string): Field[] {
  const text = ts.sys.readFile(join(root, path)) ?? '';
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const fields: Field[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isCallExpression(node.initializer)) {
      const name = node.name.getText(tree);
      fields.push({ id: `${path} ${name}`, name, comment: text.slice(node.getFullStart(), node.getStart(tree)) });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return fields;
}

describe('a response that is not a secret', () => {
  it('is printed in full: a task that a caller prints is the whole task', async () => {
    const { sms } = watch(() => taskResponse('READY'));

    expect(JSON.parse(JSON.stringify(await sms.tasks.get('t')))).toEqual({ id: 'task-1', state: 'READY' });
  });
});

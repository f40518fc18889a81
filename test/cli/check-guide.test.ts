import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSimulator } from '@org/sms-client/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/cli/commands.js';
import { readOperations } from '../../src/cli/read-operations.js';
import { root } from '../repository.js';

const guide = readFileSync(join(root, 'docs/check.md'), 'utf8');
const account = { username: 'Secret-user', password: 'Secret-password', domainName: 'Secret-domain' };

afterEach(() => vi.unstubAllEnvs());

/** The output for an account with a newer service, as in the guide. */
async function runCheck(...more: string[]): Promise<{ code: number; out: string }> {
  const simulator = createSimulator({ accounts: [account], seed: 1 });
  simulator.addTask({ name: 'Secret-task' });
  simulator.respond('ShowTask', async (_request, next) => {
    const task = (await (await next()).json()) as object;
    return { ...task, state: 'SECRET', priority: 'Secret', resource_tags: [{ key: 'Secret' }] };
  });
  simulator.respond('ListTemplates', () =>
    Response.json({ error_code: 'SMS.9004', error_msg: 'Secret' }, { status: 403 }),
  );
  simulator.respond('ShowOverview', () => Response.json({ error_code: 'APIGW.0101' }, { status: 404 }));
  const { iamEndpoint, smsEndpoint } = await simulator.listen();
  vi.stubEnv('HUAWEICLOUD_SDK_SMS_ENDPOINT', smsEndpoint);
  vi.stubEnv('HW_AUTH_URL', iamEndpoint);
  vi.stubEnv('HW_USER_NAME', account.username);
  vi.stubEnv('HW_USER_PASSWORD', account.password);
  vi.stubEnv('HW_DOMAIN_NAME', account.domainName);
  const lines: string[] = [];
  const context = {
    print: (line: string) => lines.push(line),
    complain: () => {},
    signal: new AbortController().signal,
  };
  const code = await runCommand(['check', '--read-only', ...more], context);
  await simulator.close();
  return { code, out: lines.join('\n') };
}

function readBlock(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``).exec(guide)?.[1] ?? '';
}

describe('the guide to the check', () => {
  it('shows what the command prints', async () => {
    const { code, out } = await runCheck();
    expect(out).toBe(readBlock('text'));
    expect(code).toBe(1);
  });

  it('shows a result of the report in JSON', async () => {
    const { out } = await runCheck('--json');
    const { results } = JSON.parse(out);
    expect(results).toContainEqual(JSON.parse(readBlock('json')));
    expect(out).not.toMatch(/secret/i);
  });

  it('counts the requests', () => {
    expect(guide).toContain(`: ${readOperations.length} \`GET\` requests`);
  });

  it('names every outcome and every exit code', () => {
    for (const word of [
      'read',
      'refused',
      'absent',
      'skipped',
      'failed',
      'violation',
      'unknown-field',
      'unknown-value',
    ])
      expect(guide).toContain(`| \`${word}\` |`);
    for (const code of [0, 1, 2]) expect(guide).toContain(`| ${code} |`);
  });
});

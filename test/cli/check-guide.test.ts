import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Simulator } from '@org/sms-client/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readOperations } from '../../src/cli/read-operations.js';
import { root } from '../repository.js';
import { runCheckFor } from './run-check.js';

const guide = readFileSync(join(root, 'docs/check.md'), 'utf8');
const account = { username: 'Secret-user', password: 'Secret-password', domainName: 'Secret-domain' };

afterEach(() => vi.unstubAllEnvs());

/** The output for an account with a newer service, as in the guide. */
function runCheck(...more: string[]) {
  return runCheckFor(account, ['--read-only', ...more], showNewerService, 'Secret-task');
}

function showNewerService(simulator: Simulator): void {
  simulator.respond('ShowTask', async (_request, next) => {
    const task = (await (await next()).json()) as object;
    return { ...task, state: 'SECRET', priority: 'Secret', resource_tags: [{ key: 'Secret' }] };
  });
  simulator.respond('ListTemplates', () =>
    Response.json({ error_code: 'SMS.9004', error_msg: 'Secret' }, { status: 403 }),
  );
  simulator.respond('ShowOverview', () => Response.json({ error_code: 'APIGW.0101' }, { status: 404 }));
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

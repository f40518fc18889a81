import type { Simulator } from '@org/sms-client/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/cli/commands.js';
import { readOperations } from '../../src/cli/read-operations.js';
import operations from '../fixtures/facts/operations.json' with { type: 'json' };
import { runCheckFor } from './run-check.js';

const account = { username: 'n', password: 'p4ssword', domainName: 'd' };

afterEach(() => vi.unstubAllEnvs());

const runCheck = (args: readonly string[], prepare?: (simulator: Simulator) => void) =>
  runCheckFor(account, args, prepare);

async function change(next: () => Promise<Response>, fields: object): Promise<object> {
  return { ...((await (await next()).json()) as object), ...fields };
}

describe('sms-client check', () => {
  it('exits 0 when everything is as documented, and only reads', async () => {
    const { code, err, methods, out } = await runCheck(['--read-only']);
    expect(err).toBe('');
    expect(out).toContain('ShowTask: read');
    expect(out).toContain('No violation.');
    expect(code).toBe(0);
    expect(new Set(methods)).toEqual(new Set(['GET']));
  });

  it('reports unknown fields and values by name, without a value, and exits 0', async () => {
    const { code, out } = await runCheck(['--read-only'], (simulator) => {
      simulator.respond('ShowTask', (_request, next) =>
        change(next, { moon: 'Secret-1', state: 'TELEPORTING', name: 'Secret-2' }),
      );
    });
    expect(code).toBe(0);
    expect(out).toContain('unknown-field moon: expected no field of this name, received string');
    expect(out).toContain('unknown-value state: expected one of READY');
    expect(out).not.toMatch(/Secret|TELEPORTING/);
  });

  it('exits 1 with a violation, also as JSON', async () => {
    const { code, out } = await runCheck(['--read-only', '--json'], (simulator) => {
      simulator.respond('ShowTask', (_request, next) => change(next, { priority: 'Secret-3' }));
    });
    expect(code).toBe(1);
    const { results } = JSON.parse(out);
    const drift = [{ kind: 'violation', path: 'priority', expected: 'number', received: 'string' }];
    expect(results).toContainEqual({ operation: 'ShowTask', outcome: 'read', drift });
    expect(out).not.toContain('Secret');
  });

  it('reports an operation that is refused, and reads the rest', async () => {
    const { code, out } = await runCheck(['--read-only'], (simulator) => {
      simulator.respond('ListServers', () =>
        Response.json({ error_code: 'SMS.9004', error_msg: 'no' }, { status: 403 }),
      );
    });
    expect(code).toBe(0);
    expect(out).toContain('ListServers: refused');
    expect(out).toContain('ShowServer: skipped');
    expect(out).toContain('ShowTask: read');
  });

  it.each([
    [404, 'APIGW.0101'],
    [400, 'SMS.2003'],
    [400, 'SMS.6302'],
  ])('exits 1 for an operation that the service does not accept (%i %s), and reads the rest', async (status, code) => {
    const { code: exit, out } = await runCheck(['--read-only'], (simulator) => {
      simulator.respond('ShowOverview', () => Response.json({ error_code: code, error_msg: 'Secret-4' }, { status }));
    });
    expect(exit).toBe(1);
    expect(out).toContain(`ShowOverview: failed, HTTP ${status}, ${code}`);
    expect(out).toContain('Failed: 1');
    expect(out).toContain('ShowTask: read');
    expect(out).not.toContain('Secret');
  });

  it('reports a failed operation with its status and code as JSON', async () => {
    const { code, out } = await runCheck(['--read-only', '--json'], (simulator) => {
      simulator.respond('ShowOverview', () => Response.json({ error_code: 'APIGW.0101' }, { status: 404 }));
    });
    expect(code).toBe(1);
    const { results } = JSON.parse(out);
    const failed = { operation: 'ShowOverview', outcome: 'failed', status: 404, code: 'APIGW.0101', drift: [] };
    expect(results).toContainEqual(failed);
  });

  it('treats a speed limit that was never set as absent, and exits 0', async () => {
    const { code, out } = await runCheck(['--read-only']);
    expect(out).toContain('ShowsSpeedLimits: absent\n');
    expect(code).toBe(0);
  });

  it('reports a page of a proxy as a violation', async () => {
    const { code, out } = await runCheck(['--read-only'], (simulator) => {
      simulator.respond('ShowOverview', () => new Response('<html>Secret-5</html>'));
    });
    expect(code).toBe(1);
    expect(out).toMatch(/ShowOverview: read\n {2}violation /);
    expect(out).not.toContain('Secret');
  });

  it('exits 2 when the token is refused, which says nothing about an operation', async () => {
    const { code, err } = await runCheck(['--read-only'], (simulator) => {
      simulator.respond('ShowOverview', () => Response.json({ error_code: 'APIGW.0301' }, { status: 401 }));
    });
    expect(code).toBe(2);
    expect(err).toContain('The check could not run');
  });

  it('calls every operation that only reads, except the secret ones and those of the agent', () => {
    const reasons: Readonly<Record<string, string>> = {
      CheckNetAcl: 'needs the id of a network',
      ShowSha256: 'needs an undocumented key',
      ShowPassphrase: 'secret',
      ShowTargetPassword: 'secret',
      ShowCertKey: 'secret',
      ShowCommand: 'an agent fetches it once',
    };
    const wanted = operations.filter(({ id, method }) => method === 'GET' && !Object.hasOwn(reasons, id));
    const simple = (path: string) => path.replace('{version}', 'v3').replace(/\{\w+\}/, '{}');
    const expected = wanted.map(({ id, path }) => `${id} ${simple(path)}`);
    expect(readOperations.map(({ operation, path }) => `${operation} ${path}`).sort()).toEqual(expected.sort());
  });

  it.each([[[]], [['--write']], [['--read-only', 'more']]])(
    'exits 2 for the arguments %j, and sends nothing',
    async (args) => {
      const { code, err, methods } = await runCheck(args);
      expect(code).toBe(2);
      expect(err).toContain('--read-only');
      expect(methods).toEqual([]);
    },
  );

  it('exits 2 when it cannot run', async () => {
    vi.stubEnv('HW_REGION_NAME', 'nowhere');
    vi.stubEnv('HUAWEICLOUD_SDK_SMS_ENDPOINT', '');
    const complaints: string[] = [];
    const context = {
      print: () => {},
      complain: (line: string) => complaints.push(line),
      signal: new AbortController().signal,
    };
    expect(await runCommand(['check', '--read-only'], context)).toBe(2);
    expect(complaints[0]).toContain('The check could not run');
  });
});

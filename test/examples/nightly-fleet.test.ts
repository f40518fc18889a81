import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator } from '@org/sms-client/testing';
import { describe, expect } from 'vitest';
import { serveSimulator } from '../../scripts/show/simulated-account.js';
import { makeClient } from '../support/make-client.js';
import { it as base, narrow } from '../support/run-example.js';

const timeout = 60_000;

/** A test with a file for the CSV, and what reads its rows. */
const it = base.extend<{ readonly file: string; readonly readRows: () => string[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
  file: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'sms-client-fleet-'));
    await use(join(folder, 'fleet.csv'));
    rmSync(folder, { recursive: true });
  },
  readRows: async ({ file }, use) => {
    await use(() => {
      const [head, ...rows] = readFileSync(file, 'utf8').trim().split('\r\n');
      expect(head).toBe('"server","task","outcome","error"');
      return rows;
    });
  },
});

describe.concurrent('nightly-fleet', () => {
  it('writes a CSV with a row for each of 30 servers, with full names', { timeout }, async ({
    file,
    readRows,
    startExample,
  }) => {
    const { ended, errors, output } = startExample('nightly-fleet', [], { variables: { CSV_FILE: file } });
    expect(await ended, errors()).toBe(0);
    // Nothing else: every server succeeded.
    expect(output()).toMatch(/^([\d.]+ %\n)+30 of 30 succeeded: [^\n]+\n$/);
    expect(readRows()).toHaveLength(30);
    for (const row of readRows()) expect(row).toMatch(/^"accounting-database-server-\d+","\w+","succeeded",""$/);
  });

  it('goes on without a server that cannot be read, says so and exits 1; it uses the template of the night before', {
    timeout,
  }, async ({ file, readRows, startExample }) => {
    const simulator = createSimulator({ speed: 6_000, sources: [{ name: 'first' }, { name: 'second' }] });
    try {
      const variables = { ...(await serveSimulator(simulator)), CSV_FILE: file };
      simulator.faults.fail(1, 403, { match: 'ShowServer' });
      await makeClient(simulator).templates.create({ name: 'nightly-fleet', volumetype: 'SAS' });
      const { ended, errors, output } = startExample('nightly-fleet', [], { variables });
      expect(await ended).toBe(1);
      expect(errors()).toBe('');
      expect(output()).toMatch(/^(first|second): not-created [^\n]*403[\s\S]*\n1 of 2 succeeded/m);
      expect(readRows().sort()).toEqual([
        expect.stringMatching(/^"(first|second)","","not-created","[^"]*403/),
        expect.stringMatching(/^"(first|second)","\w+","succeeded",""$/),
      ]);
      expect(simulator.requests.filter(({ operation }) => operation === 'CreateTemplate')).toHaveLength(1);
    } finally {
      await simulator.close();
    }
  });

  it('prints the servers whose task did not start', { timeout }, async ({ file, readRows, startExample }) => {
    const simulator = createSimulator({ speed: 6_000, sources: [{ name: 'first' }, { name: 'second' }] });
    await using _closed = simulator;
    const variables = { ...(await serveSimulator(simulator)), ...narrow, CSV_FILE: file };
    simulator.faults.fail(1, 403, { match: 'UpdateTaskStatus' });
    const { ended, output } = startExample('nightly-fleet', [], { variables });
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^(first|second): not-started [\s\S]*403[\s\S]*\n1 of 2 succeeded/m);
    const { prose = '' } = /(?<prose>^\w+: not-started[\s\S]*)^1 of 2/m.exec(output())?.groups ?? {};
    expect(prose.split('\n').filter((line) => line.length >= 60)).toEqual([]);
    expect(readRows().filter((row) => /,"not-started","[^"]+403/.test(row))).toHaveLength(1);
  });

  it('writes what it knows after Ctrl-C', { timeout }, async ({ file, readRows, startExample }) => {
    const { child, ended, errors, until } = startExample('nightly-fleet', [], { variables: { CSV_FILE: file } });
    await until(/ %\n/);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(errors()).toMatch(/^\nStopped watching\./);
    expect(readRows()).toHaveLength(30);
    expect(readRows().some((row) => row.endsWith('"started",""'))).toBe(true);
  });
});

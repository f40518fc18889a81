import { get } from 'node:http';
import type { SmsClient } from '@org/sms-client';
import type { Simulator } from '@org/sms-client/testing';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { type FeedEvent, FleetFeed } from '../../scripts/dashboard/fleet-feed.js';
import { serveFleet } from '../../scripts/dashboard/fleet-server.js';
import { makePair } from '../support/make-client.js';
import { it } from '../support/run-example.js';

/** A page of a fleet on the simulator. */
async function open({ simulator, sms }: { simulator: Simulator; sms: SmsClient }, ids: readonly string[]) {
  const feed = new FleetFeed(sms, ids, 5);
  const server = await serveFleet(feed);
  onTestFinished(() => server.close());
  const countPolls = () => simulator.requests.filter(({ operation }) => operation === 'ListTasks').length;
  return { url: server.url, feed, countLooks: countPolls };
}

/** A tab: the events of its `EventSource`. */
async function openTab(url: string) {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const response = await fetch(`${url}events`, { signal: controller.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    close: () => controller.abort(),
    /** The next event that passes. */
    async until(passes: (event: FeedEvent) => boolean): Promise<FeedEvent> {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end < 0) {
          const { done, value } = await reader.read();
          if (done) throw new Error('The stream ended');
          text += value;
          continue;
        }
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        if (!block.startsWith('data: ')) continue;
        const event = JSON.parse(block.slice('data: '.length)) as FeedEvent;
        if (passes(event)) return event;
      }
    },
  };
}

const hasRows = (count: number) => (event: FeedEvent) => event.rows.length >= count;

describe('npm run dashboard', () => {
  it('sends a new tab the state of every task, and every change from then on', async () => {
    const { simulator, sms } = makePair({ now: () => Date.UTC(2026, 10, 26) });
    const ids = ['one', 'two'].map((name) => simulator.addTask({ name, state: 'RUNNING' }));
    const tab = await openTab((await open({ simulator, sms }, ids)).url);
    const first = await tab.until(hasRows(2));
    expect(first.rows.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['one', 'running'],
      ['two', 'running'],
    ]);
    expect(first.total).toMatchObject({ total: 2, running: 2, percent: 0 });
    simulator.advance(300_000);
    const later = await tab.until(({ total }) => total.percent > 0);
    expect(later.rows[0]).toMatchObject({ label: 'Copying data', percent: expect.any(Number) });
    simulator.advance(600_000);
    expect((await tab.until(({ total }) => total.succeeded === 2)).total.percent).toBe(100);
  });

  it('shows the step and round of a failed task, and a hint', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state: 'RUNNING', failAt: { step: 'MIGRATE_LINUX_FILE' } });
    simulator.advance(3_600_000);
    const tab = await openTab((await open({ simulator, sms }, [id])).url);
    const { rows } = await tab.until((event) => event.rows[0]?.failure !== undefined);
    expect(rows[0]).toMatchObject({
      outcome: 'failed',
      failure: { where: 'MIGRATE_LINUX_FILE · REPLICATE · SMS.0807', hint: expect.stringMatching(/firewalls/) },
    });
  });

  it('sends a tab that reconnects the present state, with percentages that do not run backwards', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state: 'RUNNING' });
    const { url } = await open({ simulator, sms }, [id]);
    simulator.advance(300_000);
    const tab = await openTab(url);
    const before = await tab.until(hasRows(1));
    tab.close();
    const again = await (await openTab(url)).until(() => true);
    expect(again.rows).toEqual([expect.objectContaining({ id, percent: before.rows[0]?.percent })]);
  });

  it('sends no more requests for ten tabs than for one, and none once the last tab is closed', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state: 'RUNNING' });
    const { countLooks: countPolls, url } = await open({ simulator, sms }, [id]);
    const watches = vi.spyOn(sms.tasks, 'watchMany');
    const tabs = await Promise.all(Array.from({ length: 10 }, () => openTab(url)));
    await Promise.all(tabs.map((tab) => tab.until(hasRows(1))));
    expect(watches).toHaveBeenCalledTimes(1);
    for (const tab of tabs) tab.close();
    const [, { signal } = {}] = watches.mock.calls[0] ?? [];
    await vi.waitFor(() => expect(signal?.aborted).toBe(true));
    const polls = countPolls();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(countPolls()).toBe(polls);
  });

  it('watches again when a tab opens after the last one was closed, even while the old watch still ends', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state: 'RUNNING' });
    const { feed } = await open({ simulator, sms }, [id]);
    feed.join(() => undefined)();
    const percents: number[] = [];
    const leave = feed.join(({ total }) => percents.push(total.percent));
    await vi.waitFor(() => expect(percents.length).toBeGreaterThan(1));
    simulator.advance(300_000);
    await vi.waitFor(() => expect(percents.at(-1)).toBeGreaterThan(0));
    leave();
  });

  it('shows why a watch ended, and begins a new one with the next tab', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state: 'RUNNING' });
    const { url } = await open({ simulator, sms }, [id]);
    simulator.faults.fail(1, 403, { match: 'ListTasks' });
    const { problem } = await (await openTab(url)).until((event) => event.problem !== undefined);
    expect(problem).toMatch(/403/);
    expect((await (await openTab(url)).until(hasRows(1))).rows[0]).toMatchObject({ id });
  });

  it('serves one page without external content, whose policy runs only its own script', async () => {
    const { url } = await open(makePair(), []);
    const response = await fetch(url);
    const page = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; /);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).not.toMatch(/https?:|\/\/[a-z]|@import|url\(/);
    // Texts of the service reach the page as text nodes alone.
    expect(page).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  });

  it('responds with 403 to another host, with 404 to other paths and with 405 to other methods', async () => {
    const { url } = await open(makePair(), []);
    const ask = (path: string, options: object = {}) =>
      new Promise((resolve, reject) => {
        get(new URL(path, url), options, (response) => resolve(response.resume().statusCode)).on('error', reject);
      });
    expect(await ask('/', { headers: { host: 'rebound.example' } })).toBe(403);
    expect(await ask('/elsewhere')).toBe(404);
    expect(await ask('/', { method: 'POST' })).toBe(405);
  });

  it('prints the address of the page, and ends on Ctrl-C while a tab is open', { timeout: 30_000 }, async ({
    startScript,
  }) => {
    const { child, ended, errors, until } = startScript('dashboard');
    const [, url = ''] = await until(/Open (\S+) in a browser/);
    const tab = await openTab(url);
    await tab.until(hasRows(8));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(errors()).toMatch(/^\nStopped watching\. [^\n]+\n$/);
  });
});

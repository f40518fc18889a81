import { expect, it } from 'vitest';
import { serve } from '../support/http-server.js';
import { startExample } from '../support/run-example.js';

const timeout = 40_000;

it('notify-failures posts each failure once, with step, round, meaning and what to do', { timeout }, async () => {
  const { requests, url } = await serve((_request, response) => response.writeHead(204).end());
  const { ended, errors, output } = startExample('notify-failures', [], { variables: { WEBHOOK_URL: url } });
  expect(await ended).toBe(0);
  expect(errors()).toBe('');
  expect(output()).toMatch(/^6 of 8 succeeded$/m);
  expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  const messages = requests.map(({ body }) => JSON.parse(body));
  expect(messages).toEqual([
    expect.objectContaining({
      name: 'web-server-03',
      step: 'MIGRATE_LINUX_FILE',
      round: 'REPLICATE',
      code: 'SMS.0515',
    }),
    expect.objectContaining({
      name: 'file-share',
      step: 'MIGRATE_WINDOWS_BLOCK',
      round: 'REPLICATE',
      code: 'SMS.0807',
    }),
  ]);
  for (const { meaning, text, hint } of messages) {
    expect(meaning).not.toBe('');
    expect(hint).not.toBe('');
    expect(text).toContain(`${meaning} ${hint}`);
  }
});

it('notify-failures says when the webhook was not told, and goes on', { timeout }, async () => {
  const { requests, url } = await serve((_request, response) => response.writeHead(500).end());
  const { ended, errors, output } = startExample('notify-failures', [], { variables: { WEBHOOK_URL: url } });
  expect(await ended).toBe(0);
  expect(requests).toHaveLength(2);
  expect(errors().match(/^Nobody was told that \S+ failed: Error: The webhook answered 500$/gm)).toHaveLength(2);
  expect(output()).toMatch(/^6 of 8 succeeded$/m);
});

import { expect } from 'vitest';
import { serve } from '../support/http-server.js';
import { it } from '../support/run-example.js';

const timeout = 40_000;

it('notify-failures posts each failure once, with its step, meaning and hint', { timeout }, async ({
  startExample,
}) => {
  const { requests, url } = await serve((_request, response) => response.writeHead(204).end());
  const { ended, errors, output } = startExample('notify-failures', [], { variables: { WEBHOOK_URL: url } });
  expect(await ended).toBe(0);
  expect(errors()).toBe('');
  expect(output()).toMatch(/^1 of 3 succeeded$/m);
  expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  const messages = requests.map(({ body }) => JSON.parse(body));
  expect(messages).toEqual([
    expect.objectContaining({ step: 'MIGRATE_LINUX_FILE', code: 'SMS.0807' }),
    expect.objectContaining({ step: 'MIGRATE_WINDOWS_BLOCK', code: 'SMS.0515' }),
  ]);
  for (const { hint, meaning, text } of messages) {
    expect(meaning).not.toBe('');
    expect(hint).not.toBe('');
    expect(text).toContain(`${meaning} ${hint}`);
  }
});

it('notify-failures says when a failure was not posted, and goes on', { timeout }, async ({ startExample }) => {
  const { requests, url } = await serve((_request, response) => response.writeHead(500).end());
  const { ended, errors, output } = startExample('notify-failures', [], { variables: { WEBHOOK_URL: url } });
  expect(await ended).toBe(0);
  expect(requests).toHaveLength(2);
  expect(errors().match(/^The failure of \S+ was not posted: Error: The webhook returned 500$/gm)).toHaveLength(2);
  expect(output()).toMatch(/^1 of 3 succeeded$/m);
});

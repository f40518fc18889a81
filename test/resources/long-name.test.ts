import { describe, expect, it, vi } from 'vitest';
import { makeFakeClient } from '../support/fake-client.js';

const task = {
  type: 'MIGRATE_FILE',
  source_server: { id: 'source-1' },
  target_server: {},
  region_id: 'r',
  region_name: 'r',
  project_id: 'p',
  project_name: 'p',
} as const;

describe('tasks.create and tasks.update with a name of more than 20 characters', () => {
  it.each([
    ['x'.repeat(20), 0],
    ['x'.repeat(21), 1],
  ])('sends %s with %i warnings each', async (name, warnings) => {
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const { requests, sms } = makeFakeClient(() => Response.json({ id: 'task-1' }), { logger });
    await sms.tasks.create({ ...task, name });
    await sms.tasks.update('task-1', { name });
    expect(requests).toHaveLength(2);
    const reported = logger.warn.mock.calls.filter(([text]) => String(text).includes('longer than 20 characters'));
    expect(reported).toHaveLength(2 * warnings);
    expect(JSON.stringify(reported)).not.toContain('xxx');
  });
});

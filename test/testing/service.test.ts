import { describe, expect, it } from 'vitest';
import { newTask, registration } from './bodies.js';
import { createBench, readFixture } from './support.js';

describe('the privacy agreement', () => {
  it('is accepted from the start by default', async () => {
    const { call } = await createBench();
    expect((await call('GET', '/v3/privacy-agreements')).json).toEqual(
      readFixture('show-privacy-agreements.response.json'),
    );
  });

  it('blocks registering, creating and operating, but no reads, until it is accepted', async () => {
    const { simulator, call, act, show } = await createBench({ privacyAgreementAccepted: false });
    const id = simulator.addTask();
    expect((await call('GET', '/v3/privacy-agreements')).json).toEqual({ flag: false });
    const source = (await show(id)).source_server.id;
    const calls = [
      () => call('POST', '/v3/sources', registration),
      () => call('POST', '/v3/tasks', { ...newTask, source_server: { id: source } }),
      () => act(id, 'start'),
    ];
    for (const attempt of calls) {
      const reply = await attempt();
      expect([reply.status, reply.json.error_code]).toEqual([403, 'SMS.0208']);
    }
    expect((await call('GET', '/v3/sources')).json.count).toBe(1);
    const accepted = await call('POST', '/v3/privacy-agreements');
    expect(accepted.json).toBe(readFixture('create-privacy-agreements.response.json'));
    expect((await call('GET', '/v3/privacy-agreements')).json).toEqual({ flag: true });
    for (const attempt of calls) expect((await attempt()).status).toBe(200);
  });
});

describe('the service resource', () => {
  it('has the version of the reference', async () => {
    const { call, simulator } = await createBench();
    const official = readFixture('list-api-version.response.json');
    official.versions[0].links[0].href = `${simulator.smsEndpoint}/`;
    expect((await call('GET', '/')).json).toEqual(official);
    expect((await call('GET', '/v3')).json).toEqual(official.versions[0]);
    expect((await call('GET', '/v9')).status).toBe(404);
  });

  it('has a digest for every key, always the same', async () => {
    const { call } = await createBench();
    const read = async (key: string): Promise<string> => (await call('GET', `/v3/sha256/${key}`)).json.value;
    expect(await read('agent')).toMatch(/^[0-9a-f]{64}$/);
    expect(await read('agent')).toBe(await read('agent'));
    expect(await read('agent')).not.toBe(await read('agent2'));
  });

  it('names the regions of the accounts', async () => {
    const { call } = await createBench();
    const { json } = await call('GET', '/v3/config');
    expect(json.config.main_region).toBe('cn-north-4');
    expect(json.regions).toEqual([{ id: 'cn-north-4', name: 'cn-north-4' }]);
  });
});

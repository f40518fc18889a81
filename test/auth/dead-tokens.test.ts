import { createSimulator, type Simulator } from '@org/sms-client/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { account, makeClient } from '../support/make-client.js';

const simulators: Simulator[] = [];
afterEach(async () => {
  await Promise.all(simulators.splice(0).map((simulator) => simulator.close()));
});

/** A simulator, reached by `fetch` or `listen`, and a client for which something can happen at its n-th request to SMS. */
async function open(adapter: 'fetch' | 'listen') {
  const simulator = createSimulator({ keepRequests: 10_000 });
  simulators.push(simulator);
  const endpoints = adapter === 'fetch' ? simulator : await simulator.listen();
  const send = adapter === 'fetch' ? simulator.fetch : fetch;
  const plan: { left: number; happens?: () => void } = { left: Number.POSITIVE_INFINITY };
  const client = makeClient(
    (url, init) => {
      if (url.includes('/v3/tasks') && --plan.left === 0) plan.happens?.();
      return send(url, init);
    },
    { endpoint: endpoints.smsEndpoint, iamEndpoint: endpoints.iamEndpoint, maxRetries: 0 },
  );
  const statusesOf = (operation: string) =>
    simulator.requests.filter((request) => request.operation === operation).map(({ status }) => status);
  return { client, plan, simulator, statusesOf, id: simulator.addTask() };
}

describe.each(['fetch', 'listen'] as const)('200 calls at once through %s of the simulator', (adapter) => {
  it('all succeed when every token dies in the middle of them, for one more login each time', async () => {
    const { client, id, plan, simulator, statusesOf } = await open(adapter);
    const deaths = [simulator.faults.expireTokens, simulator.faults.revokeTokens, simulator.faults.expireTokens];
    for (const [round, die] of deaths.entries()) {
      Object.assign(plan, { left: 100, happens: die });
      const tasks = await Promise.all(Array.from({ length: 200 }, () => client.tasks.get(id)));
      expect(tasks.map((task) => task.id)).toEqual(Array(200).fill(id));
      expect(statusesOf('CreateToken')).toEqual(Array(2 + round).fill(201));
    }
    const statuses = statusesOf('ShowTask');
    expect(statuses.filter((status) => status === 200)).toHaveLength(600);
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([200, 401]));
  });

  it('make one login when the client has no token, and none when it has one', async () => {
    const { client, id, statusesOf } = await open(adapter);
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(Array.from({ length: 200 }, () => client.tasks.get(id)));
      expect(statusesOf('CreateToken')).toEqual([201]);
    }
  });
});

describe('the simulator', () => {
  it('issues a token that verifyToken knows until it dies', async () => {
    const { client, simulator } = await open('fetch');
    const token = await client.auth.getToken();
    expect(await client.auth.verifyToken(token.value)).toEqual(token);
    simulator.faults.revokeTokens();
    expect(await client.auth.verifyToken(token.value)).toBeNull();
    expect(await client.auth.verifyToken('unknown')).toBeNull();
  });

  it('lists the projects of the user', async () => {
    const { client } = await open('fetch');
    expect(await client.auth.listProjects()).toMatchObject([{ id: account.projectId, name: 'cn-north-4' }]);
  });
});

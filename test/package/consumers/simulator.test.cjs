const { createSimulator } = require('@org/sms-client/testing');
const { SmsClient } = require('@org/sms-client');

const key = { accessKeyId: 'AKEXAMPLE', secretAccessKey: 'secret-of-the-example' };
const account = { username: 'testname', password: 'Password', domainName: 'testname', accessKeys: [key] };

function connect(simulator, more) {
  const { iamEndpoint, smsEndpoint } = simulator;
  const { username, password, domainName } = account;
  return new SmsClient({
    endpoint: smsEndpoint,
    iamEndpoint,
    credentials: { username, password, domainName },
    fetch: simulator.fetch,
    ...more,
  });
}

// For a machine that is busy with other things.
jest.setTimeout(60_000);

describe('the simulator in CommonJS', () => {
  afterEach(() => jest.useRealTimers());

  it('responds through simulator.fetch', async () => {
    const simulator = createSimulator({ tasks: [{ id: 'task' }] });
    expect((await connect(simulator).tasks.get('task')).state).toBe('READY');
  });

  it('listens', async () => {
    const simulator = createSimulator({ tasks: [{ id: 'task' }] });
    const { iamEndpoint, smsEndpoint } = await simulator.listen();
    const sms = connect(simulator, { endpoint: smsEndpoint, iamEndpoint, fetch: undefined });
    expect((await sms.tasks.get('task')).state).toBe('READY');
    await simulator.close();
  });

  it.each([
    ['a password', undefined],
    ['access keys', key],
  ])('makes an hour pass at once under fake timers, with %s', async (_name, credentials) => {
    jest.useFakeTimers();
    const simulator = createSimulator({ accounts: [account], tasks: [{ id: 'task', durationMs: 3600000 }] });
    const sms = connect(simulator, credentials === undefined ? {} : { credentials });
    const migration = sms.tasks.startAndWait('task');
    await jest.advanceTimersByTimeAsync(3700000);
    expect((await migration).state).toBe('MIGRATE_SUCCESS');
  });
});

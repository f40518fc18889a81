const { join } = require('node:path');
const { createSimulator } = require('@org/sms-client/testing');
const { SmsClient } = require('@org/sms-client');
const { credentialChain } = require('@org/sms-client/node');

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

// Jest runs a test in a realm of its own: its classes are not those of Node's modules.
describe('the client in the realm of Jest', () => {
  it.each([
    ['access keys', { ...key, expiresAt: new Date(Date.now() + 3600000) }],
    ['a token', { token: 'a-token', expiresAt: new Date(Date.now() + 3600000) }],
  ])('takes a Date of that realm as the end of %s', async (_name, credentials) => {
    const simulator = createSimulator({ accounts: [account], tasks: [{ id: 'task' }] });
    const fetch =
      credentials.token === undefined ? simulator.fetch : async () => Response.json({ id: 'task', state: 'READY' });
    expect((await connect(simulator, { credentials, fetch }).tasks.get('task')).state).toBe('READY');
    const ended = { ...credentials, expiresAt: new Date() };
    expect(() => connect(simulator, { credentials: ended })).not.toThrow();
    expect(() => connect(simulator, { credentials: { ...ended, expiresAt: new Date('never') } })).toThrow(/expiresAt/);
  });

  it('says what each source of credentialChain lacked', async () => {
    // A copy: Jest gives each file its own.
    for (const name of Object.keys(process.env)) if (/^(HW|HUAWEICLOUD)_/.test(name)) delete process.env[name];
    const file = join(__dirname, 'nowhere', 'credentials');
    const sms = connect(createSimulator(), { credentials: credentialChain({ file }) });
    for (const search of [credentialChain({ file }), () => sms.tasks.get('task')]) {
      const error = await search().catch((reason) => reason);
      expect(error.name).toBe('ConfigurationError');
      expect(error.message).toContain(`The file ${file} cannot be read (ENOENT)`);
    }
  });
});

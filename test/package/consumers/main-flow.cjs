/** The main job of the package through `fetch` and `listen` of the simulator. Returns the final states of both tasks. */
module.exports = async function runMainFlow({ SmsClient }, { createSimulator }) {
  const credentials = {
    username: 'testname',
    password: 'Password',
    domainName: 'testname',
    projectId: '0215ef11e49d4743be23dd97a1561xxx',
  };
  const simulator = createSimulator({ speed: 1000 });
  const ids = [simulator.addTask(), simulator.addTask()];

  const inMemory = new SmsClient({
    endpoint: simulator.smsEndpoint,
    iamEndpoint: simulator.iamEndpoint,
    credentials,
    fetch: simulator.fetch,
  });
  const first = await inMemory.tasks.startAndWait(ids[0], { intervalMs: 20 });

  const { smsEndpoint, iamEndpoint } = await simulator.listen();
  try {
    const overHttp = new SmsClient({ endpoint: smsEndpoint, iamEndpoint, credentials });
    const second = await overHttp.tasks.startAndWait(ids[1], { intervalMs: 20 });
    return [first.state, second.state];
  } finally {
    await simulator.close();
  }
};

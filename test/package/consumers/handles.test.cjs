/** @jest-environment jsdom */
const { createSimulator } = require('@org/sms-client/testing');

it('the client loads where TextEncoder is missing', () => {
  expect(typeof TextEncoder).toBe('undefined');
  const { SmsClient } = require('@org/sms-client');
  expect(() => new SmsClient({})).toThrow(/credentials/);
});

describe('the simulator without fetch classes', () => {
  it('loads, and its handles work', () => {
    expect(typeof Response).toBe('undefined');
    const simulator = createSimulator({ tasks: [{ id: 'task' }] });
    const task = simulator.task('task');
    task.start();
    simulator.advance(600000);
    expect(task.state).toBe('MIGRATE_SUCCESS');
    simulator.source(task.body.source_server.id).set({ connected: false });
    expect(() => task.start()).toThrow(/not connected/);
    simulator.faults.lag(1000);
    simulator.reset();
    expect(task.state).toBe('READY');
  });
});

/**
 * Limit the speed by the hour: 50 Mbit/s while people work, no limit at night. Limits are in Mbit/s, and 0 is no limit.
 *
 * On an account, give the task ids: `npm run example -- speed-limits <task id> …`.
 */
import { complain, explain, runExample } from './support/run-example.js';

const byHour = [
  { start: '0:00', end: '8:00', speed: 0 },
  { start: '8:00', end: '18:00', speed: 50 },
  { start: '18:00', end: '24:00', speed: 0 },
];

await runExample(
  async ({ signal, sms, taskIds }) => {
    if (taskIds.length === 0) throw new Error('Give the ids of the tasks');
    for (const id of taskIds) {
      try {
        await sms.tasks.setSpeedLimits(id, { speed_limit: byHour }, { signal });
        const { speed_limit: slots } = await sms.tasks.getSpeedLimits(id, { signal });
        console.log(id);
        for (const slot of slots ?? []) console.log(`  ${slot.start} to ${slot.end}: ${slot.speed || 'no limit'}`);
      } catch (error) {
        signal.throwIfAborted();
        complain(`${id}: ${explain(error)}`);
        process.exitCode = 1;
      }
    }
  },
  { tasks: [{ name: 'web-server-01' }, { name: 'web-server-02' }] },
);

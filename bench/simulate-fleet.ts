/** A process of its own that serves the simulator with a fleet of tasks, so that what is measured is the client. */
import { createSimulator } from '@org/sms-client/testing';

const [size = 0, shortestMs = 0, longestMs = 0] = process.argv.slice(2).map(Number);
const simulator = createSimulator();
const ids = Array.from({ length: size }, (_, index) =>
  simulator.addTask({
    durationMs: shortestMs + ((longestMs - shortestMs) * index) / size,
    // Every hundredth task fails half-way.
    ...(index % 100 === 50 && { failAt: { step: 'MIGRATE_LINUX_FILE' } }),
  }),
);
const addresses = await simulator.listen();
process.send?.({ ...addresses, ids });
process.on('disconnect', () => process.exit());

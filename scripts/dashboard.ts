/**
 * `npm run dashboard`: shows a fleet live on a web page of this machine, with server-sent events. All tabs share one watch, which pauses
 * while no tab is open. Without an account it shows the simulator; with one, give task ids, or none for all tasks. PORT sets the port.
 */
import { once } from 'node:events';
import { runExample } from '../examples/support/run-example.js';
import { FleetFeed } from './dashboard/fleet-feed.js';
import { serveFleet } from './dashboard/fleet-server.js';
import { simulatedFleet } from './show/simulated-tasks.js';

await runExample(
  async ({ intervalMs, signal, sms, taskIds }) => {
    const feed = new FleetFeed(sms, taskIds.length > 0 ? taskIds : {}, intervalMs);
    const server = await serveFleet(feed, Number(process.env.PORT ?? 0));
    console.log(`Open ${server.url} in a browser. Ctrl-C ends it.`);
    try {
      await once(signal, 'abort');
      signal.throwIfAborted();
    } finally {
      server.close();
    }
  },
  { tasks: simulatedFleet.map((task) => ({ ...task, state: 'RUNNING' })) },
);

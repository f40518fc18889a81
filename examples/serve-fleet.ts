/**
 * Shows a fleet live on a web page of this machine, with server-sent events. All tabs share one watch, which rests while no tab is open.
 *
 * Without an account: `npm run example -- serve-fleet`. On the real service: set the variables of `npm start`, then
 * `npm run example -- serve-fleet <task id> …`, or without ids for all tasks. PORT sets the port.
 */
import { once } from 'node:events';
import { chooseFleet } from './support/choose-fleet.js';
import { FleetFeed } from './support/fleet-feed.js';
import { serveFleet } from './support/fleet-server.js';
import { runExample } from './support/run-example.js';

await runExample(async (signal) => {
  const { intervalMs, place, sms, taskIds } = chooseFleet(process.argv.slice(2), 'RUNNING');
  console.log(`${place}\n`);

  const feed = new FleetFeed(sms, taskIds.length > 0 ? taskIds : {}, intervalMs);
  const server = await serveFleet(feed, Number(process.env.PORT ?? 0));
  console.log(`Open ${server.url} in a browser. Ctrl-C ends it.`);
  try {
    await once(signal, 'abort');
    signal.throwIfAborted();
  } finally {
    server.close();
  }
});

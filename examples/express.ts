/**
 * Send the progress of a fleet to browsers from an Express app, as server-sent events. A browser that leaves ends its watch.
 *
 * In the page: `new EventSource('/migrations').onmessage = ({ data }) => …`. On an account, give task ids, or none for all tasks.
 */
import { once } from 'node:events';
import express from 'express';
import { explain, runExample } from './support/run-example.js';

await runExample(
  async ({ intervalMs, signal, sms, taskIds }) => {
    const app = express();
    app.get('/migrations', async (_request, response) => {
      const left = new AbortController();
      response.on('close', () => left.abort());
      response.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders();
      try {
        const watch = sms.tasks.watchMany(taskIds.length > 0 ? [...taskIds] : {}, { intervalMs, signal: left.signal });
        for await (const { id, progress, task } of watch) {
          const change = { id, name: task?.name, state: task?.state ?? 'gone', percent: progress?.percent };
          // A browser that does not keep up gets the latest change of each task, not a backlog.
          if (!response.write(`data: ${JSON.stringify(change)}\n\n`)) {
            await once(response, 'drain', { signal: left.signal });
          }
        }
        response.end('event: done\ndata: {}\n\n');
      } catch (error) {
        if (!left.signal.aborted) response.end(`event: problem\ndata: ${JSON.stringify(explain(error))}\n\n`);
      }
    });

    const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : address;
    console.log(`Try: curl -N http://127.0.0.1:${port}/migrations`);
    try {
      await once(signal, 'abort');
      signal.throwIfAborted();
    } finally {
      server.close();
      server.closeAllConnections();
    }
  },
  { tasks: ['web-server-01', 'web-server-02'].map((name) => ({ name, state: 'RUNNING', durationMs: 180_000 })) },
);

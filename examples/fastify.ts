/**
 * Send the progress of a fleet to browsers from a Fastify app, as server-sent events. A browser that leaves ends its watch.
 *
 * In the page: `new EventSource('/migrations').onmessage = ({ data }) => …`. On an account, give task ids, or none for all tasks.
 */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import fastify from 'fastify';
import { explain, runExample } from './support/run-example.js';

await runExample(
  async ({ intervalMs, signal, sms, taskIds }) => {
    const app = fastify({ forceCloseConnections: true });
    app.get('/migrations', (request, reply) => {
      const left = new AbortController();
      request.raw.on('close', () => left.abort());
      async function* readEvents() {
        try {
          const watch = sms.tasks.watchMany(taskIds.length > 0 ? [...taskIds] : {}, {
            intervalMs,
            signal: left.signal,
          });
          for await (const { id, progress, task } of watch) {
            const change = { id, name: task?.name, state: task?.state ?? 'gone', percent: progress?.percent };
            yield `data: ${JSON.stringify(change)}\n\n`;
          }
          yield 'event: done\ndata: {}\n\n';
        } catch (error) {
          if (!left.signal.aborted) yield `event: problem\ndata: ${JSON.stringify(explain(error))}\n\n`;
        }
      }
      // The stream asks for the next change when the browser has taken the last one, so nothing piles up.
      return reply
        .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
        .send(Readable.from(readEvents(), { objectMode: false, highWaterMark: 1 }));
    });

    const url = await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' });
    console.log(`Try: curl -N ${url}/migrations`);
    try {
      await once(signal, 'abort');
      signal.throwIfAborted();
    } finally {
      await app.close();
    }
  },
  { tasks: ['web-server-01', 'web-server-02'].map((name) => ({ name, state: 'RUNNING', durationMs: 180_000 })) },
);

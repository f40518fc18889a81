/** Serves fixtures on 127.0.0.1 from a thread of its own, so that what is measured is the client. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';

const task = readFileSync(new URL('../test/fixtures/api/show-task.response.json', import.meta.url));

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': task.byteLength });
  response.end(task);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));

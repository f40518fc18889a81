/** Serves fixtures on 127.0.0.1 from a process of its own, so that what is measured is the client. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const task = readFileSync(new URL('../test/fixtures/api/show-task.response.json', import.meta.url));

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': task.byteLength });
  response.end(task);
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import operations from '../fixtures/facts/operations.json' with { type: 'json' };
import { listFiles, root } from '../repository.js';
import { fakeFetch, refusal } from '../support/fake-fetch.js';
import { makeClient } from '../support/make-client.js';
import { calls } from './calls.js';

async function record(id: string) {
  const call = calls[id];
  if (call === undefined) throw new Error(`${id} has no call`);
  const { fetch, sms: all } = fakeFetch((request) => {
    if (isExtraRead(id, request.method)) return refusal(403);
    return call.response === undefined ? new Response('""') : Response.json(call.response);
  });
  const response = await call.call(makeClient(fetch));
  return { response, call, requests: all.filter(({ method }) => !isExtraRead(id, method)) };
}

// Who may act on a task but not read it sends the action all the same.
const isExtraRead = (id: string, method: string) =>
  (id === 'UpdateTaskStatus' || id === 'CreateTask') && method === 'GET';

/** What a method of a resource, such as `tasks.get`, resolves with, as its source declares it. */
function returnTypeOf(name = ''): string {
  const [resource = '', method] = name.split('.');
  const file = resource.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const paths = [`${file}.ts`, ...(file === 'tasks' ? ['task-operations.ts'] : [])].map((path) =>
    join(root, 'src/resources', path),
  );
  const source = paths.map((path) => readFileSync(path, 'utf8')).join('\n');
  const [, type = ''] =
    new RegExp(`^  (?:async )?${method}\\([\\s\\S]*?\\): Promise<(.+)> \\{$`, 'm').exec(source) ?? [];
  expect(type, name).not.toBe('');
  return type === 'void' ? 'nothing' : `\`${type}\``;
}

describe('an operation', () => {
  it('is in the files that CONTRIBUTING.md names', () => {
    const id = operations.find(({ path }) => path.includes('sha256'))?.id ?? '';
    const files = ['src', 'test'].flatMap((folder) => ['.ts', '.json'].flatMap((ending) => listFiles(folder, ending)));
    const naming = files.filter((file) => readFileSync(join(root, file), 'utf8').match(new RegExp(`\\b${id}\\b`)));
    expect(naming.sort()).toEqual([
      'src/resources/service.ts',
      'src/testing/core/route.ts',
      'src/testing/service/service.ts',
      // Or src/cli/read-operations.ts, for those that only read.
      'test/cli/check.test.ts',
      'test/fixtures/facts/operations.json',
      'test/operations/calls.ts',
    ]);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('every operation of the service', () => {
  it('has a method', () => {
    expect(Object.keys(calls).sort()).toEqual(operations.map(({ id }) => id).sort());
  });

  it('is documented in docs/contributing/api-coverage.md', async () => {
    const rows = operations.map(
      ({ id, method, path }) =>
        `| ${id} | \`${method} ${path}\` | \`sms.${calls[id]?.method}\` | \`operations.test.ts\` › ${id} sends what the facts say |`,
    );
    const page = `# API coverage

Every operation of SMS v3 and the method that performs it. This page is written by \`test/operations/operations.test.ts\`, which also holds each
method against the facts of the service: verb, path, query and body (\`npx vitest run test/operations -u\` writes it anew). The fields of all
requests and responses are held against the facts by \`test/schemas/conformance.test.ts\`.

| Operation | Request | Method | Test |
|---|---|---|---|
${rows.join('\n')}

\`sms.tasks\` has more methods over these: \`start\`, \`stop\`, \`restart\` and the tests and checks (UpdateTaskStatus, accepted at most once), \`watch\`,
\`waitFor\`, \`actAndWait\`, \`startAndWait\` and those for many tasks; and every list has a \`listAll\` that walks through all pages.
`;
    await expect(page).toMatchFileSnapshot('../../docs/contributing/api-coverage.md');
  });

  it('is documented in docs/operations.md', async () => {
    const rows = operations.map(
      ({ id, method, path }) =>
        `| ${id} | \`${method} ${path}\` | \`sms.${calls[id]?.method}\` | ${returnTypeOf(calls[id]?.method)} |`,
    );
    const page = `# Operations

This page says which method performs which operation of SMS v3 and what it returns. Each of the ${operations.length} operations has a method.

\`\`\`ts
import { SmsClient } from '@org/sms-client';

const overview = await SmsClient.fromEnv().sourceServers.overview(); // ShowOverview
console.log(overview);
\`\`\`

## What each method returns

Every method returns a promise. It resolves with the type in the last column. Types of responses are documented in the reference.

| Operation | Request | Method | Returns |
|---|---|---|---|
${rows.join('\n')}

\`sms.tasks\` has further methods on top of these: \`start\`, \`stop\`, \`restart\` and the other actions (UpdateTaskStatus, accepted at most once),
\`watch\`, \`waitFor\`, \`actAndWait\`, \`startAndWait\`, \`startMany\`, \`watchMany\`, \`waitForAll\`, \`startAllAndWait\` and \`explainStart\`. See
[start and follow](following.md) and [fleets](fleets.md). Every list has a \`listAll\` that reads all pages.

## Call an operation that is not in the table

\`sms.request\` sends any request with the authentication, retries and limits of the client. \`path\` begins with \`/\`. Without \`response\` the result
has the type \`unknown\`. \`response\` can be any zod 4 schema: the client validates the response with it and returns its type.

\`\`\`ts
import { SmsClient } from '@org/sms-client';
import { z } from 'zod';

const sms = SmsClient.fromEnv();
const page = await sms.request({
  method: 'GET',
  path: '/v3/tasks',
  query: { limit: 1 },
  response: z.object({ count: z.number() }),
});
console.log(page.count);
\`\`\`

## Send a field that the types do not have

Pass it as \`extraBody\` or \`extraQuery\` in the last argument of any method. It is added after the check of the request and wins over a field of the
same name.

\`\`\`ts
import { SmsClient } from '@org/sms-client';

const sms = SmsClient.fromEnv();
await sms.tasks.update('8abda8635e09d185015e09d188dd0001xx', { name: 'web-server-01' }, { extraBody: { priority_class: 'high' } });
console.log((await sms.tasks.list({}, { extraQuery: { sort_key: 'name' } })).count);
\`\`\`
`;
    await expect(page).toMatchFileSnapshot('../../docs/operations.md');
  });

  it.each(operations)('$id sends what the facts say', async ({ body, id, method, path }) => {
    const { call, requests } = await record(id);
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect(request?.method).toBe(method);
    const expected = path.replace(/\{(\w+)\}/g, (_, name: string) => call.path?.[name] ?? `{${name}}`);
    expect(request?.url.pathname).toBe(expected);
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual(call.query ?? {});
    expect(request?.body === undefined ? undefined : JSON.parse(request.body)).toEqual(call.body);
    expect(body !== null).toBe(call.body !== undefined);
    expect(request?.headers.get('content-type')).toMatch(/^application\/json(;charset=UTF-8)?$/);
  });

  it.each(operations)('$id sends no query that the facts do not know', async ({ id, query }) => {
    const { requests } = await record(id);
    const known = query.map(({ name }) => name);
    for (const name of requests[0]?.url.searchParams.keys() ?? []) expect(known).toContain(name);
  });

  it.each(operations.filter(({ response }) => response.model === null))(
    '$id accepts an empty body, "" and {} as success',
    async ({ id }) => {
      const call = calls[id];
      for (const text of ['', '""', '{}']) {
        const { fetch } = fakeFetch(({ method }) => (isExtraRead(id, method) ? refusal(403) : new Response(text)));
        await expect(call?.call(makeClient(fetch))).resolves.not.toThrow();
      }
    },
  );

  it.each(operations)(
    '$id may be repeated only when the facts say that it is idempotent',
    async ({ id, idempotent }) => {
      const call = calls[id];
      let sent = 0;
      const { fetch } = fakeFetch(({ method }) => {
        // After a lost response the client searches for the created task.
        const found = { count: 1, tasks: [{ id: 'a', state: 'READY' }] };
        if (isExtraRead(id, method)) return id === 'CreateTask' ? Response.json(found) : refusal(403);
        sent += 1;
        if (sent === 1) return new Response('{}', { status: 502 });
        return call?.response === undefined ? new Response('""') : Response.json(call.response);
      });
      const sms = makeClient(fetch, { maxRetries: 1 });
      // Without a delay before the retry.
      vi.spyOn(Math, 'random').mockReturnValue(0);
      await call?.call(sms).catch(() => undefined);
      expect(sent).toBe(idempotent ? 2 : 1);
    },
  );
});

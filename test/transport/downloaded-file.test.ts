import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { fakeFetch, refusal } from '../support/fake-fetch.js';
import { makeClient, makePair } from '../support/make-client.js';

function download(response: Response) {
  const { fetch } = fakeFetch(() => response);
  const sms = makeClient(fetch, { maxRetries: 0 });
  return sms.tasks.exportConsistencyResults({ task_info: [{ task_id: 'task-1' }] });
}

describe('a file', () => {
  it('comes byte for byte, in however many pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 }), async (chunks) => {
        const stream = new ReadableStream({
          start(controller) {
            for (const chunk of chunks) if (chunk.length > 0) controller.enqueue(chunk);
            controller.close();
          },
        });
        const { bytes } = await download(new Response(stream));
        expect([...bytes]).toEqual(chunks.flatMap((chunk) => [...chunk]));
      }),
    );
  });

  it('that looks like a refusal is a file, unless its type is JSON', async () => {
    const text = '{"error_code":"SMS.1018","error_msg":"no"}';
    const typed = (type: string) => download(new Response(text, { headers: { 'content-type': type } }));

    expect(new TextDecoder().decode((await typed('application/octet-stream')).bytes)).toBe(text);
    expect(await rejectionOf(typed('application/json'))).toMatchObject({ code: 'SMS.1018', serviceMessage: 'no' });
  });

  it.each([
    ['attachment; filename="results.csv"', 'results.csv'],
    ['attachment; filename=results.csv', 'results.csv'],
    ["attachment; filename=a.csv; filename*=UTF-8''%E7%BB%93%E6%9E%9C.csv", '结果.csv'],
    ["attachment; filename*=UTF-8''%zz", '%zz'],
    ["attachment; filename* = UTF-8''a%20b.csv; filename = c.csv", 'a b.csv'],
    ['attachment; filename = results.csv', 'results.csv'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="..\\..\\boot.ini"', 'boot.ini'],
    ['attachment; filename=".."', null],
    ['attachment; filename="."', null],
    ['attachment; filename=""', null],
    ['attachment; filename="folder/"', null],
    ['attachment', null],
  ])('takes its name from %j, and no folder with it', async (disposition, name) => {
    const headers = { 'content-disposition': disposition, 'content-type': 'text/csv' };
    expect(await download(new Response('a;b', { headers }))).toMatchObject({ name, contentType: 'text/csv' });
  });

  it.each(['<html>log in</html>', '{}'])('is not a page of HTML with 200, even when it holds %j', async (body) => {
    const page = new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8' } });
    await expect(download(page)).rejects.toMatchObject({
      name: 'ResponseFormatError',
      issues: [{ expected: 'a file', received: 'HTML' }],
    });
  });

  it('may have a type that only mentions HTML', async () => {
    const headers = { 'content-type': 'text/csv; exported-from=text/html' };
    expect(await download(new Response('a;b', { headers }))).toMatchObject({ contentType: headers['content-type'] });
  });

  it('is refused like every other response', async () => {
    await expect(download(refusal(403, 'SMS.9004'))).rejects.toMatchObject({ name: 'PermissionDeniedError' });
  });

  it('comes from the service', async () => {
    const { simulator, sms } = makePair();
    const { bytes, contentType } = await sms.tasks.exportConsistencyResults({
      task_info: [{ task_id: simulator.addTask() }],
    });
    expect(contentType).toMatch(/csv/);
    expect(bytes.byteLength).toBeGreaterThan(0);
  });
});

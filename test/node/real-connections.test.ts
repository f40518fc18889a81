/** The tests of real connections, once more through `createFetch`. */
import { createFetch } from '@org/sms-client/node';
import { afterAll, beforeAll, describe, vi } from 'vitest';

beforeAll(() => {
  // The client uses the global fetch of each call. The header limit is Node's, which the tests expect.
  vi.stubGlobal('fetch', createFetch({ maxHeaderSize: 16_384 }));
});
afterAll(() => {
  vi.unstubAllGlobals();
});

for (const file of ['../transport/server.test.ts', '../security/tls.test.ts']) {
  describe(file, async () => {
    await import(`${file}?through=createFetch`);
  });
}

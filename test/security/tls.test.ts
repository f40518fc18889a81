/** A server that cannot prove its identity gets neither token nor password, and the error says what is wrong. */
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SmsClient } from '@org/sms-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { account, makeClient } from '../support/make-client.js';

const read = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url));

/** A client of a server on this machine, which it calls by https, and how often a request arrived there. */
async function connect(make: (count: () => void) => Server | ReturnType<typeof createPlainServer>) {
  const state = { requests: 0 };
  const server = make(() => {
    state.requests += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const retries: unknown[] = [];
  const onRetry = (event: unknown) => void retries.push(event);
  const sms = makeClient(url, { onRetry });
  return { retries, sms, state };
}

describe('a server that cannot prove its identity', () => {
  it.each(['login', 'call'])(
    'gets nothing from a %s: the error says why and what to check, and nothing is repeated',
    async (what) => {
      const tls = { key: read('key.pem'), cert: read('certificate.pem') };
      const { retries, sms, state } = await connect((count) => createServer(tls, count));

      const error = await rejectionOf(what === 'login' ? sms.auth.login() : sms.auth.verifyToken('token-1'));

      expect(error).toMatchObject({
        name: 'NetworkError',
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
        message: expect.stringMatching(
          /got no response: self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. Hint: The identity of the server could not be verified: check the endpoint, the clock and the trusted authorities\.$/,
        ),
      });
      expect(retries).toEqual([]);
      expect(state.requests).toBe(0);
    },
  );

  it('that speaks no TLS gets nothing either', async () => {
    const { retries, sms, state } = await connect((count) => createPlainServer(count));

    const error = await rejectionOf(sms.tasks.get('t'));

    expect(error).toMatchObject({ name: 'NetworkError', code: expect.stringMatching(/^(ERR_SSL_|EPROTO)/) });
    expect((error as Error).message).toContain('could not be verified');
    expect(retries).toEqual([]);
    expect(state.requests).toBe(0);
  });

  it('is never called over http, unless it is this machine', () => {
    const options = { iamEndpoint: 'https://iam.test.example', credentials: account };
    for (const host of [
      'sms.test.example',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      'sms.localhost',
      'localhost.',
      '10.0.0.1',
      '[::2]',
      '0.0.0.0',
    ]) {
      expect(() => new SmsClient({ ...options, endpoint: `http://${host}` }), host).toThrow('expected https');
    }
    for (const url of [
      'ftp://sms.test.example',
      'file:///etc/passwd',
      'data:text/plain,x',
      '//sms.test.example',
      'sms.test.example',
    ]) {
      expect(() => new SmsClient({ ...options, endpoint: url }), url).toThrow('expected a URL');
    }
  });
});

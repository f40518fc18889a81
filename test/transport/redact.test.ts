import { describe, expect, it } from 'vitest';
import { redact } from '../../src/transport/redact.js';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { loginResponse, type SentRequest } from '../support/fake-fetch.js';

function quoteToken({ headers }: SentRequest): Response {
  return Response.json({ error_msg: `refused: ${headers.get('x-auth-token')}` }, { status: 401 });
}

describe('a secret in third-party text', () => {
  const secret = 'a b&"c\\\n\ud800\u20ac';

  it.each([
    ['as it is', secret],
    ['in JSON', 'a b&\\"c\\\\\\n\\ud800\u20ac'],
    ['in a URL', 'a%20b%26%22c%5C%0A%EF%BF%BD%E2%82%AC'],
    ['in a form', 'a+b%26%22c%5C%0A%EF%BF%BD%E2%82%AC'],
  ])('is masked %s, and nothing beside it', (_name, spelling) => {
    expect(redact(`(=${spelling}=)`, [secret])).toBe('(=***=)');
    expect(redact(spelling, [secret])).toBe('***');
  });

  it('is masked completely, although another secret is its beginning', async () => {
    const { sms } = makeFakeClient(quoteToken, {}, (_request, count) =>
      loginResponse(count === 1 ? 'token' : 'token-and-more'),
    );

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ serviceMessage: 'refused: ***' });
  });

  it('is masked from eight characters on, because a mask of a shorter one would reveal it', async () => {
    for (const [token, shown] of [['refused', 'refused: refused'] as const, ['refused:', '*** ***'] as const]) {
      const { sms } = makeFakeClient(quoteToken, { credentials: { token } });

      expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ serviceMessage: shown });
    }
  });
});

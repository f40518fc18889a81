import type { ApiError, Credentials, RequestOptions } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/transport/redact.js';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { failWith, loginResponse, refusal, type SentRequest, taskResponse } from '../support/fake-fetch.js';
import { account } from '../support/make-client.js';

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

  it('is masked completely, although a secret that is a part of it is known, too', () => {
    const secrets = ['part-of-it', 'the-part-of-it-and-more'];

    expect(redact('(=the-part-of-it-and-more=)', secrets)).toBe('(=***=)');
    expect(redact('(=the-part-of-it-and-more=)', secrets.toReversed())).toBe('(=***=)');
  });

  it('is masked in a form, with every mark that forms encode beyond URLs', () => {
    expect(redact('password=%21%27%28%29%7Eabc&', ["!'()~abc"])).toBe('password=***&');
  });

  it('is masked completely, although another secret is its beginning', async () => {
    const { sms } = makeFakeClient(quoteToken, {}, (_request, count) =>
      loginResponse(count === 1 ? 'token' : 'token-and-more'),
    );

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ serviceMessage: 'refused: ***' });
  });

  it.each<[string, RequestOptions]>([
    ['the extraBody of a call', { extraBody: { target_password: 'hush-hush' } }],
    ['the extraBody, deep inside', { extraBody: { note: '"', targets: [{ newPassword: 'hush-hush' }] } }],
    ['the extraBody, as a field that is known', { extraBody: { template: { target_password: 'hush-hush' } } }],
    ['a cookie', { headers: { cookie: 'name=value; session=hush-hush' } }],
    ['a proxy-authorization', { headers: { 'Proxy-Authorization': 'Basic hush-hush' } }],
  ])('is masked when it was sent in %s', async (_name, options) => {
    const { sms } = makeFakeClient(() => Response.json({ error_msg: 'no hush-hush here' }, { status: 400 }));

    expect(await rejectionOf(sms.templates.create({ name: 'a' }, options))).toMatchObject({
      serviceMessage: 'no *** here',
    });
  });

  it('is masked when it was sent in a request of the caller: by its name', async () => {
    const { sms } = makeFakeClient(() =>
      Response.json({ error_msg: 'no hush"\\hush, but in-cleartext' }, { status: 400 }),
    );
    const body = { password: 'hush"\\hush', passwordless: 'in-cleartext' };

    expect(await rejectionOf(sms.request({ method: 'POST', path: '/v3/x', body }))).toMatchObject({
      serviceMessage: 'no ***, but in-cleartext',
    });
  });

  it('is masked when the caller has changed the body since', async () => {
    const { sms } = makeFakeClient(() => Response.json({ error_msg: 'no hush-hush here' }, { status: 400 }));
    const template = { name: 'a', target_password: 'hush-hush' };
    const call = rejectionOf(sms.templates.create(template));
    template.target_password = '';

    expect(await call).toMatchObject({ serviceMessage: 'no *** here' });
  });

  it('is masked from eight characters on, because a mask of a shorter one would reveal it', async () => {
    for (const [token, shown] of [['refused', 'refused: refused'] as const, ['refused:', '*** ***'] as const]) {
      const { sms } = makeFakeClient(quoteToken, { credentials: { token } });

      expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ serviceMessage: shown });
    }
  });
});

describe('our own words', () => {
  type Respond = () => Response | Promise<Response>;

  async function fail(credentials: Credentials, respond: Respond, login?: Respond) {
    const { sms } = makeFakeClient(respond, { credentials, maxRetries: 0 }, login);
    return (await rejectionOf(sms.tasks.get('t'))) as ApiError;
  }
  const page = () => new Response('<html>', { status: 404 });
  const ready = () => taskResponse('READY');

  it.each<[string, string, string, Respond]>([
    ['a refused call', 'endpoint', 'belongs to the region of the endpoint', () => refusal(401)],
    ['a refused call with a code', 'permission', 'Grant the permission', () => refusal(403, 'SMS.0204')],
    ['a refused call without JSON', 'endpoint:', 'Check the endpoint: sms.test', page],
    ['a connection', 'createFetch', 'see createFetch of', () => failWith('ENOTFOUND')],
    ['a connection, by the name of the call', 'ShowTask', 'ShowTask (GET ', () => failWith('ECONNRESET')],
    ['a response that misses its schema', 'received', 'received array', () => Response.json([])],
  ])('stay as they are when they hold the token: %s', async (_what, token, words, respond) => {
    const error = await fail({ token }, respond);
    const other = await fail({ token: 'in-no-word-of-ours' }, respond);

    expect(error.message).toContain(words);
    expect([error.message, error.hint]).toEqual([other.message, other.hint]);
  });

  it.each<[string, string, Respond]>([
    ['a refused login', 'needs credentials.mfa', () => Response.json({ error: { code: 401 } }, { status: 401 })],
    ['a login that something else responds to', 'The credentials are not the reason', page],
    ['a login without a response', 'got no response', () => failWith('ECONNRESET')],
  ])('stay as they are when they hold the password: %s', async (_what, words, login) => {
    const password = words.includes('credentials') ? 'credentials' : 'response';
    const error = await fail({ ...account, password }, ready, login);
    const other = await fail({ ...account, password: 'in no word of ours' }, ready, login);

    expect(error.message).toContain(words);
    expect([error.message, error.hint]).toEqual([other.message, other.hint]);
  });
});

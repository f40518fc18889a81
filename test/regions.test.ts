import { readFileSync } from 'node:fs';
import { type ClientOptions, SmsClient } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { findRegion, listRegions } from '../src/regions.js';
import { account } from './support/make-client.js';
import { refuseOptions, traceClient } from './support/trace-client.js';

interface Facts {
  readonly global: { readonly iam: string };
  readonly regions: Record<string, { readonly sms: string | null; readonly iam: string }>;
}

const withOptions = (options: Partial<ClientOptions>) =>
  traceClient((fetch) => new SmsClient({ credentials: account, fetch, ...options }));

const https = { endpoint: 'https://sms.test.example', iamEndpoint: 'https://iam.test.example' };

describe('regions', () => {
  const facts: Facts = JSON.parse(readFileSync(new URL('fixtures/endpoints.json', import.meta.url), 'utf8'));
  const main = { chinese: facts.regions['cn-north-4']?.sms, international: facts.regions['ap-southeast-3']?.sms };
  // Sites of their own, where no SMS is known.
  const foreign = ['ae-ad-1', 'eu-west-0'];

  it.each(Object.entries(facts.regions))('have the hosts of the facts: %s', (region, { iam, sms }) => {
    const site = region.startsWith('cn-') ? main.chinese : main.international;
    const expected =
      sms === null ? { endpoint: site, iamEndpoint: facts.global.iam } : { endpoint: sms, iamEndpoint: iam };

    expect(findRegion(region)).toEqual(foreign.includes(region) ? undefined : expected);
  });

  it('are no others than those of the facts', () => {
    const known = Object.keys(facts.regions).filter((region) => !foreign.includes(region));

    expect(listRegions()).toEqual(known.sort());
  });

  it('set both endpoints, and either can be given beside them', async () => {
    const both = await withOptions({ region: 'ru-moscow-1' });
    const other = await withOptions({ region: 'ru-moscow-1', iamEndpoint: 'https://iam.example' });

    expect(both.request.url.host).toBe('sms-api.ru-moscow-1.myhuaweicloud.com');
    expect(both.login?.url.host).toBe('iam.ru-moscow-1.myhuaweicloud.com');
    expect(other.request.url.host).toBe('sms-api.ru-moscow-1.myhuaweicloud.com');
    expect(other.login?.url.host).toBe('iam.example');
  });

  it.each(['eu-west-0', 'EU-WEST-0', '', 'constructor', '__proto__', 'toString'])(
    'unknown as %j are refused with the list of known ones',
    (region) => {
      const message = refuseOptions({ region, credentials: account });
      const suggestion = region.toLowerCase() === 'eu-west-0' ? ' (did you mean "eu-west-101"?)' : '';

      expect(message).toBe(
        region === ''
          ? 'SmsClient: region: expected a non-empty string, received an empty string'
          : `region: expected one of ${listRegions().join(', ')}, received ${JSON.stringify(region)}${suggestion}; for other regions give endpoint and iamEndpoint`,
      );
    },
  );

  it('unknown are accepted when both endpoints are given', async () => {
    const { request: read } = await withOptions({ ...https, region: 'eu-west-0' });

    expect(read.url.host).toBe('sms.test.example');
  });
});

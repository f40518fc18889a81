/** The clients that one `GET` of a task is measured with, each behind a function that returns the parsed task. */
import { Agent, get } from 'node:http';
// The package does not name `uuid` among its dependencies, although it needs it: package.json here does.
import core from '@huaweicloud/huaweicloud-sdk-core';
import builder from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js';
import axios from 'axios';
import ky from 'ky';
import OpenAI from 'openai';
import Stripe from 'stripe';
import { request } from 'undici';
import type { Candidate } from './measure.ts';

const headers = { 'content-type': 'application/json', 'x-auth-token': 'token' };

/** Makes every peer for a server at this origin. The first is the one that the ratios refer to. */
export function makePeers(origin: string, path: string): Candidate[] {
  const url = `${origin}${path}`;
  const { hostname, port } = new URL(origin);
  const agent = new Agent({ keepAlive: true });
  const official = new builder.ClientBuilder((client) => client)
    .withCredential(new core.BasicCredentials().withAk('ak').withSk('sk').withProjectId('project'))
    .withEndpoint(origin)
    .build();
  const openai = new OpenAI({ baseURL: origin, apiKey: 'token', maxRetries: 0 });
  const stripe = new Stripe('token', {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
  return [
    { name: 'bare fetch', run: async () => JSON.parse(await (await fetch(url, { headers })).text()) },
    {
      name: 'core of the official SDK (AK/SK)',
      run: () =>
        official.sendRequest({
          method: 'GET',
          url: path,
          contentType: 'application/json',
          queryParams: {},
          pathParams: {},
          headers: {},
        }),
    },
    { name: 'ky', run: () => ky(url, { headers, retry: 0 }).json() },
    { name: 'axios', run: async () => (await axios.get(url, { headers })).data },
    { name: "openai's layer", run: () => openai.get(path) },
    { name: "stripe's layer", run: () => stripe.rawRequest('GET', path) },
    { name: 'undici.request', run: async () => (await request(url, { headers })).body.json() },
    { name: 'node:http', run: () => getJson(url, agent) },
  ];
}

function getJson(url: string, agent: Agent): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      response.on('error', reject);
    }).on('error', reject);
  });
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readProxies } from '../../src/node/proxy.js';
import { serve } from '../support/http-server.js';
import { serveProxy } from '../support/proxy-server.js';

const proxy = 'http://proxy.example:3128';
const isProxied = (url: string, noProxy: string) =>
  readProxies(undefined, { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY: noProxy })(new URL(url)) !== undefined;

describe('NO_PROXY', () => {
  it.each([
    ['sms.example', 'https://sms.example', false],
    ['SMS.example', 'https://sms.example', false],
    ['example', 'https://sms.example', false],
    ['.example', 'https://sms.example', false],
    ['*.example', 'https://sms.example', false],
    ['ample', 'https://sms.example', true],
    ['*', 'https://sms.example', false],
    ['a.example b.example', 'https://b.example', false],
    ['sms.example:443', 'https://sms.example', false],
    ['sms.example:444', 'https://sms.example', true],
    ['sms.example:80', 'http://sms.example', false],
    ['10.1.2.3', 'https://10.1.2.3', false],
    ['10.0.0.0/8', 'https://10.1.2.3', false],
    ['10.0.0.0/8', 'https://11.1.2.3', true],
    ['10.0.0.0/99', 'https://10.1.2.3', true],
    ['fd00::5', 'https://[fd00::5]', false],
    ['FD00:0:0::5', 'https://[fd00::5]:8443', false],
    ['[fd00::5]', 'https://[fd00::5]', false],
    ['[fd00::5]:443', 'https://[fd00::5]', false],
    ['[fd00::5]:444', 'https://[fd00::5]', true],
    ['fd00::5', 'https://[fd00::6]', true],
    ['fd00::/8', 'https://[fd12::1]', false],
    ['[fd00::]/8', 'https://[fd12::1]', false],
    ['fd00::/8', 'https://[fe12::1]', true],
    ['fd00::/129', 'https://[fd00::]', true],
    ['fd00::5', 'https://fd00.example', true],
    ['10.1.2.3', 'https://[::ffff:10.1.2.3]', false],
    ['10.1.2.3:443', 'https://10.1.2.3', false],
    ['10.1.2.3:444', 'https://10.1.2.3', true],
    ['', 'https://sms.example', true],
    [' , ', 'https://sms.example', true],
  ])('%j: %s goes through the proxy: %s', (noProxy, url, expected) => {
    expect(isProxied(url, noProxy)).toBe(expected);
  });

  it.each([
    'http://localhost',
    'http://127.0.0.1:80',
    'http://127.9.9.9',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://169.254.169.254',
    'https://[::ffff:169.254.169.254]',
    'https://[fe80::a9fe:a9fe]',
    'https://[febf::1]:8443',
    'http://[fd00:ec2::254]',
  ])('need not name %s, which no proxy ever gets to see', (url) => {
    expect(isProxied(url, '')).toBe(false);
    expect(readProxies(proxy, {})(new URL(url))).toBeUndefined();
  });

  it.each([
    'https://169.254.evil.example',
    'https://127.0.0.1.evil.example',
    'https://fe80.example',
    'https://[fec0::1]',
    'https://[fd00:ec2::255]',
    'https://[2001:db8::1]',
  ])('must name %s, which is neither this machine nor on its link', (url) => {
    expect(isProxied(url, '')).toBe(true);
  });

  it('must name names below localhost, which DNS may resolve to anything', () => {
    expect(isProxied('https://sms.localhost', '')).toBe(true);
  });
});

describe('the variables', () => {
  it('of one protocol say nothing about the other', () => {
    const find = readProxies(undefined, { HTTPS_PROXY: proxy });
    expect(find(new URL('https://sms.example'))?.url.href).toBe(`${proxy}/`);
    expect(find(new URL('http://sms.example'))).toBeUndefined();
  });

  it('count as absent when they are empty', () => {
    expect(
      readProxies(undefined, { https_proxy: ' ', HTTPS_PROXY: '' })(new URL('https://sms.example')),
    ).toBeUndefined();
  });
});

describe("Node's own proxy support", () => {
  const readNoProxy = (page: string) =>
    /`NO_PROXY=([^`]+)`/.exec(readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8'))?.[1] ?? '';
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isThere = major >= 24 || (major === 22 && minor >= 21);

  it('needs the same NO_PROXY in each guide', () => {
    expect(readNoProxy('proxies.md')).toBe('localhost,127.0.0.1,::1,169.254.169.254');
    expect(readNoProxy('security.md')).toBe(readNoProxy('proxies.md'));
  });

  it.skipIf(!isThere)('shows the proxy plain http to this machine, unless NO_PROXY is as in the guides', async () => {
    const { tunnels, url } = await serveProxy(1, '502 Bad Gateway');
    const { url: target } = await serve((_request, response) => response.end('direct'));
    const request = async (noProxy: string) => {
      const program = `fetch('${target}').then((response) => response.text(), () => 'refused').then(console.log)`;
      const env = { PATH: process.env.PATH, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: url, NO_PROXY: noProxy };
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { env, timeout: 30_000 });
      return stdout.trim();
    };
    expect(await request('')).toBe('refused');
    expect(tunnels.map((tunnel) => `http://${tunnel.target}`)).toEqual([target]);
    expect(await request(readNoProxy('proxies.md'))).toBe('direct');
    expect(tunnels).toHaveLength(1);
  });
});

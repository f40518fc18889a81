import * as clientModule from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { readPage } from './support/code-blocks.js';
import { makePair } from './support/make-client.js';

const page = readPage('docs/migrating.md');

/** What the right column of each table names in code: `sms.tasks.get(id)`, and methods after it without their resource. */
const named = [...page.matchAll(/^\|.*\| (.+) \|$/gm)].flatMap(([, cell = '']) => {
  const codes = [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  const resource = /\bsms\.(\w+)\./.exec(codes.join(' '))?.[1] ?? 'tasks';
  return codes.flatMap((code) => {
    const path = /^sms\.([\w.]+)/.exec(code)?.[1];
    if (path !== undefined) return [path];
    const method = /^([a-z]\w+)\(/.exec(code)?.[1];
    return method === undefined ? [] : [`${resource}.${method}`];
  });
});

describe('the tables of docs/migrating.md', () => {
  const { sms } = makePair();

  it('name methods of the client', () => {
    expect(named.length).toBeGreaterThan(15);
    const kindOf = (path: string) =>
      path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)?.[name], sms);
    const missing = [...new Set(named)].filter((path) => kindOf(path) === undefined);
    expect(missing).toEqual([]);
  });

  it.each(['SmsClient.fromEnv', 'ApiError', 'suggestedTarget'])('name an export: %s', (path) => {
    expect(page).toContain(path);
    const [name = '', member] = path.split('.');
    const value = (clientModule as Record<string, unknown>)[name];
    expect(member === undefined ? value : Object(value)[member]).toBeTypeOf('function');
  });
});

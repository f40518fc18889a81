import { describe, expect, it } from 'vitest';
import { describeErrorCode, type ErrorCode, type ErrorKind, listErrorCodes } from '../src/error-codes.js';
import documented from './fixtures/error-codes.json' with { type: 'json' };

/** One row of the fixture: what the vendor's pages say about a code. A code may have several rows. */
interface DocumentedCode {
  readonly code: string;
  readonly httpStatus: number | null;
  readonly service: string;
  readonly meaning: string;
  readonly where?: string;
}

const rows: readonly DocumentedCode[] = documented;
const documentedCodes = [...new Set(rows.map((row) => row.code))].sort();

function entryOf(code: string): ErrorCode {
  const entry = describeErrorCode(code);
  if (!entry) throw new Error(`${code} has no entry`);
  return entry;
}

/** Every code with a kind, and no other. A new kind must be added here, too. */
const kinds: Readonly<Record<string, ErrorKind>> = {
  // 401 on the wire, yet the token is fine.
  'SMS.2003': 'request',
  'SMS.2004': 'request',
  'SMS.2005': 'request',
  'SMS.2006': 'request',
  'SMS.2013': 'conflict',
  'IAM.0064': 'permission',
  // 400 on the wire, yet the request is fine and the state of the task is not.
  'SMS.1038': 'conflict',
  'SMS.1039': 'conflict',
  'SMS.1040': 'conflict',
  'SMS.2015': 'conflict',
  'SMS.1404': 'conflict',
  'SMS.6520': 'conflict',
  'SMS.6603': 'conflict',
  'SMS.7605': 'conflict',
  'SMS.7719': 'conflict',
  // 400 on the wire, yet there is no such thing.
  'SMS.2216': 'not-found',
  'SMS.7703': 'not-found',
  'IAM.1109': 'not-found',
  // 401 on the wire, yet another token of the same project would not help.
  'Common.0013': 'permission',
  // 401 on the wire, and a new token does help, also when another status comes with it.
  'APIGW.0301': 'dead-token',
  'APIGW.0305': 'dead-token',
  'APIGW.0307': 'dead-token',
  'IAM.0001': 'dead-token',
  'IAM.0063': 'dead-token',
  'IAM.0066': 'dead-token',
  'IAM.0067': 'dead-token',
  // 400 on the wire, yet the service is to blame.
  'SMS.6301': 'server',
  'APIGW.0104': 'server',
  'APIGW.0105': 'server',
  'APIGW.0106': 'server',
  // 400 on the wire, yet the credentials are to blame.
  'IAM.1061': 'authentication',
  'IAM.1104': 'authentication',
  'IAM.1105': 'authentication',
  'IAM.1106': 'authentication',
  'IAM.1107': 'authentication',
  'IAM.1108': 'authentication',
  // 405, 405 and 410 on the wire.
  'APIGW.0501': 'rate-limit',
  'APIGW.0502': 'permission',
  'IAM.0020': 'server',
  // No status is documented.
  'SMS.0412': 'not-found',
  'SMS.6528': 'permission',
};

/** Tasks that can never succeed: the host, its disks or the task itself would have to be another. */
const beyondRestart = [
  'SMS.0206',
  'SMS.0212',
  'SMS.0412',
  'SMS.0515',
  'SMS.6103',
  'SMS.6504',
  'SMS.6509',
  'SMS.6519',
  'SMS.6537',
  'SMS.6616',
  'SMS.6617',
  'SMS.7703',
];

describe('the table against the documented codes', () => {
  it('has the 171 codes of the 176 documented rows', () => {
    expect(rows).toHaveLength(176);
    expect(documentedCodes).toHaveLength(171);
  });

  it('knows exactly the documented codes, each once, sorted', () => {
    expect(listErrorCodes()).toEqual(documentedCodes);
  });

  it.each(documentedCodes)('%s has a tidy hint and, when a task reports it, a tidy meaning', (code) => {
    const { meaning, hint, canRestart } = entryOf(code);
    // A code that occurs only in HTTP responses comes with a text of the service.
    expect(meaning !== undefined).toBe(canRestart !== undefined);
    expect(meaning).not.toBe(hint);
    for (const line of [meaning ?? hint, hint]) {
      // A capital, a path (/tmp) or the name of a program (rsync) to begin with.
      expect(line).toMatch(/^(?:[A-Z/]|rsync )/);
      expect(line).toMatch(/[^\s.]\.$/);
      expect(line).not.toMatch(/\s{2}|[^\x20-\x7e]|https?:/);
      expect(line.length).toBeLessThanOrEqual(220);
    }
  });

  it('gives every code of a task a meaning of its own', () => {
    const meanings = listErrorCodes().flatMap((code) => entryOf(code).meaning ?? []);
    expect(meanings.filter((meaning, index) => meanings.indexOf(meaning) !== index)).toEqual([]);
  });

  it('covers each of the six cases of APIGW.0201 in one entry', () => {
    expect(rows.filter((row) => row.code === 'APIGW.0201').map((row) => row.httpStatus)).toEqual([
      400, 413, 414, 494, 502, 504,
    ]);
    const { hint, kind } = entryOf('APIGW.0201');
    expect(kind).toBeUndefined();
    for (const word of ['5xx', '12 MB', 'URI', 'headers', 'correct']) expect(hint).toContain(word);
  });

  it('repeats the numbers that the documentation gives for codes of tasks', () => {
    for (const row of rows) {
      const { meaning, hint } = entryOf(row.code);
      if (meaning === undefined) continue;
      for (const figure of row.meaning.match(/\d{2,}(?: [KM]B)?/g) ?? []) {
        expect(`${meaning} ${hint}`, row.code).toContain(figure);
      }
    }
  });
});

describe('the kind of an error code', () => {
  it('is given for exactly the codes whose HTTP status would mislead', () => {
    const given = listErrorCodes().flatMap((code) => {
      const { kind } = entryOf(code);
      return kind === undefined ? [] : [[code, kind] as const];
    });
    expect(Object.fromEntries(given)).toEqual(kinds);
  });

  it('never repeats what the status already says', () => {
    const kindByStatus: Readonly<Record<number, ErrorKind>> = {
      400: 'request',
      401: 'authentication',
      403: 'permission',
      404: 'not-found',
      409: 'conflict',
      429: 'rate-limit',
      500: 'server',
      502: 'server',
      503: 'server',
      504: 'server',
    };
    for (const { code, httpStatus } of rows) {
      const { kind } = entryOf(code);
      if (kind !== undefined && httpStatus !== null) expect(kind, code).not.toBe(kindByStatus[httpStatus]);
    }
  });
});

describe('canRestart', () => {
  it('is present for exactly the codes that turn up in tasks', () => {
    const seenInTasks = rows.filter((row) => /\btask\b/.test(row.where ?? '')).map((row) => row.code);
    // A pattern that went blind would make the comparison empty on both sides.
    expect(seenInTasks).toHaveLength(78);
    expect(listErrorCodes().filter((code) => 'canRestart' in entryOf(code))).toEqual(seenInTasks.sort());
  });

  it('is false only where repeating the same task can never work', () => {
    expect(listErrorCodes().filter((code) => entryOf(code).canRestart === false)).toEqual(beyondRestart);
  });

  it('is false only with a hint that does not suggest a restart', () => {
    for (const code of beyondRestart) {
      expect(entryOf(code).hint, code).toMatch(/new task|Leave this host out/);
    }
  });
});

describe('describeErrorCode', () => {
  it('returns everything it knows', () => {
    expect(describeErrorCode('SMS.6517')).toEqual({
      meaning: 'rsync is missing on the source.',
      hint: 'Install rsync on the source host.',
      canRestart: true,
    });
    expect(describeErrorCode('SMS.6528')).toMatchObject({ kind: 'permission', canRestart: true });
  });

  it('leaves out what does not apply', () => {
    expect(Object.keys(entryOf('SMS.2007'))).toEqual(['hint']);
  });

  it.each([
    'SMS.9999',
    'SMS.',
    'sms.2007',
    ' SMS.2007',
    '2007',
    '',
    null,
    undefined,
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'length',
  ])('returns undefined for %j', (code) => {
    expect(describeErrorCode(code)).toBeUndefined();
  });

  it('returns undefined for a value that is no text', () => {
    for (const notText of [401, {}, ['SMS.2007'], true]) {
      expect(describeErrorCode(notText as unknown as string)).toBeUndefined();
    }
  });

  it('returns nothing through which a caller could change the table', () => {
    const entry = entryOf('SMS.2007') as { hint: string };
    expect(() => {
      entry.hint = 'changed';
    }).toThrow(TypeError);
    listErrorCodes().length = 0;
    expect(listErrorCodes()).toHaveLength(171);
  });
});

import { describe, expect, it } from 'vitest';
import { readErrorBody } from '../../src/schemas/error-body.js';
import { check, formatIssues } from '../../src/schemas/fields.js';
import { fixtureNames, readFixture } from './facts.js';
import { legacyRequestFixtures, otherFixtures, requestFixtures, responseFixtures } from './fixtures.js';
import type { AnySchema } from './shapes.js';

function parse(schema: AnySchema, value: unknown): unknown {
  const outcome = check(schema, value);
  return outcome.issues === undefined ? outcome.value : formatIssues(outcome.issues);
}

describe('official payloads', () => {
  it('are all listed here', () => {
    const known = [responseFixtures, requestFixtures, legacyRequestFixtures, otherFixtures].flatMap(Object.keys);
    expect([...new Set(known)].sort()).toEqual(fixtureNames);
  });

  it.each(Object.entries(responseFixtures))('%s parses and stays unchanged', (name, schema) => {
    expect(parse(schema, readFixture(name))).toStrictEqual(readFixture(name));
  });

  it.each(Object.entries(requestFixtures))('%s is accepted unchanged', (name, schema) => {
    expect(parse(schema, readFixture(name))).toStrictEqual(readFixture(name));
  });

  it.each(Object.entries(legacyRequestFixtures))('%s of the API of 2020 is refused', (name, { schema, refused }) => {
    const { issues = [] } = check(schema, readFixture(name));
    expect(formatIssues(issues).split('\n').sort()).toEqual([...refused].sort());
  });
});

describe('official errors', () => {
  it.each([
    ['error.iam.400.json', null, 'The request body is invalid'],
    ['error.iam.401.json', null, 'The username or password is wrong.'],
    ['error.sms.400.json', 'SMS.6531', 'The boot partition does not exist.'],
    ['error.sms.403.json', 'SMS.9004', expect.stringContaining('does not have the permission')],
  ])('%s is read', (name, code, message) => {
    expect(readErrorBody(JSON.stringify(readFixture(name)))).toMatchObject({ code, message });
  });
});

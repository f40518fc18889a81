import { describe, expect, it } from 'vitest';
import * as schemas from '../../src/schemas/index.js';
import { type FactField, fieldsOf, models, operations, requestModels, responseModels } from './facts.js';
import {
  type AnySchema,
  accepts,
  describeKind,
  isRequired,
  isStrict,
  literalsOf,
  sampleOf,
  shapeOf,
  unwrap,
} from './shapes.js';
import { iam, nameOf, others, queries, requests, responses, variants } from './tables.js';

/** Fields that we require otherwise than the facts do, in requests and queries. */
const requiredOtherwise: Readonly<Record<string, string>> = {
  'TargetServerByTask.name': 'a target made from a template has none: the Terraform provider leaves it out then',
  'TargetServerByTask.vm_id': 'a target made from a template has none: the Terraform provider leaves it out then',
  'Nics.cidr': 'the documented bodies of Terraform leave it out',
  'UpdateTaskSpeedReq.replicatesize': 'the official example leaves it out',
  'UpdateTaskSpeedReq.totalsize': 'the official example leaves it out',
  'UpdateTaskSpeedReq.process_trace': 'the official example leaves it out',
  'ListErrorServers.offset': 'the client sends the 0 that the service insists on',
};

/** Required fields of a response: those that the client cannot do without. */
const requiredInResponses = [
  'CreatedId.id',
  'MigrationProjectPage.migprojects',
  'SourceServer.id',
  'SourceServerErrorPage.migration_errors',
  'SourceServerPage.source_servers',
  'SubTask.id',
  'TargetServer.id',
  'Task.id',
  'Task.state',
  'TaskPage.tasks',
  'TaskSummary.id',
  'TaskSummary.state',
  'Template.id',
  'TemplatePage.templates',
  'TemplateResponse.template',
];

/** Our own closed sets that the facts describe only in words. */
const closedByNote: Readonly<Record<string, { values: readonly (string | number)[]; why: string }>> = {
  'CheckNetAcl.os_type': { values: ['WINDOWS', 'LINUX'], why: 'its note' },
};

/** Filters that are closed to another set than the facts list. */
const otherFilters: Readonly<Record<string, string>> = {
  'ListServers.state': 'premiging is missing although other places use it',
};

/** Limits that only some sources name: a warning of the log. */
const unlimited: Readonly<Record<string, string>> = {
  'PostTask.name': 'third parties say 20, older documents 64',
};

/** Ids have one limit, whichever method takes them. */
const otherLimits: Readonly<Record<string, number>> = {
  'ListTasks.id': 255,
  'ListTasks.source_server_id': 255,
  'ListServers.id': 255,
  'ListServers.migproject': 255,
  'ListServers.vm_id': 255,
  'ListTemplates.id': 255,
  'BatchConsistencyReq.task_id': 255,
};

/** Texts whose form the facts describe only in words, with an example. */
const forms: Readonly<Record<string, string>> = {
  'SpeedLimitlJson.start': '0:00',
  'SpeedLimitlJson.end': '24:00',
};

/** The types of the facts in the words of zod. */
function plainType(type: string): string {
  return type
    .replace(/\b(int32|int64|float64)\b/g, 'number')
    .replace(/\w+/g, (word) => (word in models ? `{${word}}` : word));
}

interface Side {
  readonly table: Readonly<Record<string, AnySchema>>;
  readonly kind: 'response' | 'request' | 'query';
}

/** Every field of the facts with ours, legacy ones left out. */
function* fieldPairs({ table, kind }: Side): Generator<{ at: string; fact: FactField; ours: AnySchema | undefined }> {
  for (const [name, schema] of Object.entries(table)) {
    const facts = kind === 'query' ? (operations.find(({ id }) => id === name)?.query ?? []) : fieldsOf(name);
    for (const fact of facts) {
      if (fact.legacy === true) continue;
      yield { at: `${name}.${fact.name}`, fact, ours: shapeOf(schema)[fact.name] };
    }
  }
}

const responseSide: Side = { table: responses, kind: 'response' };
const strictSides: Side[] = [
  { table: requests, kind: 'request' },
  { table: queries, kind: 'query' },
];
const sides: Side[] = [responseSide, ...strictSides];

/** Every field of the facts that we have too. */
function sharedFields(side: Side): { at: string; fact: FactField; ours: AnySchema }[] {
  return [...fieldPairs(side)].flatMap(({ at, fact, ours }) => (ours === undefined ? [] : [{ at, fact, ours }]));
}

describe('the table', () => {
  it('has every model of a response, and no other', () => {
    expect(Object.keys(responses).sort()).toEqual(responseModels);
  });

  it('has every model of a request, and no other', () => {
    expect(Object.keys(requests).sort()).toEqual(requestModels);
  });

  it('has the query of every operation that takes one, and no other', () => {
    const withQuery = operations.filter(({ query }) => query.length > 0).map(({ id }) => id);
    expect(Object.keys(queries).sort()).toEqual(withQuery.sort());
  });

  it('leaves out only models of IAM and the bodies of errors', () => {
    const unused = Object.keys(models).filter(
      (name) => !responseModels.includes(name) && !requestModels.includes(name),
    );
    expect(unused.filter((name) => !/^Iam|ErrorBody$|^SmsErrorDetail$/.test(name))).toEqual([]);
  });

  it('has every schema that the package exports', () => {
    const known = new Set([...sides.map(({ table }) => table), iam, others].flatMap((table) => Object.values(table)));
    expect(Object.entries(schemas).filter(([, schema]) => !known.has(schema as AnySchema))).toEqual([]);
  });

  it('has no model of a response as a request', () => {
    expect(Object.entries(responses).filter(([, schema]) => isStrict(schema))).toEqual([]);
    expect(Object.entries({ ...requests, ...queries }).filter(([, schema]) => !isStrict(schema))).toEqual([]);
  });
});

describe.each(sides)('the fields of every $kind', ({ table, kind }) => {
  const pairs = [...fieldPairs({ table, kind })];
  const there = sharedFields({ table, kind });

  it('include each field of the facts', () => {
    expect(there.length).toBeGreaterThan(20);
    const missing = pairs.filter(({ ours }) => ours === undefined);
    expect(missing.map(({ at }) => at)).toEqual([]);
  });

  it('are all in the facts', () => {
    const facts = new Map<AnySchema, Set<string>>();
    for (const [name, schema] of Object.entries(table)) {
      const names = kind === 'query' ? operations.find(({ id }) => id === name)?.query : fieldsOf(name);
      const known = facts.get(schema) ?? new Set();
      for (const field of names ?? []) known.add(field.name);
      facts.set(schema, known);
    }
    const unknown = [...facts].flatMap(([schema, known]) =>
      Object.keys(shapeOf(schema))
        .filter((name) => !known.has(name))
        .map((name) => `${nameOf.get(schema)}.${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('have the type of the facts', () => {
    const wrong = there.flatMap(({ at, fact, ours }) => {
      // A schema that stands for several models goes by the name that this fact uses.
      const wanted = [fact.type, ...(fact.altType === undefined ? [] : [fact.altType])];
      const nameModel = (schema: AnySchema): string => {
        const words = wanted.flatMap((type) => type.match(/\w+/g) ?? []);
        const named = words.find((word) => table[word] === schema || variants[word]?.includes(schema));
        return named === undefined ? `another model (${nameOf.get(schema)})` : `{${named}}`;
      };
      const ourType = describeKind(ours, nameModel);
      const theirType = mergeTypes(wanted.map(plainType));
      return ourType === theirType ? [] : [`${at}: ${ourType}, not ${theirType}`];
    });
    expect(wrong).toEqual([]);
  });

  // The values of an open set live in its type alone: source.test.ts reads them there.
  it('are closed only in filters, to the values that the facts list', () => {
    const wrong = there.flatMap(({ at, fact, ours }) => {
      const literals = literalsOf(ours);
      if (literals === undefined) {
        return fact.enum === undefined || kind !== 'query' ? [] : [`${at} is open`];
      }
      if (at in otherFilters) return [];
      const wanted = fact.enum ?? closedByNote[at]?.values;
      return wanted !== undefined && sameSet(literals, wanted) ? [] : [`${at}: ${literals.join(' ')}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe('the fields of every response', () => {
  it('are required only where the client cannot do without', () => {
    const required = new Set(
      Object.values(responses).flatMap((schema) =>
        Object.entries(shapeOf(schema))
          .filter(([, field]) => isRequired(field))
          .map(([name]) => `${nameOf.get(schema)}.${name}`),
      ),
    );
    expect([...required].sort()).toEqual(requiredInResponses);
  });

  it('are never refused for their size', () => {
    const probes: Readonly<Record<string, unknown[]>> = {
      string: ['', 'x'.repeat(70_000)],
      number: [-1, 0.5, 2 ** 60],
      array: [[]],
    };
    const refused = sharedFields(responseSide).flatMap(({ at, ours }) => {
      const type = describeKind(ours, () => 'model').replace(/<.*/, '');
      return (probes[type] ?? []).filter((value) => !accepts(ours, value)).map((value) => `${at}: ${value}`);
    });
    expect(refused).toEqual([]);
  });
});

describe.each(strictSides)('the fields of every $kind', (side) => {
  it('are required as the facts say', () => {
    const wrong = sharedFields(side).filter(
      ({ at, fact, ours }) => isRequired(ours) !== (fact.required && !(at in requiredOtherwise)),
    );
    expect(wrong.map(({ at }) => at)).toEqual([]);
  });

  it('have the limits of the facts, and no others', () => {
    expect(sharedFields(side).flatMap(({ at, fact, ours }) => probeLimits(at, fact, unwrap(ours)))).toEqual([]);
  });
});

describe('the lists of exceptions', () => {
  const all = sides.flatMap((side) => [...fieldPairs(side)]);
  const found = (at: string): FactField | undefined => all.find((pair) => pair.at === at)?.fact;

  it('name only fields that need them', () => {
    expect(Object.keys(requiredOtherwise).filter((at) => found(at)?.required !== true)).toEqual([]);
    expect(Object.keys(closedByNote).filter((at) => found(at) === undefined || found(at)?.enum !== undefined)).toEqual(
      [],
    );
    expect(Object.keys(otherFilters).filter((at) => found(at)?.enum === undefined)).toEqual([]);
    expect(Object.keys(otherLimits).filter((at) => found(at) === undefined || found(at)?.maxLength === 255)).toEqual(
      [],
    );
    expect(Object.keys(forms).filter((at) => found(at)?.type !== 'string')).toEqual([]);
  });
});

function mergeTypes([first = '', second]: readonly string[]): string {
  if (second === undefined) return first;
  const inner = [first, second].map((type) => type.replace(/^array<(.*)>$/, '$1')).sort();
  return `array<${inner.join(' | ')}>`;
}

function sameSet(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value) => other.includes(value));
}

/** Parses values at and beyond the limits of the facts; without a limit, values far out. */
function probeLimits(at: string, fact: FactField, schema: AnySchema): string[] {
  const wrong: string[] = [];
  const expectResponse = (value: unknown, wanted: boolean, what: string): void => {
    if (accepts(schema, value) !== wanted) wrong.push(`${at} ${wanted ? 'refuses' : 'accepts'} ${what}`);
  };
  if (literalsOf(schema) !== undefined) return wrong;
  if (fact.type === 'string') {
    const form = forms[at];
    if (form !== undefined) {
      expectResponse(form, true, form);
      expectResponse('x'.repeat((fact.maxLength ?? 0) + 1), false, 'too long a text');
      return wrong;
    }
    const { minLength = 0 } = fact;
    const maxLength = at in unlimited ? undefined : (otherLimits[at] ?? fact.maxLength);
    expectResponse('x'.repeat(minLength), true, 'the shortest text');
    if (minLength > 0) expectResponse('x'.repeat(minLength - 1), false, 'too short a text');
    expectResponse('x'.repeat(maxLength ?? 5000), true, 'the longest text');
    if (maxLength !== undefined) expectResponse('x'.repeat(maxLength + 1), false, 'too long a text');
  }
  if (/^(int32|int64|float64)$/.test(fact.type)) {
    // Whole numbers that the facts give no limits may be refused below 0, but never above it.
    const { min, max } = fact;
    const largest = fact.type === 'int32' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
    expectResponse(min ?? 0, true, 'the smallest number');
    if (min !== undefined) expectResponse(min - 1, false, 'too small a number');
    expectResponse(max ?? largest, true, 'the largest number');
    if (max !== undefined) expectResponse(max + 1, false, 'too large a number');
    if (fact.type === 'float64') expectResponse((min ?? 0) + 0.5, true, 'a fraction');
    if (fact.type !== 'float64' && max !== undefined) expectResponse((min ?? 0) + 0.5, false, 'a fraction');
  }
  if (fact.type.startsWith('array<')) {
    const [item] = sampleOf(schema) as unknown[];
    const { minItems = 0, maxItems } = fact;
    const items = (length: number): unknown[] => Array.from({ length }, () => item);
    expectResponse(items(minItems), true, 'the shortest list');
    if (minItems > 0) expectResponse(items(minItems - 1), false, 'too short a list');
    expectResponse(items(maxItems ?? 1000), true, 'the longest list');
    if (maxItems !== undefined) expectResponse(items(maxItems + 1), false, 'too long a list');
  }
  return wrong;
}

/** Derives schemas from one of ours and from the same in plain zod, and prints where their verdicts differ. */
import { Task } from '@org/sms-client/schemas';
import * as z from 'zod/mini';

const plain = z.looseObject({ id: z.string(), state: z.string(), name: z.optional(z.nullable(z.string())) });

const derivations = {
  itself: (schema) => schema,
  partial: (schema) => z.partial(schema),
  'extended by an optional': (schema) => z.extend(schema, { note: z.optional(z.string()) }),
  'extended by a default': (schema) => z.extend(schema, { note: z._default(z.string(), 'none') }),
  'extended by an async check': (schema) =>
    z.extend(schema, { name: z.string().check(z.refine(async (name) => name !== 'refused')) }),
  omitted: (schema) => z.omit(schema, { id: true }),
  picked: (schema) => z.pick(schema, { id: true }),
  required: (schema) => z.required(schema, { name: true }),
};
const inputs = [
  {},
  { id: '1', state: 'READY' },
  { id: '1', state: 'READY', name: 'a', note: 'b' },
  { id: '1', state: 'READY', name: 'refused' },
  { id: '1', state: 'READY', name: null, note: 1 },
  { id: 1, state: 'READY' },
  null,
  'text',
];

const differences = [];
for (const [name, derive] of Object.entries(derivations)) {
  for (const input of inputs) {
    const [ours, theirs] = await Promise.all([Task, plain].map((schema) => derive(schema).safeParseAsync(input)));
    const verdict = ({ success, data }) => JSON.stringify(success ? data : 'refused');
    if (verdict(ours) !== verdict(theirs)) differences.push(`${name} of ${JSON.stringify(input)}: ${verdict(ours)}`);
  }
}
console.log(JSON.stringify({ differences, described: z.toJSONSchema(Task, { unrepresentable: 'any' }).type }));

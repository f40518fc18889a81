/** The data of a successful response. */
import { ResponseFormatError } from '../errors.js';
import { check, type Field, formatIssues, type SchemaIssue } from '../schemas/fields.js';
import { holdsSecret } from '../schemas/secrets.js';
import { readFile } from './downloaded-file.js';
import type { Logger } from './logger.js';
import type { Operation } from './operation.js';
import { isPage, notJson, notJsonIssue, type ReadResponse } from './response.js';

/** @internal What happens when data does not fit. */
export interface Leniency {
  readonly responseValidation: 'error' | 'warn';
  readonly logger: Logger;
}

/**
 * @internal Reads the data of an operation out of a success.
 *
 * @param subject - the call in words
 * @throws {@link ResponseFormatError} when it does not fit, and what does is not enough.
 */
export function readData<T>(operation: Operation<T>, response: ReadResponse, subject: string, leniency: Leniency): T {
  const { body, data, headers, status, text } = response;
  const isFile = operation.isFile === true;
  if (isFile) {
    const file = typeof body === 'string' ? undefined : readFile(headers, body);
    if (file !== undefined) return file as T;
  }
  if (operation.takesAnything === true && !isPage(text)) return (data === notJson ? text : data) as T;
  const outcome = isFile
    ? { issues: [{ path: '', expected: 'a file', received: 'HTML' }] }
    : checkData(operation.response, data, text);
  if (outcome.issues === undefined) return outcome.value;
  const mismatch = `${subject} returned ${status}, but the body is not as documented`;
  if (data === notJson || isFile || !suffices(operation, data, leniency)) {
    const isSecret = operation.response !== undefined && holdsSecret(operation.response);
    throw new ResponseFormatError(mismatch, outcome.issues, isSecret ? undefined : data === notJson ? text : data);
  }
  leniency.logger.warn(mismatch, { issues: formatIssues(outcome.issues) });
  return data as T;
}

function suffices<T>({ essential }: Operation<T>, data: unknown, { responseValidation }: Leniency): boolean {
  return essential === undefined ? responseValidation === 'warn' : check(essential, data).issues === undefined;
}

type Outcome<T> = { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

// Success without data comes as an empty body, `""` or `{}`, in the field also as a plain text. A page of HTML is not of the service.
function checkData<T>(schema: Field<T> | undefined, data: unknown, text: string): Outcome<T> {
  if (data === notJson && (schema !== undefined || isPage(text))) return { issues: [notJsonIssue(text)] };
  return schema === undefined ? { value: undefined as T } : check(schema, data);
}

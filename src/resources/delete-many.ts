/** Deletes by the batch, in as many requests as the service's limit asks for. */
import { type AnySmsError, InvalidRequestError, isSmsError } from '../errors.js';
import { check, list, text } from '../schemas/fields.js';
import type { RequestOptions } from '../transport/request-options.js';

/** The most ids that the service takes in one request. */
const longestBatch = 50;

/**
 * What became of one request of a batch. The service says nothing about single ids, so the outcome is that of all ids that
 * travelled together.
 */
export type DeleteOutcome =
  | {
      /** The ids that were sent together, in the order given. */
      readonly ids: readonly string[];
      /** The service accepted the deletion. */
      readonly deleted: true;
    }
  | {
      /** The ids that were sent together, in the order given. */
      readonly ids: readonly string[];
      /** The request failed; the other requests of the batch went on. */
      readonly deleted: false;
      /** Why it failed. */
      readonly error: AnySmsError;
    };

/** @internal Sends the ids in chunks, one after the other. A chunk that fails does not keep the others from being sent. */
export async function deleteMany(
  operation: string,
  ids: readonly string[],
  send: (chunk: string[], options: RequestOptions) => Promise<void>,
  options: RequestOptions = {},
): Promise<DeleteOutcome[]> {
  const { issues } = check(list(text({ min: 1, max: 255 }), { min: 1 }), ids);
  if (issues !== undefined)
    throw new InvalidRequestError(
      operation,
      issues.map((issue) => ({ ...issue, path: `ids${issue.path}` })),
    );
  const outcomes: DeleteOutcome[] = [];
  for (let first = 0; first < ids.length; first += longestBatch) {
    const chunk = ids.slice(first, first + longestBatch);
    try {
      await send(chunk, options);
      outcomes.push({ ids: chunk, deleted: true });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isSmsError(error)) throw error;
      outcomes.push({ ids: chunk, deleted: false, error });
    }
  }
  return outcomes;
}

/** Deletes many things and reports what became of each. */
import {
  type AnySmsError,
  ApiError,
  AuthenticationError,
  InvalidRequestError,
  isSmsError,
  NotFoundError,
} from '../errors.js';
import { check, type Field, givenId, list } from '../schemas/fields.js';
import { checkOptions, relocate } from '../tracking/check-options.js';
import type { DeleteOutcome } from '../tracking/outcomes.js';
import { isRefusal } from '../transport/api-error.js';
import { callHook } from '../transport/hooks.js';
import { callback } from '../transport/option-kinds.js';
import type { Path } from '../transport/path.js';
import type { RequestOptions } from '../transport/request-options.js';
import { Sendings } from '../transport/sendings.js';
import type { Transport } from '../transport/transport.js';

/** The most ids that the service takes in one request. */
const longestBatch = 50;

/** How to delete many things. */
export interface DeleteManyOptions extends RequestOptions {
  /**
   * Called with the outcome of each id as soon as it is known, once for each id. After an abort it has been called for everything
   * that was sent; what an abort interrupted is `unknown`.
   */
  readonly onOutcome?: ((outcome: DeleteOutcome) => void) | undefined;
}

/** @internal The operation that deletes a batch. */
export interface BatchDeletion {
  /** Id of the operation, for instance `DeleteTasks`. */
  readonly operation: string;
  readonly path: Path;
  readonly bodySchema: Field<unknown>;
}

/** Ids that are deleted in one request. */
interface Batch {
  readonly ids: readonly string[];
  /** Whether the response to an earlier request with these ids was lost. */
  readonly wasLost: boolean;
  /** Why an earlier request with these ids was refused. */
  readonly refusal?: AnySmsError;
  /** Whether the response to an earlier request with this id alone was a 404. */
  readonly wasMissing?: boolean;
}

/**
 * @internal Deletes the ids, 50 a request. A batch that is refused is split until the ids are found that it was refused for; the
 * others are deleted. One outcome for each id, in the order asked, an id that is given twice only once.
 */
export async function deleteMany(
  transport: Transport,
  deletion: BatchDeletion,
  ids: readonly string[],
  options: DeleteManyOptions = {},
): Promise<DeleteOutcome[]> {
  const problems = relocate(check(list(givenId()), ids).issues, 'ids');
  if (problems.length > 0) throw new InvalidRequestError(deletion.operation, problems);
  checkOptions(deletion.operation, { onOutcome: callback() }, options);
  const { onOutcome, ...requestOptions } = options;
  const unique = [...new Set(ids)];
  const outcomes = new Map<string, DeleteOutcome>();
  const report = (batch: Batch, describe: (id: string) => DeleteOutcome) => {
    for (const outcome of batch.ids.map(describe)) {
      outcomes.set(outcome.id, outcome);
      callHook(onOutcome, outcome, 'onOutcome', transport.logger);
    }
  };
  const open: Batch[] = [];
  for (let first = 0; first < unique.length; first += longestBatch) {
    open.push({ ids: unique.slice(first, first + longestBatch), wasLost: false });
  }
  for (let batch = open.shift(); batch !== undefined; batch = open.shift()) {
    const sendings = new Sendings();
    try {
      const body = { ids: batch.ids };
      await transport.request({ ...deletion, method: 'POST', body, idempotent: true, sendings }, requestOptions);
      report(batch, (id) => ({ id, outcome: 'deleted' }));
    } catch (error) {
      sendings.fail(error);
      const failed = { ...batch, wasLost: batch.wasLost || sendings.wasLost };
      if (options.signal?.aborted) {
        const refusal = isSmsError(error) ? error : failed.refusal;
        for (const one of [{ ...failed, ...(refusal && { refusal }) }, ...open]) reportOpen(one, report);
        options.signal.throwIfAborted();
      }
      if (!isSmsError(error) || error instanceof InvalidRequestError) throw error;
      const rest = split(failed, error);
      if (rest.length > 0) open.unshift(...rest);
      else report(failed, (id) => conclude(id, failed, error));
    }
  }
  return unique.flatMap((id) => outcomes.get(id) ?? []);
}

type Report = (batch: Batch, describe: (id: string) => DeleteOutcome) => void;

/** Reports a batch that an abort keeps from being sent again. One that was never sent is not reported. */
function reportOpen(batch: Batch, report: Report): void {
  const { refusal: error, wasLost } = batch;
  if (wasLost) report(batch, (id) => ({ id, outcome: 'unknown', error }));
  else if (error !== undefined) report(batch, (id) => ({ id, outcome: 'not-deleted', error }));
}

/** What to send after a failure: both halves of a batch, or once more what may only be late to appear. */
function split({ ids, wasLost, wasMissing }: Batch, error: AnySmsError): Batch[] {
  if (!isAboutIds(error)) return [];
  if (ids.length === 1) {
    const mayBeLate = error instanceof NotFoundError && !wasLost && !wasMissing;
    return mayBeLate ? [{ ids, wasLost, refusal: error, wasMissing: true }] : [];
  }
  const middle = Math.ceil(ids.length / 2);
  return [ids.slice(0, middle), ids.slice(middle)].map((half) => ({ ids: half, wasLost, refusal: error }));
}

function conclude(id: string, { wasLost }: Batch, error: AnySmsError): DeleteOutcome {
  if (error instanceof NotFoundError && isAboutIds(error)) return { id, outcome: wasLost ? 'deleted' : 'gone' };
  return wasLost ? { id, outcome: 'unknown', error } : { id, outcome: 'not-deleted', error };
}

/** Whether a batch may have been refused for some of its ids, so that the others can be deleted. The page of a proxy says nothing of ids. */
function isAboutIds(error: unknown): boolean {
  if (!(error instanceof ApiError) || error instanceof AuthenticationError) return false;
  return isRefusal(error) && error.isJson;
}

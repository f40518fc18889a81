/** Creations and deletions: reported as they were performed, also when a response is lost. */
import { isSmsError, NotFoundError, OutcomeUnknownError } from '../errors.js';
import type { RequestOptions } from '../transport/request-options.js';
import { Sendings } from '../transport/sendings.js';
import type { Operation, Transport } from '../transport/transport.js';

/** @internal Creates something. Throws {@link OutcomeUnknownError} when the response is lost, because the client cannot search for what may have been created. */
export async function createOne<T>(
  transport: Transport,
  operation: Operation<T>,
  options: RequestOptions | undefined,
): Promise<T> {
  const sendings = new Sendings();
  try {
    return await transport.request({ ...operation, sendings }, options);
  } catch (error) {
    throw explain(error, operation, sendings);
  }
}

/**
 * @internal Deletes one thing. A 404 to a repeated request is success when the response to the request before was lost. Whatever
 * else follows a lost response is an {@link OutcomeUnknownError}.
 */
export async function deleteOne(
  transport: Transport,
  operation: Operation<void>,
  options: RequestOptions | undefined,
): Promise<void> {
  const sendings = new Sendings();
  try {
    await transport.request({ ...operation, sendings }, options);
  } catch (error) {
    const cause = explain(error, operation, sendings);
    // The 404 of a proxy's page says nothing of the service.
    if (error instanceof NotFoundError && error.isJson && sendings.wasLost) return;
    throw cause;
  }
}

function explain<T>(error: unknown, { method, operation, path }: Operation<T>, sendings: Sendings): unknown {
  sendings.fail(error);
  // An abort rejects with the signal's reason, whatever was sent.
  if (!sendings.wasLost || !isSmsError(error)) return error;
  return new OutcomeUnknownError({ subject: `${operation} (${method} ${path.text})`, error });
}

/** Arguments of the caller that are read before a schema checks them. */
import { InvalidRequestError, isSmsError } from '../errors.js';
import { unreadable } from '../schemas/fields.js';

/**
 * @internal Reads an argument. A getter or a proxy may throw.
 *
 * @throws {@link InvalidRequestError} when it throws.
 */
export function readArgument<T>(subject: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isSmsError(error)) throw error;
    throw new InvalidRequestError(subject, [unreadable]);
  }
}

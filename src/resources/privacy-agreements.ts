/** The privacy agreement: `sms.privacyAgreements`. */
import { PrivacyAgreement } from '../schemas/service.js';
import { path } from '../transport/path.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';

/**
 * The privacy agreement that an account accepts before it migrates servers: `sms.privacyAgreements`.
 *
 * Every method may throw what {@link Tasks} lists. No permission is needed.
 */
export class PrivacyAgreements {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Says whether the account has accepted the agreement.
   *
   * Operation: ShowPrivacyAgreements, `GET /v3/privacy-agreements`.
   */
  async get(options?: RequestOptions): Promise<PrivacyAgreement> {
    return this.#transport.request(
      {
        operation: 'ShowPrivacyAgreements',
        method: 'GET',
        path: path`/v3/privacy-agreements`,
        response: PrivacyAgreement,
      },
      options,
    );
  }

  /**
   * Accepts the agreement for the account. Accepting it again changes nothing.
   *
   * Operation: CreatePrivacyAgreements, `POST /v3/privacy-agreements`.
   */
  async accept(options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      { operation: 'CreatePrivacyAgreements', method: 'POST', path: path`/v3/privacy-agreements`, idempotent: true },
      options,
    );
  }
}

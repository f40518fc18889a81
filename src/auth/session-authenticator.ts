/** What authorises the requests to SMS: a token, or a signature made for each attempt. */
import type { Logger } from '../transport/logger.js';
import type { Scope } from '../transport/scope.js';
import type { Authenticator, Authorisation, OutgoingRequest } from '../transport/transport.js';
import { chain } from './digest.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';
import type { TokenCache } from './token-cache.js';

interface Proof extends Authorisation {
  readonly session: Session;
  /** The time that a signature was made for; undefined for tokens. */
  readonly signedAt?: number;
}

/** @internal Authorises requests with the session that is cached. */
export class SessionAuthenticator implements Authenticator {
  readonly #sessions: Sessions;
  readonly #cache: TokenCache;
  readonly #logger: Logger;

  constructor(sessions: Sessions, cache: TokenCache, logger: Logger) {
    this.#sessions = sessions;
    this.#cache = cache;
    this.#logger = logger;
  }

  authorize(request: OutgoingRequest, scope: Scope): Proof | Promise<Proof> {
    return chain(this.#cache.get(scope), (session) => this.#prove(session, request));
  }

  accepted({ session }: Proof): void {
    this.#cache.accept(session);
  }

  refused({ session, signedAt }: Proof, response: Headers): boolean {
    if (signedAt !== undefined && this.#sessions.clock.correct(signedAt, response)) {
      this.#logger.warn('the local clock is wrong; requests are signed with the time of the service');
      return true;
    }
    this.#sessions.refuse(session.value);
    return this.#sessions.canRenew && this.#cache.refuse(session);
  }

  #prove(session: Session, request: OutgoingRequest): Proof | Promise<Proof> {
    const { secrets, sign, value } = session;
    if (sign === undefined) return { headers: { 'x-auth-token': value }, secrets, session };
    const signedAt = this.#sessions.clock.now();
    return chain(sign(request, signedAt), (headers) => {
      const { authorization = '' } = headers;
      // A gateway may quote the signature alone.
      const signature = authorization.slice(authorization.lastIndexOf('=') + 1);
      return { headers, secrets: [...secrets, authorization, signature], session, signedAt };
    });
  }
}

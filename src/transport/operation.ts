/** What resources ask of the transport. */
import type { Field } from '../schemas/fields.js';
import type { HeadersInput } from './headers.js';
import type { Path } from './path.js';
import type { Sendings } from './sendings.js';

/** @internal What is asked of the service: the whole of an operation but for the caller's options. */
export interface Operation<T> {
  /** Id of the operation, for instance `ShowTask`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'HEAD';
  readonly path: Path;
  readonly query?: unknown;
  readonly querySchema?: Field<object>;
  readonly body?: unknown;
  readonly bodySchema?: Field<unknown>;
  /** Schema of the response; left out when success carries no data: any success that is no page of HTML will then do. */
  readonly response?: Field<T>;
  /** What suffices of the response, when not all of it fits. */
  readonly essential?: Field<unknown>;
  /** Whether the request may be sent twice. By default every verb but POST and PATCH. */
  readonly idempotent?: boolean;
  /** Headers that belong to the operation. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers of a caller's own request. Those of the options win over them. */
  readonly callerHeaders?: HeadersInput | undefined;
  /** Whether the response is a file rather than JSON. */
  readonly isFile?: boolean;
  /** Whether the response is taken as it comes: parsed when it is JSON, else as a text. */
  readonly takesAnything?: boolean;
  /** Texts that must not appear in errors, although they are sent. */
  readonly secrets?: readonly string[];
  /** Called with the headers of the success, before its data is read. */
  readonly onHeaders?: (headers: Headers) => void;
  /** Whether anybody waits for the outcome. When nobody does, a failure is left to those who asked for it. */
  readonly isAwaited?: () => boolean;
  /** Notes each sending, for those who must know whether a failed request may have been performed. */
  readonly sendings?: Sendings;
}

/** @internal A request as it is sent, but for what authorises it. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

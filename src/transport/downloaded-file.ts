/** A response that is a file rather than JSON. */

/** A file that the service sent. */
export interface DownloadedFile {
  /** Name that the service suggests; null when it suggests none. */
  readonly name: string | null;
  /** Type of the content, for instance `text/csv`; null when the service says none. */
  readonly contentType: string | null;
  /** The content, byte for byte. */
  readonly bytes: Uint8Array;
}

/** @internal Takes a file from a response. A page of HTML is no file but comes from a proxy or a login page: undefined. */
export function readFile(headers: Headers, bytes: Uint8Array): DownloadedFile | undefined {
  const contentType = headers.get('content-type');
  if (/^text\/html\b/i.test(contentType ?? '')) return undefined;
  return { name: readName(headers.get('content-disposition') ?? ''), contentType, bytes };
}

// The last part of a path at most: a name must not choose a folder.
function readName(disposition: string): string | null {
  const encoded = /filename\*\s*=\s*UTF-8''([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename\s*=\s*(?:"([^"]*)"|([^;]+))/i.exec(disposition);
  const name = (encoded === undefined ? (plain?.[1] ?? plain?.[2]) : decode(encoded))
    ?.trim()
    .split(/[\\/:]/)
    .at(-1);
  return name === undefined || name === '' || name === '.' || name === '..' ? null : name;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

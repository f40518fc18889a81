/** What counts as this machine. */

/**
 * @internal Whether the host of a URL is this machine beyond doubt: `localhost`, 127.0.0.0/8 or `[::1]`. Names below `localhost`
 * are not, because DNS may resolve them to any address.
 */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

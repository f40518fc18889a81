/** Much work, little at a time. */

/**
 * @internal Does work for each item, in their order, for so many at a time. The first failure ends it: what has not begun by then
 * never does, and what has begun is waited for.
 */
export async function runInParallel<Item>(
  items: Iterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let hasFailed = false;
  async function takeFromQueue(): Promise<void> {
    while (!hasFailed) {
      const { done, value } = queue.next();
      if (done === true) return;
      try {
        await work(value);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  }
  const workers = Array.from({ length: concurrency }, takeFromQueue);
  await Promise.allSettled(workers);
  await Promise.all(workers);
}

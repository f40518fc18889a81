/** Much work, little at a time. */

/**
 * @internal Does work for each item, for so many at a time, and answers the results in the order of the items. The first failure
 * ends it: what has not begun by then never does, and what has begun is waited for.
 */
export async function runInParallel<Item, Result>(
  items: Iterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items[Symbol.iterator]();
  let next = 0;
  let hasFailed = false;
  async function takeFromQueue(): Promise<void> {
    for (;;) {
      const { done, value } = hasFailed ? { done: true, value: undefined } : queue.next();
      if (done === true) return;
      const index = next;
      next += 1;
      try {
        results[index] = await work(value as Item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  }
  const workers = Array.from({ length: concurrency }, takeFromQueue);
  await Promise.allSettled(workers);
  await Promise.all(workers);
  return results;
}

/** Runs candidates in turn, many rounds, and prints the median of each and its ratio to the first. */

/** What is measured: a name and one unit of work. */
export interface Candidate {
  readonly name: string;
  readonly run: () => unknown;
}

/** Measures the candidates alternately, so that a noisy machine disturbs all alike, and prints a table. */
export async function compare(
  title: string,
  candidates: readonly Candidate[],
  { rounds = 30, runs = 100 } = {},
): Promise<void> {
  const times = new Map(candidates.map(({ name }) => [name, [] as number[]]));
  for (let round = -3; round < rounds; round += 1) {
    for (const { name, run } of candidates) {
      const start = performance.now();
      for (let index = 0; index < runs; index += 1) await run();
      // The first rounds warm up.
      if (round >= 0) times.get(name)?.push(((performance.now() - start) / runs) * 1000);
    }
  }
  const medians = candidates.map(({ name }) => median(times.get(name) ?? []));
  console.log(`\n${title}`);
  console.table(
    candidates.map(({ name }, index) => ({
      name,
      'µs (median)': Math.round(medians[index] ?? 0),
      ratio: ((medians[index] ?? 0) / (medians[0] ?? 1)).toFixed(2),
    })),
  );
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

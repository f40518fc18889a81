/** Runs candidates in turn, many rounds, and prints the median of each and of its ratio to the first. */

/** What is measured: a name and one unit of work. */
export interface Candidate {
  readonly name: string;
  readonly run: () => unknown;
}

/** How much is measured. */
export interface Effort {
  /** How often all candidates take their turn. */
  readonly rounds?: number;
  /** Units of work in a turn. */
  readonly runs?: number;
  /** How many units are under way at once. */
  readonly callers?: number;
}

/** Measures the candidates alternately, so that a noisy machine disturbs all alike, and prints a table. */
export async function compare(
  title: string,
  candidates: readonly Candidate[],
  { callers = 1, rounds = 30, runs = 100 }: Effort = {},
): Promise<void> {
  const times = candidates.map(() => [] as number[]);
  const ratios = candidates.map(() => [] as number[]);
  for (let round = -3; round < rounds; round += 1) {
    const turn: number[] = [];
    for (const { run } of candidates) turn.push(await measure(run, runs, callers));
    // The first rounds warm up.
    if (round < 0) continue;
    for (const [index, time] of turn.entries()) {
      times[index]?.push(time);
      ratios[index]?.push(time / (turn[0] ?? time));
    }
  }
  console.log(`\n${title}`);
  console.table(
    candidates.map(({ name }, index) => ({
      name,
      'µs (median)': Math.round(median(times[index] ?? [])),
      ratio: median(ratios[index] ?? []).toFixed(2),
    })),
  );
}

async function measure(run: () => unknown, runs: number, callers: number): Promise<number> {
  let left = runs;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await run();
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: callers }, work));
  return ((performance.now() - startedAt) / runs) * 1000;
}

function median(values: number[]): number {
  return values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/** Runs candidates in turn, many rounds, and prints the median of each and of its ratio to the first, by time and by CPU time. */

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
  const turns: Cost[][] = [];
  for (let round = -3; round < rounds; round += 1) {
    const turn: Cost[] = [];
    for (const { run } of candidates) turn.push(await measure(run, runs, callers));
    // The first rounds warm up.
    if (round >= 0) turns.push(turn);
  }
  const ratioOf = (index: number, kind: keyof Cost) =>
    median(turns.map((turn) => (turn[index]?.[kind] ?? 0) / (turn[0]?.[kind] ?? 1))).toFixed(2);
  console.log(`\n${title}`);
  console.table(
    candidates.map(({ name }, index) => ({
      name,
      'µs (median)': Math.round(median(turns.map((turn) => turn[index]?.time ?? 0))),
      ratio: ratioOf(index, 'time'),
      'ratio of CPU time': ratioOf(index, 'cpu'),
    })),
  );
}

/** What one unit of work costs, in microseconds. The CPU time says more on a machine that has other work. */
interface Cost {
  readonly time: number;
  readonly cpu: number;
}

async function measure(run: () => unknown, runs: number, callers: number): Promise<Cost> {
  let left = runs;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await run();
    }
  };
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: callers }, work));
  const time = ((performance.now() - startedAt) / runs) * 1000;
  const { system, user } = process.cpuUsage(cpuBefore);
  return { time, cpu: (user + system) / runs };
}

function median(values: number[]): number {
  return values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/** Which way a run of the model takes: the first option of each choice is the smooth one, every other one is a fault. */
export class Choices {
  readonly #plan: readonly number[];
  readonly #most: number;
  readonly taken: number[] = [];
  readonly widths: number[] = [];
  readonly labels: string[] = [];

  /** Takes the numbers of a plan, one after the other, then always the first option; no more faults than so many. */
  constructor(plan: readonly number[], mostFaults: number = Number.POSITIVE_INFINITY) {
    this.#plan = plan;
    this.#most = mostFaults;
  }

  pick<Option extends string>(label: string, options: readonly Option[]): Option {
    const wish = (this.#plan[this.taken.length] ?? 0) % options.length;
    const choice = this.faults < this.#most ? wish : 0;
    this.taken.push(choice);
    this.widths.push(options.length);
    this.labels.push(`${label}: ${options[choice]}`);
    return options[choice] as Option;
  }

  get faults(): number {
    return this.taken.filter((choice) => choice > 0).length;
  }

  /** The run in words, and as a line of a test. */
  describe(past: string, method: string): string {
    const words = this.labels.filter((_, index) => (this.taken[index] ?? 0) > 0).join(', ');
    return `${words}\n  await expectTruth('${method}', '${past}', ${JSON.stringify(this.taken)});`;
  }
}

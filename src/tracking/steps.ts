/** The steps of a task, for people. */
import type { SubTask } from '../schemas/task.js';

/** @internal What a step does, which decides its label and how much of a round it makes up. */
interface StepKind {
  /** How the names of such steps begin. */
  readonly pattern: RegExp;
  readonly label: string;
  /** Its share of a round, against the other steps of the round. Copying takes hours where everything else takes minutes. */
  readonly weight: number;
  readonly phase?: 'prepare' | 'copy' | 'synchronise' | 'launch';
  /** The kinds of round that have such a step, whether the service shows it yet or not. */
  readonly expectedIn?: RegExp;
}

// In the order in which a round has them.
const kinds: readonly StepKind[] = [
  { pattern: /^CREATE_CLOUD_SERVER/, label: 'Creating the target server', weight: 4, phase: 'prepare' },
  {
    pattern: /^SSL_CONFIG/,
    label: 'Setting up encryption',
    weight: 1,
    phase: 'prepare',
    expectedIn: /^(REPLICATE|RESYNC)/,
  },
  {
    pattern: /^ATTACH_AGENT_IMAGE/,
    label: 'Attaching the agent image',
    weight: 4,
    phase: 'prepare',
    expectedIn: /^(REPLICATE|RESYNC)/,
  },
  { pattern: /^FORMAT_DISK_/, label: 'Formatting disks', weight: 2, phase: 'prepare', expectedIn: /^REPLICATE/ },
  { pattern: /^MIGRATE_/, label: 'Copying data', weight: 89, phase: 'copy', expectedIn: /^REPLICATE/ },
  { pattern: /^SYNC_/, label: 'Synchronising changes', weight: 89, phase: 'synchronise', expectedIn: /^RESYNC/ },
  {
    pattern: /^CONFIGURE_/,
    label: 'Configuring the target server',
    weight: 4,
    phase: 'launch',
    expectedIn: /^CUTOVER/,
  },
  { pattern: /^DET?TACH_/, label: 'Detaching the agent image', weight: 4, phase: 'launch', expectedIn: /^CUTOVER/ },
  { pattern: /^CLONE_VM/, label: 'Cloning the target server', weight: 4 },
  { pattern: /^CHECK_CONSISTENCY/, label: 'Checking consistency', weight: 10 },
];

const otherWeight = 4;

function findKind(name: string | null | undefined): StepKind | undefined {
  return kinds.find(({ pattern }) => pattern.test(name ?? ''));
}

/** @internal The name of a step for people: `Copying data` for `MIGRATE_LINUX_FILE`; an unknown name is made readable. */
export function labelStep(name: string): string {
  const words = name.replaceAll('_', ' ').toLowerCase().trim();
  return findKind(name)?.label ?? (words === '' ? 'Unknown step' : words.charAt(0).toUpperCase() + words.slice(1));
}

/** @internal How much of a round a step makes up, against the other steps of the round. */
export function weighStep(name: string | null | undefined): number {
  return findKind(name)?.weight ?? otherWeight;
}

/** @internal The weights of the steps that a round will have but does not show yet. */
export function weighMissingSteps(round: string, present: readonly SubTask[]): readonly number[] {
  const expected = kinds.filter(({ expectedIn }) => expectedIn?.test(round));
  // A step that was passed over will not come: block modes synchronise without setting up encryption first.
  const shown = new Set(present.map(({ name }) => findKind(name)));
  const last = expected.findLastIndex((kind) => shown.has(kind));
  return expected.slice(last + 1).map(({ weight }) => weight);
}

/** @internal The rounds of a task, oldest first, each with its steps. */
export interface Round {
  /** The user operation that the steps belong to; null when the service does not say it, as in the items of a list. */
  readonly name: string | null;
  /** What kind of round it is: its name, or what its steps show. */
  readonly kind: string;
  readonly steps: readonly SubTask[];
}

// Far more than tasks have; the work grows with the square of their number.
const mostSteps = 500;

/**
 * @internal Splits the steps of a task into rounds, by their user operation. A name that the round has already begins a new one,
 * because a round that is restarted may keep its name. Where the service leaves the operation out, so does a step that cannot
 * follow in the same round, such as a launch after a copy. Steps count in the order of their ids.
 */
export function readRounds(steps: readonly SubTask[]): readonly Round[] {
  const rounds: SubTask[][] = [];
  for (const step of orderSteps(steps).slice(-mostSteps)) {
    const round = findRound(step, rounds) ?? [];
    round.push(step);
    // The round of the latest step is the last one, also when another one came in between.
    const place = rounds.indexOf(round);
    if (place >= 0) rounds.splice(place, 1);
    rounds.push(round);
  }
  return rounds.map((round) => ({ name: nameRound(round), kind: classify(round), steps: round }));
}

/** The steps in the order of their ids, as far as all have one; of two with the same id the later one. */
function orderSteps(steps: readonly SubTask[]): readonly SubTask[] {
  const byId = new Map<unknown, SubTask>();
  for (const step of steps) byId.set(step.id ?? step, step);
  const unique = [...byId.values()];
  if (unique.some(({ id }) => typeof id !== 'number')) return unique;
  return unique.sort((one, other) => (one.id ?? 0) - (other.id ?? 0));
}

function nameRound(round: readonly SubTask[]): string | null {
  return round.findLast(({ user_op: operation }) => operation)?.user_op ?? null;
}

function findRound(step: SubTask, rounds: readonly SubTask[][]): SubTask[] | undefined {
  const last = rounds.at(-1);
  const own = step.user_op ? rounds.findLast((round) => nameRound(round) === step.user_op) : last;
  const round = own ?? (last !== undefined && nameRound(last) === null ? last : undefined);
  return round !== undefined && !beginsRound(step, round) ? round : undefined;
}

function beginsRound(step: SubTask, round: readonly SubTask[]): boolean {
  if (round.some(({ name }) => name && name === step.name)) return true;
  if (step.user_op && nameRound(round) === step.user_op) return false;
  const last = round.map(({ name }) => findKind(name)?.phase).findLast((phase) => phase !== undefined);
  const next = findKind(step.name)?.phase;
  return last !== undefined && next !== undefined && next !== last && last !== 'prepare';
}

function classify(round: readonly SubTask[]): string {
  const operation = nameRound(round);
  if (operation !== null) return operation;
  const phases = round.map(({ name }) => findKind(name)?.phase);
  if (phases.includes('synchronise')) return 'RESYNC';
  return phases.includes('launch') ? 'CUTOVER' : 'REPLICATE';
}

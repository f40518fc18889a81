/** What a task copies, which decides the names of its steps. */
export type CopyKind = 'LINUX_FILE' | 'LINUX_BLOCK' | 'WINDOWS_BLOCK';

/** A group of steps that one user operation adds to a task. */
export type GroupKind = 'REPLICATE' | 'RESYNC' | 'CUTOVER';

/** A step before it has an id. */
export interface StepPlan {
  /** Wire name, such as `MIGRATE_LINUX_FILE`. */
  readonly name: string;
  /** How long the step takes on the migration clock, in whole ms. */
  readonly durationMs: number;
}

/** What a plan depends on. */
export interface PlanInput {
  /** What the task copies. */
  readonly copyKind: CopyKind;
  /** Whether the target exists already, or has to be created from a template first. */
  readonly exist_server: boolean;
  /** Whether the files are compared after the copy. */
  readonly checksConsistency: boolean;
  /** Length of a full copy round in ms. */
  readonly durationMs: number;
}

/** What a task copies. Windows has no file mode, whatever the type says. */
export function copyKindOf(osType: string, type: string): CopyKind {
  if (osType === 'WINDOWS') return 'WINDOWS_BLOCK';
  return type === 'MIGRATE_BLOCK' ? 'LINUX_BLOCK' : 'LINUX_FILE';
}

/** The steps of one group, in order, with the time each takes. */
export function planGroup(group: GroupKind, input: PlanInput): StepPlan[] {
  const kind = input.copyKind;
  switch (group) {
    case 'REPLICATE':
      return share(input.durationMs, [
        ...(!input.exist_server ? [part('CREATE_CLOUD_SERVER', 0.1)] : []),
        part('SSL_CONFIG', 0.02),
        part('ATTACH_AGENT_IMAGE', 0.1),
        part(kind === 'WINDOWS_BLOCK' ? 'FORMAT_DISK_WINDOWS' : `FORMAT_DISK_${kind}`, 0.03),
        part(`MIGRATE_${kind}`, 1),
        ...(input.checksConsistency ? [part('CHECK_CONSISTENCY', 0.1)] : []),
      ]);
    // A resync copies what has changed since, so it is shorter than the first round. Block modes keep the agent attached.
    case 'RESYNC':
      return share(input.durationMs / 4, [
        ...(kind === 'LINUX_FILE' ? [part('SSL_CONFIG', 0.02), part('ATTACH_AGENT_IMAGE', 0.2)] : []),
        part(`SYNC_${kind}`, 1),
        ...(input.checksConsistency ? [part('CHECK_CONSISTENCY', 0.1)] : []),
      ]);
    case 'CUTOVER':
      return share(input.durationMs / 5, [
        part(kind === 'WINDOWS_BLOCK' ? 'CONFIGURE_WINDOWS' : `CONFIGURE_${kind}`, 0.6),
        part('DETTACH_AGENT_IMAGE', 0.4),
      ]);
  }
}

/** Whether a step moves data from source to target. */
export function isCopyStep(name: string): boolean {
  return name.startsWith('MIGRATE_') || name.startsWith('SYNC_');
}

interface Part {
  readonly name: string;
  readonly weight: number;
}

function part(name: string, weight: number): Part {
  return { name, weight };
}

function share(durationMs: number, parts: readonly Part[]): StepPlan[] {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  let weightSoFar = 0;
  // Rounding the boundaries instead of the lengths keeps the sum of the steps at the length of the round.
  return parts.map(({ name, weight }) => {
    const begin = Math.round((durationMs * weightSoFar) / total);
    weightSoFar += weight;
    return { name, durationMs: Math.round((durationMs * weightSoFar) / total) - begin };
  });
}

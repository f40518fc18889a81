/** A migration project, under the names of the wire. */
export interface MigrationProjectRecord {
  /** Id of the project. */
  readonly id: string;
  /** Display name, 1 to 20 characters. */
  readonly name: string;
  /** Description. */
  readonly description: string;
  /** Whether new source servers go into it; exactly one project is the default one. */
  readonly isdefault: boolean;
  /** Region of the targets. */
  readonly region: string;
  /** Whether targets are started at the end. */
  readonly start_target_server: boolean;
  /** Mbit/s, 0 for no limit. */
  readonly speed_limit: number;
  /** Whether public addresses are used. */
  readonly use_public_ip: boolean;
  /** Whether targets exist already. */
  readonly exist_server: boolean;
  /** `MIGRATE_FILE` or `MIGRATE_BLOCK`. */
  readonly type: string;
  /** Name of the enterprise project. */
  readonly enterprise_project: string;
  /** Whether tasks go on synchronising. */
  readonly syncing: boolean;
  /** Whether the network is measured first. */
  readonly start_network_check: boolean;
}

/** A migration project with the defaults of the reference. */
export function createMigrationProject(
  id: string,
  fields: Pick<MigrationProjectRecord, 'name' | 'region' | 'type'> & Partial<MigrationProjectRecord>,
): MigrationProjectRecord {
  return {
    description: '',
    isdefault: false,
    start_target_server: true,
    speed_limit: 0,
    use_public_ip: true,
    exist_server: true,
    enterprise_project: 'default',
    syncing: false,
    start_network_check: false,
    ...fields,
    id,
  };
}

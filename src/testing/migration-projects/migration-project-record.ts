/** A migration project, under the names of the wire. */
export interface MigrationProjectRecord {
  /** Id of the project. */
  readonly id: string;
  /** Display name, 1 to 20 characters. */
  name: string;
  /** Description. */
  description: string;
  /** Whether new source servers go into it; exactly one project is the default one. */
  isdefault: boolean;
  /** Region of the targets. */
  region: string;
  /** Whether targets are started at the end. */
  start_target_server: boolean;
  /** Mbit/s, 0 for no limit. */
  speed_limit: number;
  /** Whether public addresses are used. */
  use_public_ip: boolean;
  /** Whether targets exist already. */
  exist_server: boolean;
  /** `MIGRATE_FILE` or `MIGRATE_BLOCK`. */
  type: string;
  /** Name of the enterprise project. */
  enterprise_project: string;
  /** Whether tasks go on synchronising. */
  syncing: boolean;
  /** Whether the network is measured first. */
  start_network_check: boolean;
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

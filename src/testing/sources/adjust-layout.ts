import { optionalFlag, optionalNumber, optionalObjects, requireText } from '../core/body.js';
import type { JsonObject } from '../core/json.js';
import { refuseInput } from '../core/refusal.js';
import type { Planned, SourceDisk, VolumeGroup } from './layout.js';

/** The disks of a source server with the sizes and the choice that a request names. */
export function planDisks(disks: readonly SourceDisk[], body: JsonObject): SourceDisk[] {
  return planAll(disks, body, 'disks').map(([disk, change]) => ({
    ...disk,
    physical_volumes: planAll(disk.physical_volumes, change, 'physical_volumes').map(([volume]) => volume),
  }));
}

/** The volume groups of a source server with the sizes and the choice that a request names. */
export function planVolumeGroups(groups: readonly VolumeGroup[], body: JsonObject): VolumeGroup[] {
  return planAll(groups, body, 'volume_groups').map(([group, change]) => ({
    ...group,
    logical_volumes: planAll(group.logical_volumes, change, 'logical_volumes').map(([volume]) => volume),
  }));
}

/** Parts after the changes of a list, each with its own change for what lies deeper. */
function planAll<Part extends Planned>(parts: readonly Part[], body: JsonObject, name: string): [Part, JsonObject][] {
  const changes = optionalObjects(body, name) ?? [];
  const known = parts.map(({ id }) => String(id));
  // Ids are text here, and numbers where they are read; a number is taken as well.
  const byId = new Map(changes.map((change) => [readId(change), change]));
  for (const id of byId.keys()) {
    // ASSUMPTION: no source says what happens to an id that is none.
    if (!known.includes(id)) throw refuseInput(`The parameter ${name} names the id ${id}, which does not exist.`);
  }
  return parts.map((part) => {
    const change = byId.get(String(part.id)) ?? {};
    const adjusted = optionalNumber(change, 'adjust_size', { min: 0 }) ?? part.adjust_size;
    const wanted = optionalFlag(change, 'need_migration') ?? part.need_migration;
    return [{ ...part, adjust_size: adjusted, need_migration: wanted }, change];
  });
}

function readId(change: JsonObject): string {
  return typeof change.id === 'number' ? String(change.id) : requireText(change, 'id');
}

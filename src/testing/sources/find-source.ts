import { refuseUnknown } from '../core/refusal.js';
import type { World } from '../world.js';
import type { SourceRecord } from './source-record.js';

/** The source server with this id. */
export function requireSource(world: World, id: string | undefined): SourceRecord {
  const source = world.sources.get(id ?? '');
  if (source === undefined) throw refuseUnknown(`source server ${id}`);
  return source;
}

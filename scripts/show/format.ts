/** Quantities for people. */

/** `4 d 03 h`, `2 h 05 min`, `7 min 30 s`, `12 s`; a dash when it is unknown. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  const seconds = Math.round(ms / 1000);
  const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (seconds >= 86_400) return `${Math.floor(seconds / 86_400)} d ${pad((seconds % 86_400) / 3600)} h`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${pad((seconds % 3600) / 60)} min`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s` : `${seconds} s`;
}

/** `17 min 02 s left`; empty when it is unknown. */
export function formatTimeLeft(ms: number | null): string {
  return ms === null ? '' : `${formatDuration(ms)} left`;
}

/** `559.8 Mbit/s`, `1.2 Gbit/s`; empty when nothing is copied. */
export function formatSpeed(mbps: number): string {
  if (mbps <= 0) return '';
  return mbps < 1000 ? `${mbps.toFixed(1)} Mbit/s` : `${(mbps / 1000).toFixed(1)} Gbit/s`;
}

/** `40.0 GiB`, `512 MiB`; a dash when it is unknown. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power < 3 ? 0 : 1)} ${units[power]}`;
}

/** `2026-11-24 19:39 UTC`. */
export function formatMoment(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

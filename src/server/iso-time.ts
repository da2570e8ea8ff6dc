/** `2026-11-22T15:04:05.678Z` */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** The name at the end of a resource's URL. */
export function lastOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

/** Epoch seconds. */
export function secondsOf(timestamp: string | undefined): number | undefined {
  const ms = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

export const zones = ['local', 'utc'] as const;
export type Zone = (typeof zones)[number];

const storageKey = 'fleetgauge.zone';

/** In which zone the reader wants times: the own one where nothing was, or nothing can be, kept. Days are of UTC in either. */
export function keptZone(): Zone {
  try {
    return zones.find((zone) => zone === localStorage.getItem(storageKey)) ?? 'local';
  } catch {
    return 'local';
  }
}

export function keepZone(zone: Zone): void {
  try {
    localStorage.setItem(storageKey, zone);
  } catch {
    // Without storage times stay in the own zone.
  }
}

/** As dates and times are written now. Another one takes effect as the page is loaded again. */
export const zone = keptZone();

/** `KST`, `GMT+9`, `UTC`: as the reader's language calls it. */
export function zoneName(of: Zone, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    timeZoneName: 'short',
    ...(of === 'utc' ? { timeZone: 'UTC' } : {}),
  });
  return format.formatToParts().find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}

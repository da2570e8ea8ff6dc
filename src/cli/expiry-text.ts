import type { Expiry } from '#model/expiry.ts';
import { plural } from './format.ts';

const dayMs = 86_400_000;

/** Somebody has this long to get another one, in milliseconds. */
export const soonMs = 14 * dayMs;

/** `certificate expires in 9 days (2026-12-02)`; undefined where there is no end, or none is known. */
export function expiryText(expiry: Expiry | undefined, now: number): string | undefined {
  if (expiry === undefined || expiry.at === null) return undefined;
  const { of, at } = expiry;
  const date = new Date(at).toISOString().slice(0, 10);
  const span = spanText(Math.abs(at - now));
  return at > now ? `${of} expires in ${span} (${date})` : `${of} expired ${span} ago (${date})`;
}

function spanText(ms: number): string {
  return ms < dayMs ? plural(Math.round(ms / 3_600_000), 'hour') : plural(Math.floor(ms / dayMs), 'day');
}

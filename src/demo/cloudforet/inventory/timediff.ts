import { refuse } from '../refusal.ts';

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * `now`, or the begin of this day, week (Monday) or month in UTC as `now/d`, `now/w`, `now/m`; then perhaps `+` or `-` a
 * number of s, m, h, d or w.
 *
 * @param now epoch milliseconds
 * @returns epoch milliseconds
 */
export function parseTimediff(value: unknown, now: number): number {
  const match = /^\s?(now(?:\/[dwm])?)(?:\s?([+|-])\s?(\d+)([smhdw])\s?)?$/.exec(String(value));
  if (match === null) {
    throw refuse('ERROR_DB_QUERY', `The value of timediff operator is invalid. (value = ${value})`);
  }
  const [, base = 'now', sign, count, unit = ''] = match;
  const shift = Number(count ?? 0) * (unitSeconds[unit] ?? 0) * 1000;
  return startOf(base, now) + (sign === '+' ? shift : -shift);
}

function startOf(base: string, now: number): number {
  if (base === 'now') return now;
  const day = new Date(now);
  day.setUTCHours(0, 0, 0, 0);
  if (base === 'now/w') day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  if (base === 'now/m') day.setUTCDate(1);
  return day.getTime();
}

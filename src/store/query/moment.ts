const units = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/**
 * `now`, `now/d` (the start of the day), `now/w` (of the week, a Monday), `now/m` (of the month), each with `+` or `-` a
 * number of s, m, h, d or w; UTC. Undefined where it is not that.
 *
 * @param now epoch milliseconds
 */
export function momentOf(text: string, now: number): number | undefined {
  const match = /^now(?:\/([dwm]))?(?:\s*([+-])\s*(\d{1,9})([smhdw]))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, start, sign, count, unit] = match;
  const seconds = Number(count ?? 0) * secondsOf(unit) * (sign === '-' ? -1 : 1);
  return startOf(now, start) + seconds * 1000;
}

function secondsOf(unit: string | undefined): number {
  return unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w' ? units[unit] : 0;
}

function startOf(now: number, of: string | undefined): number {
  if (of === undefined) return now;
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (of === 'm') return Date.UTC(year, month, 1);
  const daysSinceMonday = (date.getUTCDay() + 6) % 7;
  return Date.UTC(year, month, of === 'w' ? day - daysSinceMonday : day);
}

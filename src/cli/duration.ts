import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** What a timer can wait for. */
const longestMs = 2 ** 31 - 1;

/** `500ms`, `90s`, `30m`, `2h`, or seconds without a unit; in milliseconds. */
export function parseDuration(text: string): number {
  const [, digits = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(digits) * (units[unit] ?? Number.NaN);
  if (digits !== '' && ms > 0 && ms <= longestMs) return ms;
  throw new InvalidArgumentError('It has to be a time such as 500ms, 90s, 30m or 2h.');
}

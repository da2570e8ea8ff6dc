import { daySeconds, type Sample } from './real-series.ts';

/** Half-open, epoch seconds, midnights UTC. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** What a record should say of one metric, worked out from the samples with nothing of the product's. */
export interface Truth {
  readonly avg: number;
  /** A range where the record may name an upper bound of the maximum. */
  readonly max: { readonly least: number; readonly most: number };
  readonly min: number;
  readonly p95: number;
  /** 0 to 1 */
  readonly coverage: number;
}

/** Every series here has a sample in five minutes. */
const sampleSeconds = 300;

/** The newest whole UTC days, counting from a quarter past midnight. @param now epoch milliseconds */
export function windowOf(days: number, now: number): Window {
  const end = Math.floor((now / 1000 - 900) / daySeconds) * daySeconds;
  return { start: end - days * daySeconds, end };
}

/** A percentage: its average is the mean of the samples. Undefined where no sample is in the window. */
export function truthOfLevel(samples: readonly Sample[], window: Window, factor = 1): Truth | undefined {
  const inside = within(samples, window).map(({ time, value }) => ({ time, value: value * factor }));
  if (inside.length === 0) return undefined;
  const values = inside.map(({ value }) => value);
  return {
    avg: sum(values) / values.length,
    max: exactly(Math.max(...values)),
    min: Math.min(...values),
    p95: nearestRank(fiveMinutePoints(inside)),
    coverage: observedSeconds([inside]) / (window.end - window.start),
  };
}

/** Bytes or operations per sample, of parts that are added: what was moved over the time in which it was. */
export function truthOfAmount(parts: readonly (readonly Sample[])[], window: Window): Truth | undefined {
  const inside = parts
    .map((part) => within(part, window).map(({ time, value }) => ({ time, value: value / sampleSeconds })))
    .filter((part) => part.length > 0);
  if (inside.length === 0) return undefined;
  const seconds = observedSeconds(inside);
  const together = new Map<number, number>();
  for (const part of inside)
    for (const [slot, rate] of fiveMinutePoints(part)) together.set(slot, (together.get(slot) ?? 0) + rate);
  const all = inside.flat().map(({ value }) => value);
  return {
    avg: (sum(all) * sampleSeconds) / seconds,
    max:
      inside.length === 1
        ? exactly(Math.max(...all))
        : {
            least: Math.max(...together.values()),
            most: sum(inside.map((part) => Math.max(...part.map(({ value }) => value)))),
          },
    min: inside.length === 1 ? Math.min(...all) : Math.min(...together.values()),
    p95: nearestRank(together),
    coverage: seconds / (window.end - window.start),
  };
}

function within(samples: readonly Sample[], { start, end }: Window): Sample[] {
  return samples.filter(({ time }) => time >= start && time < end);
}

/** Five-minute points: the mean of the samples of each five minutes of the clock. */
function fiveMinutePoints(samples: readonly Sample[]): Map<number, number> {
  const slots = Map.groupBy(samples, ({ time }) => Math.floor(time / 300));
  return new Map([...slots].map(([slot, own]) => [slot, sum(own.map(({ value }) => value)) / own.length]));
}

/** On each day that of the part that was observed longest. */
function observedSeconds(parts: readonly (readonly Sample[])[]): number {
  const longest = new Map<number, number>();
  for (const part of parts) {
    for (const [day, own] of Map.groupBy(part, ({ time }) => Math.floor(time / daySeconds)))
      longest.set(day, Math.max(longest.get(day) ?? 0, Math.min(daySeconds, own.length * sampleSeconds)));
  }
  return sum([...longest.values()]);
}

function nearestRank(points: ReadonlyMap<number, number>): number {
  const sorted = [...points.values()].sort((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN;
}

function exactly(value: number): Truth['max'] {
  return { least: value, most: value };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

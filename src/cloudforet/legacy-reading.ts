import { emptyCell } from '#model/day-cell.ts';
import { serverMetricKeys } from '#model/metric.ts';
import { dayCount, daySeconds } from '#model/window.ts';
import type { Reading } from './reading.ts';

/**
 * The old plugin's numbers, for those who compare: one bucket that ends now and is as long as the whole period, values as the
 * cloud has them (per sample, not per second), of two names the last, one decimal.
 *
 * @param now epoch milliseconds
 */
export function legacyReading(now: number): Reading {
  return {
    keysOf: ({ legacyKeys }) => serverMetricKeys.filter((key) => legacyKeys[key] !== undefined),
    knowsMemory: false,
    nativesOf(key, { legacyKeys }) {
      const name = legacyKeys[key];
      return name === undefined ? [] : [{ name, sampling: 'level', counter: name }];
    },
    span(days) {
      const periodSeconds = dayCount(days) * daySeconds;
      return { start: isoSeconds(now - periodSeconds * 1000), end: isoSeconds(now), periodSeconds };
    },
    statsOf: () => ['mean', 'max'],
    counterOf: () => undefined,
    cellOf([part], days) {
      const means = part?.points.mean.filter(Number.isFinite) ?? [];
      const maxima = part?.points.max.filter(Number.isFinite) ?? [];
      if (means.length + maxima.length === 0) return emptyCell;
      const average = means.length === 0 ? 0 : means.reduce((sum, value) => sum + value, 0) / means.length;
      const seconds = dayCount(days) * daySeconds;
      return { sum: oneDecimal(average) * seconds, seconds, max: oneDecimal(Math.max(0, ...maxima)) };
    },
  };
}

/** As Python rounds: what lies exactly between two goes to the even one. */
export function oneDecimal(value: number): number {
  const [down, up] = [Math.floor(value * 10), Math.ceil(value * 10)];
  const isHalfway = Number.isInteger(value * 4) && !Number.isInteger(value * 2);
  return isHalfway ? (down % 2 === 0 ? down : up) / 10 : Number(value.toFixed(1));
}

function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

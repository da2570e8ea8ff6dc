import type { MeasuredInfo, MonitoringInfo } from '../../../src/model/record.ts';

interface Samples {
  readonly got: number;
  /** If every period of the window had one. */
  readonly expected: number;
}

/** How many points of its period a value is made of. @returns undefined for what is no series */
export function samplesOf(
  { period, coverage }: Pick<MeasuredInfo, 'period' | 'coverage'>,
  { start, end }: MonitoringInfo['window'],
): Samples | undefined {
  if (period === 0) return undefined;
  const expected = Math.round((Date.parse(end) - Date.parse(start)) / 1000 / period);
  return { got: Math.round(expected * coverage), expected };
}

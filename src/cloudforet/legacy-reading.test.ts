import { describe, expect, it } from 'vitest';
import { aws } from './catalog/aws.ts';
import { legacyReading, oneDecimal } from './legacy-reading.ts';
import type { Points } from './native-cell.ts';

const now = Date.UTC(2026, 10, 18, 12, 34, 56, 789);
const days = { from: 100, to: 107 };
const reading = legacyReading(now);
const cellOf = (points: Partial<Points>) => {
  const [native] = reading.nativesOf('cpu.utilization', aws);
  if (native === undefined) throw new Error('no metric');
  const all = { mean: [], max: [], min: [], sum: [], ...points };
  return reading.cellOf(
    [{ native, points: all, time: undefined, memory: undefined, provider: aws, wantsMin: false }],
    days,
  );
};

describe('the old numbers', () => {
  it('are of one bucket that ends now', () => {
    expect(reading.span(days)).toEqual({
      start: '2026-11-11T12:34:56Z',
      end: '2026-11-18T12:34:56Z',
      periodSeconds: 7 * 86_400,
    });
  });

  it('are the plain mean and the maximum, with one decimal', () => {
    const { sum, seconds, max } = cellOf({ mean: [1.04, 2.12], max: [7.77, 3] });
    expect([sum / seconds, max]).toEqual([1.6, 7.8]);
  });

  it('are nothing where nothing came', () => {
    expect(cellOf({}).seconds).toBe(0);
  });

  it('are of the EBS metric alone, which came after the other', () => {
    expect(reading.nativesOf('disk.read_iops', aws).map(({ name }) => name)).toEqual(['EBSReadOps']);
  });

  it('are rounded as Python rounds', () => {
    const cases = [0.25, 0.75, 0.35, 2.25, 2.35, 0.05, 0.04, 12.345, 99.95, 1e9 + 0.25];
    expect(cases.map(oneDecimal)).toEqual([0.2, 0.8, 0.3, 2.2, 2.4, 0.1, 0, 12.3, 100, 1_000_000_000.2]);
  });
});

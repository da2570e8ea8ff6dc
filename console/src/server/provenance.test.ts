import { describe, expect, it } from 'vitest';
import { jobAt } from './job-at.ts';
import { samplesOf } from './samples.ts';

const window = { start: '2026-11-08T00:00:00Z', end: '2026-11-22T00:00:00Z' };

it.each([
  { period: 300, coverage: 1, want: { got: 4032, expected: 4032 } },
  { period: 300, coverage: 0.995, want: { got: 4012, expected: 4032 } },
  { period: 86_400, coverage: 0.5, want: { got: 7, expected: 14 } },
  { period: 0, coverage: 1, want: undefined },
])('$coverage of points of $period s are $want', ({ want, ...info }) => {
  expect(samplesOf(info, window)).toEqual(want);
});

describe('the run that collected', () => {
  const job = (id: number, started_at: string, finished_at: string | null) => ({
    id,
    started_at,
    finished_at,
    heartbeat_at: '2026-11-22T09:30:00Z',
  });
  const first = job(1, '2026-11-22T08:00:00Z', '2026-11-22T08:10:00Z');
  const second = job(2, '2026-11-22T09:00:00Z', null);

  it.each([
    { at: '2026-11-22T08:05:00Z', want: 1 },
    { at: '2026-11-22T09:30:00Z', want: 2 },
    { at: '2026-11-22T08:30:00Z', want: undefined },
  ])('at $at is $want', ({ at, want }) => {
    expect(jobAt([second, first], at)?.id).toBe(want);
  });

  it('is not guessed where two were at work', () => {
    expect(jobAt([second, job(3, '2026-11-22T09:10:00Z', null)], '2026-11-22T09:20:00Z')).toBeUndefined();
  });
});

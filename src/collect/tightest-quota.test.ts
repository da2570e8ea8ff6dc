import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CallLimit } from '#model/calls.ts';
import { noCost } from '#model/fleet.ts';
import { type PlannedCalls, tightestQuota } from './tightest-quota.ts';

const limit: CallLimit = { perSecond: 45, timeoutMs: 1000, quota: { perSecond: 50 } };
const ofPoints: CallLimit = {
  ...limit,
  pointsPerSecond: 360_000,
  quota: { perSecond: 50, pointsPerSecond: 396_000 },
};

function placeOf(region: string, calls: number, rest: { limit?: CallLimit; points?: number } = {}): PlannedCalls {
  const { points = 0, limit: own = limit } = rest;
  return { account: 'prod', region, cost: { ...noCost, calls, points }, api: 'cloudwatch:GetMetricData', limit: own };
}

it.each([
  { name: 'over a minute, what is done in a second', place: placeOf('r', 45), share: 45 / 3000 },
  { name: 'over its own time, what takes longer', place: placeOf('r', 45 * 600), share: 45 / 50 },
  {
    name: 'by points, where they are the tighter quota',
    place: placeOf('r', 1, { limit: ofPoints, points: 360_000 * 600 }),
    share: 360 / 396,
  },
  {
    name: 'all of it, and not more, where the pace that we keep is above it',
    place: placeOf('r', 1e6, { limit: { ...limit, quota: { perSecond: 40 } } }),
    share: 1,
  },
])('is the part of the quota that is taken $name', ({ place, share }) => {
  const quota = tightestQuota([place]);
  expect(quota).toMatchObject({ place: 'prod/r', api: 'cloudwatch:GetMetricData' });
  expect(quota?.share).toBeCloseTo(share, 9);
});

it('names the place that is the tightest', () => {
  expect(tightestQuota([placeOf('a', 30), placeOf('b', 90), placeOf('c', 60)])?.place).toBe('prod/b');
});

it('names an account alone whose quota is for all regions', () => {
  expect(tightestQuota([placeOf('global', 30)])?.place).toBe('prod');
});

it('knows none where the cloud tells no quota, or nothing is asked', () => {
  const { quota: _, ...unknown } = limit;
  expect(tightestQuota([placeOf('r', 1e6, { limit: unknown })])).toBeUndefined();
  expect(tightestQuota([placeOf('r', 0)])).toBeUndefined();
  expect(tightestQuota([])).toBeUndefined();
  expect(tightestQuota([placeOf('r', 1e6, { limit: unknown }), placeOf('s', 30)])?.place).toBe('prod/s');
});

it('takes no less for more calls, and no more than there is', () => {
  const calls = fc.nat(1e6);
  fc.assert(
    fc.property(calls, calls, (some, more) => {
      const [less, all] = [some, some + more].map((count) => tightestQuota([placeOf('r', count)])?.share ?? 0);
      expect(less).toBeLessThanOrEqual((all ?? 0) + 1e-12);
      expect(all).toBeLessThanOrEqual(1);
    }),
  );
});

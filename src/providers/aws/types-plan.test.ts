import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateRegion } from '#collect/estimate.ts';
import type { Want } from '#model/fleet.ts';
import { metricsOfAny, serverType } from '#model/resource-type.ts';
import { statistics } from '#model/statistic.ts';
import { dayCount, daySeconds, lastDays } from '#model/window.ts';
import { AgentIndex } from './agent-index.ts';
import { maxPointsPerCall, maxQueriesPerCall } from './catalog.ts';
import { aws } from './index.ts';
import { planRequests } from './plan.ts';
import type { RowResource } from './resource.ts';
import { keysOfRows, type RowSetId, rowSets } from './rows.ts';
import { StorageIndex } from './storage-index.ts';
import { connectTo, read, startCloud, worldNow } from './testing-fleet.fixture.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const today = Math.floor(now / 1000 / daySeconds);
const sets = Object.keys(rowSets).filter((id): id is RowSetId => Object.hasOwn(rowSets, id));

const resources = fc.uniqueArray(
  fc
    .record({
      id: fc.nat(1e6).map((n) => `arn:${n}`),
      rows: fc.constantFrom(...sets),
      region: fc.constantFrom('eu-west-1', 'us-east-1'),
      state: fc.constantFrom('RUNNING' as const, 'STOPPED' as const, 'TERMINATED' as const),
      knowsTotals: fc.boolean(),
      bornDaysAgo: fc.nat(40),
    })
    .map(
      ({ id, rows, knowsTotals, bornDaysAgo, ...more }): RowResource => ({
        ...more,
        id,
        rows,
        provider: 'aws',
        group: '',
        type: '',
        account: '123456789012',
        name: id,
        instanceType: '',
        metrics: keysOfRows(rows),
        tags: {},
        constants: knowsTotals ? { 'memory.total': 2 ** 33, 'storage.total': 2 ** 36 } : {},
        createdAt: now / 1000 - bornDaysAgo * daySeconds,
        dimensions: [{ Name: rows === 's3' ? 'BucketName' : 'Id', Value: id }],
      }),
    ),
  { selector: ({ id }) => id, maxLength: 60 },
);

const wants = fc
  .record({
    resources,
    wanted: fc.uniqueArray(fc.constantFrom(...statistics), { minLength: 1 }),
    ago: fc.integer({ min: 1, max: 90 }),
    length: fc.integer({ min: 1, max: 30 }),
  })
  .map(({ resources, wanted, ago, length }) =>
    resources.map(
      (resource): Want<RowResource> => ({
        resource,
        keys: resource.metrics.filter((key) => resource.constants[key] === undefined),
        statistics: wanted,
        days: { from: today - ago, to: Math.min(today, today - ago + length) },
      }),
    ),
  );

/** Buckets whose ids end in an odd digit hold two types of storage, the others none. */
function surveyOf(wanted: readonly Want<RowResource>[]) {
  const storage = new StorageIndex();
  for (const { resource } of wanted.filter(({ resource: { id } }) => /[13579]$/.test(id))) {
    for (const Value of ['StandardStorage', 'GlacierStorage'])
      storage.add([...resource.dimensions, { Name: 'StorageType', Value }]);
  }
  return { agents: new AgentIndex(), storage };
}

describe('a plan for resources of all types', () => {
  it('breaks no limit, asks for no period that is not kept, and answers each wanted key once', () => {
    fc.assert(
      fc.property(wants, fc.boolean(), (wanted, isSurveyed) => {
        const { requests, unasked } = planRequests(wanted, isSurveyed ? surveyOf(wanted) : undefined, now);
        for (const { measurements, days, region } of requests) {
          const queries = measurements.flatMap(({ parts }) => parts.flatMap((part) => part.queries));
          expect(queries.length).toBeLessThanOrEqual(maxQueriesPerCall);
          const points = queries.reduce((sum, { period }) => sum + (dayCount(days) * daySeconds) / period, 0);
          if (measurements.length > 1) expect(points).toBeLessThanOrEqual(maxPointsPerCall);
          const ageDays = now / 1000 / daySeconds - days.from;
          const finest = ageDays > 63 ? 3600 : ageDays > 15 ? 300 : 60;
          for (const { period } of queries) expect(period % finest).toBe(0);
          for (const { resource } of measurements) expect(resource.region).toBe(region);
        }
        const answered = [
          ...requests.flatMap(({ covers }) =>
            covers.flatMap(({ resourceId, keys }) => keys.map((key) => `${resourceId} ${key}`)),
          ),
          ...unasked.map(({ resourceId, key }) => `${resourceId} ${key}`),
        ];
        expect(answered.toSorted()).toEqual(
          wanted.flatMap(({ resource, keys }) => keys.map((key) => `${resource.id} ${key}`)).toSorted(),
        );
      }),
    );
  });

  it('asks for each series once, with at most five statistics of a period, so that it is billed as one metric', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        const { requests } = planRequests(wanted, surveyOf(wanted), now);
        const series = requests.flatMap(({ measurements }) =>
          measurements.flatMap(({ parts }) =>
            parts.map(({ metric, dimensions, queries }) => {
              const names = queries.map(({ stat, period }) => `${stat} ${period}`);
              expect(new Set(names).size).toBe(names.length);
              expect(names.length).toBeLessThanOrEqual(6);
              return JSON.stringify([metric, dimensions]);
            }),
          ),
        );
        expect(new Set(series).size).toBe(series.length);
        const metrics = requests.reduce((sum, { cost }) => sum + cost.metrics, 0);
        expect(metrics).toBe(series.length);
      }),
    );
  });
});

describe('the cost of a run over all types', () => {
  it('is at least what it comes to, and no call more is made than planned', async () => {
    const cloud = await startCloud();
    const types = aws.types.map(({ id }) => id).filter((id) => id !== serverType);
    const { fleet, close, ledger } = await connectTo(cloud.url);
    const estimate = await estimateRegion({
      fleet,
      region: 'us-east-1',
      types,
      wanted: {
        keys: metricsOfAny([aws], types),
        statistics: ['avg', 'max'],
        window: lastDays(14, worldNow),
      },
      selects: () => true,
      known: async () => new Map(),
      limit: aws.limits['cloudwatch:GetMetricData'],
      signal: new AbortController().signal,
    });
    expect(ledger.spent().usd).toBe(0);
    close();
    const { ledger: spending, servers } = await read(cloud, { types });
    await cloud.stop();
    const spent = spending.spent();
    expect(estimate.servers).toBe(servers.size);
    expect(spent.calls).toBeGreaterThan(0);
    expect(spent.calls).toBeLessThanOrEqual(estimate.cost.calls);
    expect(spent.usd).toBeLessThanOrEqual(estimate.cost.usdAtMost);
    expect(spent.usdAtMost).toBeLessThanOrEqual(estimate.cost.usdAtMost);
    // Only how many types of storage there are is not known before.
    expect(Math.abs(spent.metrics - estimate.cost.metrics)).toBeLessThanOrEqual(2 * 4);
  });
});

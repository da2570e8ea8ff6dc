import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Want } from '#model/fleet.ts';
import { type MetricKey, metricKeys, serverMetricKeys } from '#model/metric.ts';
import type { MissingReason } from '#model/missing.ts';
import type { ResourceState } from '#model/resource.ts';
import { statistics } from '#model/statistic.ts';
import { dayCount, daySeconds, startOf } from '#model/window.ts';
import { maxDaysPerCall, maxIdsPerCall, maxPointsPerCall, prices, retentionDays } from './catalog.ts';
import { type AzureType, grains } from './native-metric.ts';
import { planRequests } from './plan.ts';
import { callsOf } from './request.ts';
import type { AzureResource } from './resource.ts';
import { databaseKind, diskKind, resourceTypes, scaleSetKind, serverKind } from './types.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const today = Math.floor(now / 1000 / daySeconds);
const states: ResourceState[] = ['RUNNING', 'STOPPED', 'TERMINATED', 'UNKNOWN'];
const fortnight = { from: today - 14, to: today };

const resources = fc.uniqueArray(
  fc.record({
    number: fc.nat(100_000),
    kind: fc.constantFrom<AzureType>(...resourceTypes),
    region: fc.constantFrom('westeurope', 'eastus2'),
    state: fc.constantFrom(...states),
    interfaces: fc.oneof(fc.constant(1), fc.nat(8), fc.constant(60)),
    knowsTotals: fc.boolean(),
    stoppedDaysAgo: fc.option(fc.nat(40), { nil: undefined }),
    bornDaysAgo: fc.nat(40),
  }),
  { selector: ({ number }) => number, maxLength: 130 },
);

const wants = fc
  .record({
    resources,
    keys: fc.uniqueArray(fc.constantFrom(...metricKeys), { minLength: 1 }),
    statistics: fc.uniqueArray(fc.constantFrom(...statistics), { minLength: 1 }),
    ranges: fc.array(fc.record({ ago: fc.integer({ min: 1, max: 200 }), length: fc.integer({ min: 1, max: 100 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ resources, keys, statistics, ranges }) =>
    resources.map((draft, at): Want<AzureResource> => {
      const { ago, length } = ranges[at % ranges.length] ?? { ago: 14, length: 14 };
      const days = { from: today - ago, to: Math.min(today, today - ago + length) };
      return { resource: resourceOf(draft), keys, statistics, days };
    }),
  );

describe('a plan for resources of all types', () => {
  it('never breaks a limit of getBatch', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        for (const request of planRequests(wanted, now).requests) {
          for (const { ids, days, grain, metrics, aggregations, cost } of callsOf(request)) {
            expect(new Set(metrics).size).toBe(metrics.length);
            expect(new Set(ids).size).toBe(ids.length);
            expect(refusedOf(metrics, aggregations)).toEqual([]);
            expect(metrics.length).toBeLessThanOrEqual(20);
            expect(ids.length).toBeGreaterThan(0);
            expect(ids.length).toBeLessThanOrEqual(maxIdsPerCall);
            expect(dayCount(days)).toBeGreaterThan(0);
            expect(dayCount(days)).toBeLessThanOrEqual(maxDaysPerCall);
            expect(days.from).toBeGreaterThanOrEqual(today - retentionDays);
            expect(cost.points).toBe(ids.length * metrics.length * dayCount(days) * grains[grain].perDay);
            expect(cost.points).toBeLessThanOrEqual(maxPointsPerCall);
          }
        }
      }),
    );
  });

  it('answers each wanted measurement exactly once: by a request, or by a reason', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        const { requests, unasked } = planRequests(wanted, now);
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

  it('asks for all that it covers, and reads every day of it that is kept, once', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        const wantOf = new Map(wanted.map((want) => [want.resource.id, want]));
        for (const request of planRequests(wanted, now).requests) {
          const calls = callsOf(request);
          for (const { resource, keys } of request.targets) {
            expect(resource.region).toBe(request.region);
            expect(Object.values(resource.kind.native).map(({ family }) => family)).toContain(request.family);
            expect(request.days).toEqual(wantOf.get(resource.id)?.days);
            for (const key of keys) {
              const { metric = '', shape } = nativeOf(resource, key) ?? {};
              const isFine = shape === 'events' || shape === 'instances';
              for (const id of resource.carriers[request.family.carrier]) {
                const own = calls.filter((call) => call.ids.includes(id) && call.metrics.includes(metric));
                for (const purpose of request.wantsPoints && !isFine ? (['cells', 'points'] as const) : ['cells']) {
                  const days = own
                    .filter((call) => call.purpose === purpose)
                    .flatMap((call) => Array.from({ length: dayCount(call.days) }, (_, n) => call.days.from + n));
                  expect(new Set(days).size).toBe(days.length);
                  expect(days.length).toBe(dayCount(request.kept));
                }
              }
            }
          }
        }
      }),
    );
  });

  it('is the same for the same input', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        expect(planRequests(wanted, now)).toEqual(planRequests(wanted, now));
      }),
    );
  });

  it.each([
    { machines: 1000, interfaces: () => 1, calls: 40 },
    { machines: 1000, interfaces: (n: number) => (n % 5 === 0 ? 2 : 1), calls: 20 + 24 },
    { machines: 130, interfaces: (n: number) => (n % 10 === 0 ? 8 : 1), calls: 3 + 5 },
    { machines: 7, interfaces: () => 1, calls: 2 },
  ])('takes $calls calls for $machines machines, 12 keys, avg and max, 14 days', ({ machines, interfaces, calls }) => {
    const wanted = Array.from({ length: machines }, (_, n): Want<AzureResource> => {
      const resource = resourceOf({ ...base, number: n, interfaces: interfaces(n) });
      return { resource, keys: serverMetricKeys, statistics: ['avg', 'max'], days: fortnight };
    });
    const { requests } = planRequests(wanted, now);
    expect(requests.reduce((sum, { cost }) => sum + cost.calls, 0)).toBe(calls);
    const series = wanted.reduce((sum, { resource }) => sum + 9 + 2 * resource.carriers.interfaces.length, 0);
    expect(requests.reduce((sum, { cost }) => sum + cost.metrics, 0)).toBe(series);
    expect(requests.reduce((sum, { cost }) => sum + cost.usd, 0)).toBe(0);
    expect(requests.reduce((sum, { cost }) => sum + cost.usdAtMost, 0)).toBeCloseTo(series * prices.standardCall, 9);
  });

  it.each<{ kind: AzureType; count: number; calls: number }>([
    // Of states hours of a week fit a call, of connections the five minutes of four days.
    { kind: databaseKind, count: 1000, calls: 20 * (2 + 4) },
    { kind: diskKind, count: 1000, calls: 20 },
    { kind: diskKind, count: 51, calls: 2 },
    // The five minutes of a day fit a call of 28.
    { kind: scaleSetKind, count: 100, calls: 4 * 14 },
  ])('takes $calls calls for $count of $kind.label, avg and max, 14 days', ({ kind, count, calls }) => {
    const wanted = Array.from({ length: count }, (_, n): Want<AzureResource> => {
      const resource = resourceOf({ ...base, kind, number: n });
      const keys = kind.metrics.filter((key) => !Object.hasOwn(kind.constants, key));
      return { resource, keys, statistics: ['avg', 'max'], days: fortnight };
    });
    const { requests, unasked } = planRequests(wanted, now);
    expect(unasked).toEqual([]);
    expect(requests.reduce((sum, { cost }) => sum + cost.calls, 0)).toBe(calls);
  });

  it('asks a mixture of types as it asks each of them alone', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        const together = planRequests(wanted, now).requests.map(({ cost }) => cost.calls);
        const alone = resourceTypes.flatMap(({ id }) =>
          planRequests(
            wanted.filter(({ resource }) => resource.kind.id === id),
            now,
          ).requests.map(({ cost }) => cost.calls),
        );
        expect(together.toSorted()).toEqual(alone.toSorted());
      }),
    );
  });

  it('asks for the clock of a database where connections are all that is wanted', () => {
    const resource = resourceOf({ ...base, kind: databaseKind });
    const want = { resource, keys: ['connections.rate'], statistics: ['avg'], days: fortnight } as const;
    expect(planRequests([want], now).requests.flatMap(callsOf)).toMatchObject([
      { grain: 'hour', metrics: ['cpu_percent'], aggregations: ['average', 'maximum'] },
      { grain: 'point', metrics: ['connection_successful'], aggregations: ['total'] },
    ]);
  });

  it.each([
    { keys: ['cpu.utilization'], min: false, asks: ['average', 'maximum', 'total', 'count'], of: 2 },
    { keys: ['disk.read_iops'], min: false, asks: ['average', 'maximum', 'count'], of: 1 },
    { keys: ['memory.usage'], min: false, asks: ['average', 'minimum', 'count'], of: 1 },
    { keys: ['memory.usage'], min: true, asks: ['average', 'maximum', 'minimum', 'count'], of: 1 },
    { keys: ['network.sent_pps'], min: false, asks: ['maximum', 'total', 'count'], of: 1 },
    { keys: ['network.sent_pps'], min: true, asks: ['maximum', 'minimum', 'total', 'count'], of: 1 },
  ] satisfies { keys: MetricKey[]; min: boolean; asks: string[]; of: number }[])(
    'asks $of metric(s) for $asks where $keys is wanted, min: $min',
    ({ keys, min, asks, of }) => {
      const want: Want<AzureResource> = {
        resource: resourceOf(base),
        keys,
        statistics: ['avg', 'max', ...(min ? (['min'] as const) : [])],
        days: fortnight,
      };
      const [request] = planRequests([want], now).requests;
      const [call, ...more] = request === undefined ? [] : callsOf(request);
      expect(call).toMatchObject({ aggregations: asks });
      expect(call?.metrics).toHaveLength(of);
      expect(more).toEqual([]);
    },
  );
});

describe('what is known without a call', () => {
  it.each<{ name: string; draft: Partial<Draft>; key?: MetricKey; reason: MissingReason }>([
    { name: 'a machine that is gone', draft: { state: 'TERMINATED' }, reason: 'terminated' },
    { name: 'one born after the window', draft: { bornDaysAgo: 0 }, reason: 'too_new' },
    {
      name: 'packets of one without interfaces',
      draft: { interfaces: 0 },
      key: 'network.sent_pps',
      reason: 'unsupported',
    },
    {
      name: 'memory used of an unknown size',
      draft: { knowsTotals: false },
      key: 'memory.used',
      reason: 'unsupported',
    },
    {
      name: 'memory in total of an unknown size',
      draft: { knowsTotals: false },
      key: 'memory.total',
      reason: 'no_data',
    },
    {
      name: 'what is free in a database that grows as it is filled',
      draft: { kind: databaseKind, knowsTotals: false },
      key: 'storage.free',
      reason: 'unsupported',
    },
    {
      name: 'a database that was paused before the window',
      draft: { kind: databaseKind, state: 'STOPPED', stoppedDaysAgo: 14 },
      reason: 'stopped',
    },
    {
      name: 'a disk that was detached before the window',
      draft: { kind: diskKind, state: 'STOPPED', stoppedDaysAgo: 20 },
      key: 'disk.read_iops',
      reason: 'stopped',
    },
  ])('$name', ({ draft, key = 'cpu.utilization', reason }) => {
    const resource = resourceOf({ ...base, ...draft });
    const plan = planRequests([{ resource, keys: [key], statistics: ['avg'], days: fortnight }], now);
    expect(plan).toMatchObject({ requests: [], unasked: [{ key, reason }] });
  });

  it('nothing of what stopped within the window', () => {
    const resource = resourceOf({ ...base, kind: diskKind, state: 'STOPPED', stoppedDaysAgo: 13 });
    const plan = planRequests([{ resource, keys: ['disk.read_iops'], statistics: ['avg'], days: fortnight }], now);
    expect(plan.unasked).toEqual([]);
  });

  it('days that are no longer kept', () => {
    const days = { from: today - 200, to: today - retentionDays };
    const want: Want<AzureResource> = {
      resource: resourceOf(base),
      keys: ['cpu.utilization'],
      statistics: ['avg'],
      days,
    };
    expect(planRequests([want], now)).toMatchObject({ requests: [], unasked: [{ reason: 'no_data' }] });
    const later = planRequests([{ ...want, days: { ...days, to: days.to + 1 } }], now);
    expect(later.requests).toMatchObject([{ kept: { from: today - retentionDays, to: days.to + 1 } }]);
  });
});

interface Draft {
  readonly number: number;
  readonly kind: AzureType;
  readonly region: string;
  readonly state: ResourceState;
  readonly interfaces: number;
  readonly knowsTotals: boolean;
  readonly bornDaysAgo: number;
  readonly stoppedDaysAgo?: number | undefined;
}

const base: Draft = {
  number: 1,
  kind: serverKind,
  region: 'westeurope',
  state: 'RUNNING',
  interfaces: 1,
  knowsTotals: true,
  bornDaysAgo: 100,
};

function resourceOf({ number, kind, region, state, interfaces, knowsTotals, ...ago }: Draft): AzureResource {
  const group = '/subscriptions/30000000-0000-4000-8000-000000000011/resourceGroups/rg/providers';
  const id = `${group}/${kind.armType}/one-${number}`;
  const totals = Object.keys(kind.constants).map((key) => [key, 8 * 2 ** 30]);
  return {
    provider: 'azure',
    group: kind.group,
    type: kind.type,
    account: '30000000-0000-4000-8000-000000000011',
    region,
    id,
    name: `one-${number}`,
    state,
    instanceType: '',
    metrics: kind.metrics,
    tags: {},
    constants: knowsTotals ? Object.fromEntries(totals) : {},
    createdAt: startOf(today) - ago.bornDaysAgo * daySeconds,
    ...(ago.stoppedDaysAgo === undefined ? {} : { stoppedAt: startOf(today - ago.stoppedDaysAgo) }),
    kind,
    carriers: {
      self: [id],
      interfaces:
        kind.id === serverKind.id
          ? Array.from(
              { length: interfaces },
              (_, n) => `${group}/Microsoft.Network/networkInterfaces/one-${number}-${n}`,
            )
          : [],
    },
  };
}

function nativeOf({ kind }: AzureResource, key: MetricKey) {
  return kind.native[key];
}

/** Aggregations that SQL databases answer by an error for all metrics of the call: states are not counted, events are. */
function refusedOf(metrics: readonly string[], asked: readonly string[]): string[] {
  return metrics.flatMap((metric) => {
    if (!/^[a-z_]+$/.test(metric)) return [];
    const supported = metric === 'connection_successful' ? ['total', 'count'] : ['average', 'maximum', 'minimum'];
    return asked.filter((each) => !supported.includes(each)).map((each) => `${metric} ${each}`);
  });
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Want } from '#model/fleet.ts';
import { type MetricKey, metricKeys } from '#model/metric.ts';
import type { MissingReason } from '#model/missing.ts';
import type { ResourceState } from '#model/resource.ts';
import { statistics } from '#model/statistic.ts';
import { dayCount, daySeconds, startOf } from '#model/window.ts';
import {
  grains,
  maxDaysPerCall,
  maxIdsPerCall,
  maxPointsPerCall,
  prices,
  retentionDays,
  serverKind,
} from './catalog.ts';
import { planRequests } from './plan.ts';
import { callsOf } from './request.ts';
import type { AzureResource } from './resource.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const today = Math.floor(now / 1000 / daySeconds);
const states: ResourceState[] = ['RUNNING', 'STOPPED', 'TERMINATED', 'UNKNOWN'];
const fortnight = { from: today - 14, to: today };

const servers = fc.uniqueArray(
  fc.record({
    number: fc.nat(100_000),
    region: fc.constantFrom('westeurope', 'eastus2'),
    state: fc.constantFrom(...states),
    interfaces: fc.oneof(fc.constant(1), fc.nat(8), fc.constant(60)),
    knowsMemory: fc.boolean(),
    bornDaysAgo: fc.nat(40),
  }),
  { selector: ({ number }) => number, maxLength: 130 },
);

const wants = fc
  .record({
    servers,
    keys: fc.uniqueArray(fc.constantFrom(...metricKeys), { minLength: 1 }),
    statistics: fc.uniqueArray(fc.constantFrom(...statistics), { minLength: 1 }),
    ranges: fc.array(fc.record({ ago: fc.integer({ min: 1, max: 200 }), length: fc.integer({ min: 1, max: 100 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ servers, keys, statistics, ranges }) =>
    servers.map((draft, at): Want<AzureResource> => {
      const { ago, length } = ranges[at % ranges.length] ?? { ago: 14, length: 14 };
      const days = { from: today - ago, to: Math.min(today, today - ago + length) };
      return { resource: serverOf(draft), keys, statistics, days };
    }),
  );

describe('a plan', () => {
  it('never breaks a limit of getBatch', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        for (const request of planRequests(wanted, now).requests) {
          expect(request.metrics.length).toBeLessThanOrEqual(20);
          for (const { ids, days, grain, cost } of callsOf(request)) {
            expect(ids.length).toBeGreaterThan(0);
            expect(ids.length).toBeLessThanOrEqual(maxIdsPerCall);
            expect(dayCount(days)).toBeGreaterThan(0);
            expect(dayCount(days)).toBeLessThanOrEqual(maxDaysPerCall);
            expect(days.from).toBeGreaterThanOrEqual(today - retentionDays);
            expect(cost.points).toBe(ids.length * request.metrics.length * dayCount(days) * grains[grain].perDay);
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
            expect(request.days).toEqual(wantOf.get(resource.id)?.days);
            for (const key of keys) expect(request.metrics).toContain(nativeOf(key));
            for (const id of resource.carriers[request.carrier]) {
              for (const grain of request.wantsPoints ? (['day', 'point'] as const) : (['day'] as const)) {
                const own = calls.filter((call) => call.grain === grain && call.ids.includes(id));
                const days = own.flatMap((call) =>
                  Array.from({ length: dayCount(call.days) }, (_, n) => call.days.from + n),
                );
                expect(new Set(days).size).toBe(days.length);
                expect(days.length).toBe(dayCount(request.kept));
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
      const resource = serverOf({ ...base, number: n, interfaces: interfaces(n) });
      return { resource, keys: metricKeys, statistics: ['avg', 'max'], days: fortnight };
    });
    const { requests } = planRequests(wanted, now);
    expect(requests.reduce((sum, { cost }) => sum + cost.calls, 0)).toBe(calls);
    const series = wanted.reduce((sum, { resource }) => sum + 9 + 2 * resource.carriers.interfaces.length, 0);
    expect(requests.reduce((sum, { cost }) => sum + cost.metrics, 0)).toBe(series);
    expect(requests.reduce((sum, { cost }) => sum + cost.usd, 0)).toBe(0);
    expect(requests.reduce((sum, { cost }) => sum + cost.usdAtMost, 0)).toBeCloseTo(series * prices.standardCall, 9);
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
        resource: serverOf(base),
        keys,
        statistics: ['avg', 'max', ...(min ? (['min'] as const) : [])],
        days: fortnight,
      };
      const [request] = planRequests([want], now).requests;
      expect(request?.metrics).toHaveLength(of);
      expect(request && callsOf(request)).toMatchObject([{ aggregations: asks }]);
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
      draft: { knowsMemory: false },
      key: 'memory.used',
      reason: 'unsupported',
    },
    {
      name: 'memory in total of an unknown size',
      draft: { knowsMemory: false },
      key: 'memory.total',
      reason: 'no_data',
    },
  ])('$name', ({ draft, key = 'cpu.utilization', reason }) => {
    const resource = serverOf({ ...base, ...draft });
    const plan = planRequests([{ resource, keys: [key], statistics: ['avg'], days: fortnight }], now);
    expect(plan).toMatchObject({ requests: [], unasked: [{ key, reason }] });
  });

  it('days that are no longer kept', () => {
    const days = { from: today - 200, to: today - retentionDays };
    const want: Want<AzureResource> = {
      resource: serverOf(base),
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
  readonly region: string;
  readonly state: ResourceState;
  readonly interfaces: number;
  readonly knowsMemory: boolean;
  readonly bornDaysAgo: number;
}

const base: Draft = {
  number: 1,
  region: 'westeurope',
  state: 'RUNNING',
  interfaces: 1,
  knowsMemory: true,
  bornDaysAgo: 100,
};

function serverOf({ number, region, state, interfaces, knowsMemory, bornDaysAgo }: Draft): AzureResource {
  const group = '/subscriptions/30000000-0000-4000-8000-000000000011/resourceGroups/rg/providers';
  const id = `${group}/Microsoft.Compute/virtualMachines/vm-${number}`;
  return {
    provider: 'azure',
    group: serverKind.group,
    type: serverKind.type,
    account: '30000000-0000-4000-8000-000000000011',
    region,
    id,
    name: `vm-${number}`,
    state,
    instanceType: 'Standard_D2s_v5',
    metrics: serverKind.metrics,
    tags: {},
    constants: knowsMemory ? { 'memory.total': 8 * 2 ** 30 } : {},
    createdAt: startOf(today) - bornDaysAgo * daySeconds,
    kind: serverKind,
    carriers: {
      self: [id],
      interfaces: Array.from(
        { length: interfaces },
        (_, n) => `${group}/Microsoft.Network/networkInterfaces/vm-${number}-${n}`,
      ),
    },
  };
}

function nativeOf(key: MetricKey) {
  return Object.entries(serverKind.native).find(([name]) => name === key)?.[1];
}

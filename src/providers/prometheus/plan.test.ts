import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Want } from '#model/fleet.ts';
import { serverMetricKeys } from '#model/metric.ts';
import { needsPoints, statistics } from '#model/statistic.ts';
import { dayCount, daySeconds, startOf } from '#model/window.ts';
import { maxPointsPerAnswer, maxPointsPerSeries, maxSamplesPerQuery, maxServersPerQuery } from './catalog.ts';
import { samplesPerSlot } from './expressions.ts';
import { type PrometheusRequest, planRequests, queriesFor } from './plan.ts';
import type { PrometheusServer } from './server.ts';

const today = 20_779;

const servers = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 1e6 }).map((n) => `10.0.0.${n}:9100`),
    exporter: fc.constantFrom('node_exporter', 'windows_exporter', 'libvirt_exporter', 'kubernetes'),
    state: fc.constantFrom('RUNNING' as const, 'STOPPED' as const, 'TERMINATED' as const),
    seenDaysAgo: fc.option(fc.nat(40), { nil: undefined }),
    bornDaysAgo: fc.option(fc.nat(40), { nil: undefined }),
    scrapeSeconds: fc.constantFrom(15, 60, 120),
    hasClock: fc.boolean(),
    isDoubled: fc.boolean(),
    isMeasured: fc.boolean(),
    cores: fc.constantFrom(1, 4, 64, 4000),
  }),
  { selector: ({ id }) => id, maxLength: 80 },
);

const wants = fc
  .record({
    servers,
    keys: fc.uniqueArray(fc.constantFrom(...serverMetricKeys), { minLength: 1 }),
    wanted: fc.uniqueArray(fc.constantFrom(...statistics), { minLength: 1 }),
    ranges: fc.array(fc.record({ ago: fc.integer({ min: 1, max: 90 }), length: fc.integer({ min: 1, max: 90 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ servers, keys, wanted, ranges }) =>
    servers.map((server, at): Want<PrometheusServer> => {
      const { ago, length } = ranges[at % ranges.length] ?? { ago: 14, length: 14 };
      const days = { from: today - ago, to: Math.min(today, today - ago + length) };
      return { resource: serverOf(server), keys, statistics: wanted, days };
    }),
  );

describe('a plan', () => {
  it('never asks one query for more than the limits allow', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        for (const request of planRequests(wanted).requests) {
          const { servers, spans, scope, statistics } = request;
          expect(servers.length).toBeLessThanOrEqual(maxServersPerQuery);
          for (const span of spans) {
            const slots = (dayCount(span) * daySeconds) / scope.slot.seconds;
            if (dayCount(span) > 1) expect(slots * samplesOf(request)).toBeLessThanOrEqual(maxSamplesPerQuery);
            if (!needsPoints(statistics)) continue;
            expect(slots).toBeLessThanOrEqual(maxPointsPerSeries);
            expect(slots * servers.length).toBeLessThanOrEqual(maxPointsPerAnswer);
          }
        }
      }),
    );
  });

  it('asks for each day of a request once', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        for (const { spans, days } of planRequests(wanted).requests) {
          expect(spans[0]?.from).toBe(days.from);
          expect(spans.at(-1)?.to).toBe(days.to);
          for (const [at, { from, to }] of spans.entries()) {
            expect(to).toBeGreaterThan(from);
            if (at > 0) expect(from).toBe(spans[at - 1]?.to);
          }
        }
      }),
    );
  });

  it('answers each wanted measurement exactly once: by a request, or by a reason', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        const { requests, unasked } = planRequests(wanted);
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

  it('puts together only what is asked for in the same way', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        const wantOf = new Map(wanted.map((want) => [want.resource.id, want]));
        for (const { servers, days, exporter, scope } of planRequests(wanted).requests) {
          for (const server of servers) {
            expect(server).toMatchObject({ exporter, by: scope.by, scrapeSeconds: scope.slot.scrapeSeconds });
            expect(server).toMatchObject({ hasClock: scope.hasClock, isDoubled: scope.isDoubled });
            expect(wantOf.get(server.id)?.days).toEqual(days);
          }
        }
      }),
    );
  });

  it('is the same for the same input', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        expect(planRequests(wanted)).toEqual(planRequests(wanted));
      }),
    );
  });

  it.each([
    { servers: 1000, days: 1, calls: 26 },
    { servers: 100, days: 14, calls: 26 },
    { servers: 1000, days: 14, calls: 34 },
  ])('takes $calls calls for $servers servers and $days days', ({ servers, days, calls }) => {
    const wanted = Array.from({ length: servers }, (_, n): Want<PrometheusServer> => {
      const resource = serverOf({ id: `10.0.0.${n}:9100`, cores: 4 });
      const keys = serverMetricKeys.filter((key) => key !== 'memory.total');
      return { resource, keys, statistics: ['avg', 'max'], days: { from: today - days, to: today } };
    });
    const { requests } = planRequests(wanted);
    expect(requests.reduce((sum, { cost }) => sum + cost.calls, 0)).toBe(calls);
    expect(requests.reduce((sum, { cost }) => sum + cost.metrics, 0)).toBe(11 * servers);
    expect(requests.every(({ cost }) => cost.usd + cost.usdAtMost === 0)).toBe(true);
  });
});

describe('what is known without a call', () => {
  const days = { from: today - 14, to: today };
  it.each([
    { name: 'a server that nothing measures', server: { isMeasured: false }, reason: 'agent_absent' },
    {
      name: 'one that was gone before',
      server: { state: 'TERMINATED' as const, seenDaysAgo: 15 },
      reason: 'terminated',
    },
    { name: 'one that was down before', server: { state: 'STOPPED' as const, seenDaysAgo: 15 }, reason: 'stopped' },
    { name: 'one that came after', server: { bornDaysAgo: 0 }, reason: 'too_new' },
  ])('$name is not asked about', ({ server, reason }) => {
    const resource = serverOf({ id: 'a:9100', ...server });
    const plan = planRequests([{ resource, keys: ['cpu.utilization'], statistics: ['avg'], days }]);
    expect(plan).toMatchObject({ requests: [], unasked: [{ key: 'cpu.utilization', reason }] });
  });

  it('one that was seen within the window is', () => {
    const resource = serverOf({ id: 'a:9100', state: 'TERMINATED', seenDaysAgo: 13 });
    const plan = planRequests([{ resource, keys: ['cpu.utilization'], statistics: ['avg'], days }]);
    expect(plan.requests).toHaveLength(1);
  });
});

it('percentiles are of the slots themselves, which tell the rest of a counter', () => {
  const resource = serverOf({ id: 'a:9100' });
  const keys = ['disk.read_iops', 'memory.used'] as const;
  const { requests } = planRequests([
    { resource, keys, statistics: ['avg', 'max', 'p95'], days: { from: today - 3, to: today } },
  ]);
  expect(requests.flatMap(queriesFor).map(({ key, statistic }) => `${key} ${statistic}`)).toEqual([
    'memory.used slots',
    'memory.used max',
    'disk.read_iops slots',
  ]);
});

function samplesOf({ servers, keys, family, scope }: PrometheusRequest): number {
  const perSlot = servers.map(({ seriesPerKey }) =>
    Math.max(...keys.map(({ measure }) => samplesPerSlot(measure, seriesPerKey[family], { ...scope, matchers: [] }))),
  );
  return perSlot.reduce((sum, each) => sum + each, 0);
}

interface ServerDraft {
  id: string;
  exporter?: string;
  state?: PrometheusServer['state'];
  seenDaysAgo?: number | undefined;
  bornDaysAgo?: number | undefined;
  scrapeSeconds?: number;
  hasClock?: boolean;
  isDoubled?: boolean;
  isMeasured?: boolean;
  cores?: number;
}

function serverOf(draft: ServerDraft): PrometheusServer {
  const { id, exporter = 'node_exporter', state = 'RUNNING', seenDaysAgo, bornDaysAgo, cores = 2 } = draft;
  return {
    provider: 'prometheus',
    group: 'Prometheus',
    type: 'Node',
    account: 'prometheus.example.org',
    region: 'global',
    id,
    name: id,
    state,
    instanceType: '',
    metrics: serverMetricKeys,
    tags: {},
    constants: {},
    exporter,
    by: ['instance'],
    ...(draft.isMeasured === false ? {} : { measuredAs: id }),
    ...(seenDaysAgo === undefined ? {} : { lastSeenAt: startOf(today - seenDaysAgo) }),
    ...(bornDaysAgo === undefined ? {} : { createdAt: startOf(today - bornDaysAgo) }),
    scrapeSeconds: draft.scrapeSeconds ?? 15,
    hasClock: draft.hasClock ?? true,
    isDoubled: draft.isDoubled ?? false,
    seriesPerKey: { cpu: cores, memory: 1, disk: 2, network: 1 },
  };
}

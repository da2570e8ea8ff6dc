import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Want } from '#model/fleet.ts';
import type { ResourceState } from '#model/resource.ts';
import { statistics } from '#model/statistic.ts';
import { daySeconds, startOf } from '#model/window.ts';
import { AgentIndex } from './agent-index.ts';
import { agentsOf } from './agents.ts';
import { maxPointsPerCall, maxQueriesPerCall } from './catalog.ts';
import { type AwsRequest, planRequests } from './plan.ts';
import type { Ec2Server } from './server.ts';
import { StorageIndex } from './storage-index.ts';
import { metricKeysOfEc2 } from './types.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const today = Math.floor(now / 1000 / daySeconds);

const states: ResourceState[] = ['RUNNING', 'STOPPED', 'TERMINATED', 'PENDING'];

const servers = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 1e6 }).map((n) => `i-${n.toString(16)}`),
    region: fc.constantFrom('eu-west-1', 'us-east-1'),
    state: fc.constantFrom(...states),
    ebs: fc.constantFrom('instance' as const, 'volumes' as const),
    volumes: fc.nat(4),
    hasInstanceStore: fc.boolean(),
    platform: fc.constantFrom('Linux/UNIX', 'Windows'),
    knowsMemory: fc.boolean(),
    bornDaysAgo: fc.nat(40),
  }),
  { selector: ({ id }) => id, maxLength: 60 },
);

const wants = fc
  .record({
    servers,
    keys: fc.uniqueArray(fc.constantFrom(...metricKeysOfEc2), { minLength: 1 }),
    statistics: fc.uniqueArray(fc.constantFrom(...statistics), { minLength: 1 }),
    ranges: fc.array(fc.record({ ago: fc.integer({ min: 1, max: 90 }), length: fc.integer({ min: 1, max: 30 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ servers, keys, statistics, ranges }) =>
    servers.map((server, at): Want<Ec2Server> => {
      const { ago, length } = ranges[at % ranges.length] ?? { ago: 14, length: 14 };
      return {
        resource: serverOf(server),
        keys,
        statistics,
        days: { from: today - ago, to: Math.min(today, today - ago + length) },
      };
    }),
  );

const agents = new AgentIndex();
agents.add('linux', [{ Name: 'InstanceId', Value: 'i-1' }]);
const survey = { agents, storage: new StorageIndex() };
const surveys = fc.constantFrom(survey, undefined);

describe('a plan', () => {
  it('never breaks a limit of GetMetricData', () => {
    fc.assert(
      fc.property(wants, surveys, (wanted, survey) => {
        for (const request of planRequests(wanted, survey, now).requests) {
          const queries = queriesOf(request);
          expect(queries.length).toBeLessThanOrEqual(maxQueriesPerCall);
          const points = queries.reduce(
            (sum, { period }) => sum + ((request.days.to - request.days.from) * daySeconds) / period,
            0,
          );
          if (request.measurements.length > 1) expect(points).toBeLessThanOrEqual(maxPointsPerCall);
          expect(request.cost.calls).toBe(Math.max(1, Math.ceil(points / maxPointsPerCall)));
        }
      }),
    );
  });

  it('asks only for periods that CloudWatch still keeps', () => {
    fc.assert(
      fc.property(wants, surveys, (wanted, survey) => {
        for (const request of planRequests(wanted, survey, now).requests) {
          const ageDays = (now / 1000 - startOf(request.days.from)) / daySeconds;
          const finest = ageDays > 63 ? 3600 : ageDays > 15 ? 300 : 60;
          for (const { period } of queriesOf(request)) expect(period % finest).toBe(0);
        }
      }),
    );
  });

  it('answers each wanted measurement exactly once: by a request, or by a reason', () => {
    fc.assert(
      fc.property(wants, surveys, (wanted, survey) => {
        const { requests, unasked } = planRequests(wanted, survey, now);
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

  it('keeps all queries of a metric next to each other, in the call of its own region and days', () => {
    fc.assert(
      fc.property(wants, surveys, (wanted, survey) => {
        const wantOf = new Map(wanted.map((want) => [want.resource.id, want]));
        for (const request of planRequests(wanted, survey, now).requests) {
          const series = queriesOf(request).map(({ series }) => series);
          expect(series.filter((name, at) => name !== series[at - 1])).toEqual([...new Set(series)]);
          for (const { resource } of request.measurements) {
            expect(resource.region).toBe(request.region);
            expect(request.days).toEqual(wantOf.get(resource.id)?.days);
          }
        }
      }),
    );
  });

  it('is the same for the same input', () => {
    fc.assert(
      fc.property(wants, surveys, (wanted, survey) => {
        expect(planRequests(wanted, survey, now)).toEqual(planRequests(wanted, survey, now));
      }),
    );
  });

  it('takes at most 56 calls for 1,000 Nitro servers without agents, 12 keys, avg and max, 14 days', () => {
    const wanted = Array.from({ length: 1000 }, (_, n): Want<Ec2Server> => {
      const resource = serverOf({
        id: `i-${n}`,
        region: 'eu-west-1',
        state: 'RUNNING',
        ebs: 'instance',
        volumes: 1,
        hasInstanceStore: false,
        platform: 'Linux/UNIX',
        knowsMemory: true,
        bornDaysAgo: 100,
      });
      return { resource, keys: metricKeysOfEc2, statistics: ['avg', 'max'], days: { from: today - 14, to: today } };
    });
    const { requests } = planRequests(wanted, { ...survey, agents: new AgentIndex() }, now);
    expect(requests.length).toBeLessThanOrEqual(56);
    expect(requests.reduce((sum, { cost }) => sum + cost.metrics, 0)).toBe(9000);
  });
});

describe('what is known without a call', () => {
  const days = { from: today - 14, to: today };
  const base = {
    id: 'i-1',
    region: 'eu-west-1',
    ebs: 'instance' as const,
    volumes: 1,
    hasInstanceStore: false,
    platform: 'Linux/UNIX',
    knowsMemory: true,
    bornDaysAgo: 100,
  };
  it.each([
    { name: 'a terminated server', server: serverOf({ ...base, state: 'TERMINATED' }), reason: 'terminated' },
    {
      name: 'one stopped before the window',
      server: { ...serverOf({ ...base, state: 'STOPPED' }), stoppedAt: startOf(days.from) - 1 },
      reason: 'stopped',
    },
    {
      name: 'one born after it',
      server: { ...serverOf({ ...base, state: 'RUNNING' }), createdAt: startOf(days.to) },
      reason: 'too_new',
    },
  ])('$name is not asked about', ({ server, reason }) => {
    const plan = planRequests(
      [{ resource: server, keys: ['cpu.utilization'], statistics: ['avg'], days }],
      survey,
      now,
    );
    expect(plan).toMatchObject({ requests: [], unasked: [{ key: 'cpu.utilization', reason }] });
  });

  it('one stopped within the window is', () => {
    const server = { ...serverOf({ ...base, state: 'STOPPED' }), stoppedAt: startOf(days.from) + 1 };
    expect(
      planRequests([{ resource: server, keys: ['cpu.utilization'], statistics: ['avg'], days }], survey, now).requests,
    ).toHaveLength(1);
  });
});

describe('the agent of a server', () => {
  const series = { platform: 'linux' as const, dimensions: [{ Name: 'host', Value: 'ip-10-0-0-7' }] };
  const server = {
    ...serverOf({
      id: 'i-7',
      region: 'eu-west-1',
      state: 'RUNNING',
      ebs: 'instance',
      volumes: 0,
      hasInstanceStore: false,
      platform: 'Linux/UNIX',
      knowsMemory: true,
      bornDaysAgo: 1,
    }),
    hostNames: ['ip-10-0-0-7.ec2.internal', 'ip-10-0-0-7'],
  };
  it('is found by host name where it has no instance id', () => {
    const index = new AgentIndex();
    index.add(series.platform, series.dimensions);
    index.add(series.platform, series.dimensions);
    expect(agentsOf(server, index)).toEqual([series]);
  });
});

function queriesOf({ measurements }: AwsRequest) {
  return measurements.flatMap(({ parts }) =>
    parts.flatMap(({ metric, dimensions, queries }) =>
      queries.map((query) => ({
        ...query,
        series: `${metric.namespace} ${metric.metric} ${JSON.stringify(dimensions)}`,
      })),
    ),
  );
}

interface ServerDraft {
  id: string;
  region: string;
  state: ResourceState;
  ebs: 'instance' | 'volumes';
  volumes: number;
  hasInstanceStore: boolean;
  platform: string;
  knowsMemory: boolean;
  bornDaysAgo: number;
}

function serverOf({ volumes, knowsMemory, bornDaysAgo, ...draft }: ServerDraft): Ec2Server {
  return {
    ...draft,
    provider: 'aws',
    group: 'EC2',
    type: 'Instance',
    account: '123456789012',
    name: draft.id,
    instanceType: 'm5.large',
    metrics: metricKeysOfEc2,
    tags: {},
    constants: knowsMemory ? { 'memory.total': 8 * 2 ** 30 } : {},
    createdAt: now / 1000 - bornDaysAgo * daySeconds,
    volumeIds: Array.from({ length: volumes }, (_, n) => `vol-${draft.id}-${n}`),
    hostNames: [],
    monitoringSeconds: 300,
  };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { addCosts, type Want } from '#model/fleet.ts';
import { metricKeys } from '#model/metric.ts';
import { statistics } from '#model/statistic.ts';
import { startOf } from '#model/window.ts';
import { AgentIndex } from './agents.ts';
import { maxPointsPerPage, monitoredTypes, prices, traitsOf } from './catalog.ts';
import { Columns } from './columns.ts';
import { inParts } from './parts.ts';
import { daysRequest, type GoogleRequest, type ObserveRequest, planRequests, pointsRequests } from './plan.ts';
import type { GoogleResource } from './resource.ts';
import {
  databaseOf,
  diskOf,
  fleets,
  mixedFleets,
  serverOf,
  testNow,
  today,
  zonePages,
} from './testing-servers.fixture.ts';
import { seriesIn } from './time-series.ts';
import { filterOf, type Where } from './where.ts';

const serverKeys = traitsOf('server').metrics;

const ranges = fc.array(fc.record({ ago: fc.integer({ min: 1, max: 90 }), length: fc.integer({ min: 1, max: 30 }) }), {
  minLength: 1,
  maxLength: 3,
});
const asked = fc.record({
  keys: fc.uniqueArray(fc.constantFrom(...metricKeys), { minLength: 1 }),
  statistics: fc.uniqueArray(fc.constantFrom(...statistics), { minLength: 1 }),
  ranges,
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

function wantsOf(
  servers: readonly GoogleResource[],
  { keys, statistics: wanted, ranges: of }: Asked,
): Want<GoogleResource>[] {
  return servers.map((resource, at) => {
    const { ago, length } = of[at % of.length] ?? { ago: 14, length: 14 };
    return {
      resource,
      keys,
      statistics: wanted,
      days: { from: today - ago, to: Math.min(today, today - ago + length) },
    };
  });
}

/** The third that runs an agent. */
function agentsAmong(servers: readonly GoogleResource[]): AgentIndex {
  return new AgentIndex(
    servers.filter((_, at) => at % 3 === 0).map(({ series: [name] }) => name?.id ?? ''),
    false,
  );
}

const surveys = fc.constantFrom('none yet', 'found', 'refused');
function surveyOf(name: string, servers: readonly GoogleResource[]): AgentIndex | undefined {
  if (name === 'none yet') return undefined;
  return name === 'found' ? agentsAmong(servers) : new AgentIndex([], false, new CollectError('access_denied', 'no'));
}

describe('a plan', () => {
  it('answers each wanted measurement exactly once: by a request, or by a reason', () => {
    fc.assert(
      fc.property(mixedFleets(40), asked, surveys, (servers, what, survey) => {
        const wants = wantsOf(servers, what);
        const { requests, unasked } = planRequests(wants, surveyOf(survey, servers), testNow);
        const answered = [
          ...requests.flatMap(({ covers }) =>
            covers.flatMap(({ resourceId, keys }) => keys.map((key) => `${resourceId} ${key}`)),
          ),
          ...unasked.map(({ resourceId, key }) => `${resourceId} ${key}`),
        ];
        expect(answered.toSorted()).toEqual(
          wants.flatMap(({ resource, keys }) => keys.map((key) => `${resource.id} ${key}`)).toSorted(),
        );
      }),
    );
  });

  it('is the same for the same input', () => {
    fc.assert(
      fc.property(mixedFleets(20), asked, surveys, (servers, what, survey) => {
        const plan = () => planRequests(wantsOf(servers, what), surveyOf(survey, servers), testNow);
        expect(plan()).toEqual(plan());
      }),
    );
  });

  it('names its servers by filters that are not too long, and no server of another part', async () => {
    await fc.assert(
      fc.asyncProperty(fleets(400), fc.integer({ min: 90, max: 200 }), fc.boolean(), async (fleet, size, scoped) => {
        const servers = scoped ? fleet : fleet.filter(({ account }) => account === 'a-project');
        const all = (await Array.fromAsync(inParts(zonePages(servers), scoped, size))).flat();
        const wants = all.map(
          (resource): Want<GoogleResource> => ({
            resource,
            keys: ['cpu.utilization'],
            statistics: ['avg'],
            days: { from: today - 14, to: today },
          }),
        );
        const alive = new Set(
          planRequests(wants, undefined, testNow).requests.flatMap(({ covers }) =>
            covers.map(({ resourceId }) => resourceId),
          ),
        );
        for (const request of planRequests(wants, undefined, testNow).requests) {
          const { where, resources } = request.place;
          expect(filterFor(request, where).length).toBeLessThanOrEqual(2048);
          const named = all.filter((each) => alive.has(each.id) && isNamed(where, each));
          expect(named.map(({ id }) => id).toSorted()).toEqual(resources.map(({ id }) => id).toSorted());
        }
      }),
      { numRuns: 30 },
    );
  });

  it('foretells what all of its steps take, page by page', () => {
    fc.assert(
      fc.property(mixedFleets(90), asked, (servers, what) => {
        for (const request of planRequests(wantsOf(servers, what), agentsAmong(servers), testNow).requests) {
          const steps = allSteps(request);
          const counts = seriesIn(request.place.resources);
          expect(
            addCosts(steps.map(({ cost }) => cost)).calls + pagesFor(counts, request.days.to - request.days.from),
          ).toBe(request.cost.calls);
          expect(request.cost.usd).toBeGreaterThanOrEqual(request.cost.metrics * prices.series * (1 - 1e-9));
          expect(request.cost.usdAtMost).toBeGreaterThanOrEqual(request.cost.usd);
        }
      }),
    );
  });

  it('reads points in pages, of as many servers as an id filter can name', () => {
    const servers = Array.from({ length: 200 }, (_, n) => serverOf(String(10n ** 18n + BigInt(n))));
    const [request] = planRequests(
      wantsOf(servers, { keys: ['cpu.utilization'], statistics: ['p95'], ranges: [{ ago: 14, length: 14 }] }),
      undefined,
      testNow,
    ).requests;
    if (request === undefined) throw new Error('nothing was planned');
    const points = allSteps(request).filter(({ step }) => step === 'points');
    expect(points.map(({ place }) => place.resources.length)).toEqual([24, 24, 24, 24, 24, 24, 24, 24, 8]);
    expect(points.every(({ place }) => place.where.ids?.length === place.resources.length)).toBe(true);
    expect(24 * 14 * 288).toBeLessThanOrEqual(maxPointsPerPage);
  });

  it('asks for days that are kept by the minute no longer in pieces of ten minutes', () => {
    const sampleSecondsOf = (ago: number) =>
      planRequests(
        wantsOf([serverOf('1')], { keys: ['cpu.utilization'], statistics: ['avg'], ranges: [{ ago, length: 1 }] }),
        undefined,
        testNow,
      ).requests[0]?.sampleSeconds;
    expect(sampleSecondsOf(40)).toBe(60);
    expect(sampleSecondsOf(43)).toBe(600);
  });

  it.each([{ count: 10 }, { count: 1000 }, { count: 7000 }])(
    'takes 19 calls for $count servers without agents, 12 keys, avg and max, 14 days',
    ({ count }) => {
      const servers = Array.from({ length: count }, (_, n) => serverOf(String(10n ** 18n + BigInt(n))));
      const { requests } = planRequests(
        wantsOf(servers, { keys: [...serverKeys], statistics: ['avg', 'max'], ranges: [{ ago: 14, length: 14 }] }),
        new AgentIndex([], false),
        testNow,
      );
      const cost = addCosts(requests.map((request) => request.cost));
      expect(cost.calls).toBe(19);
      expect(cost.metrics).toBe(19 * count);
      expect(cost.usd).toBeCloseTo(19 * count * 0.5e-6, 12);
    },
  );
});

describe('resources of other types', () => {
  const days = { from: today - 14, to: today };
  const planFor = (resources: readonly GoogleResource[], wanted: Want['statistics'] = ['avg', 'max']) =>
    planRequests(
      resources.map((resource) => ({ resource, keys: resource.metrics, statistics: wanted, days })),
      new AgentIndex([], false),
      testNow,
    );

  it('are never asked for together with those of another', () => {
    fc.assert(
      fc.property(mixedFleets(60), asked, (resources, what) => {
        for (const request of planRequests(wantsOf(resources, what), undefined, testNow).requests) {
          expect(new Set(request.place.resources.map(({ typeId }) => typeId))).toEqual(new Set([request.typeId]));
          expect(filterFor(request, request.place.where).length).toBeLessThanOrEqual(2048);
          const { ids } = request.place.where;
          if (ids === undefined) continue;
          for (const { series } of request.place.resources) for (const { id } of series) expect(ids).toContain(id);
        }
      }),
    );
  });

  it('are told apart by the labels of their type', () => {
    const queryOf = ({ requests: [request] }: ReturnType<typeof planFor>) =>
      request && filterFor(request, request.place.where);
    expect(queryOf(planFor([databaseOf('orders'), databaseOf('users')]))).toBe(
      'metric.type = "cloudsql.googleapis.com/database/cpu/utilization" AND resource.type = "cloudsql_database" AND resource.labels.database_id = one_of("a-project:orders","a-project:users")',
    );
    expect(queryOf(planFor([diskOf('data', ['71']), diskOf('logs', ['71', '72'])]))).toBe(
      'metric.type = "compute.googleapis.com/instance/disk/read_ops_count" AND resource.type = "gce_instance" AND resource.labels.instance_id = one_of("71","72")',
    );
  });

  it.each([
    { engine: 'postgres', metric: 'postgresql/num_backends' },
    { engine: 'mysql', metric: 'network/connections' },
    { engine: 'sqlserver', metric: 'network/connections' },
  ] as const)('have the connections of a $engine from $metric', ({ engine, metric }) => {
    const [request] = planFor([databaseOf('orders', 'a-project', engine)]).requests;
    const natives = request?.measurements.filter(({ outputs }) =>
      outputs.some(({ key }) => key === 'connections.active'),
    );
    expect(natives?.map(({ native }) => native.metric)).toEqual([`cloudsql.googleapis.com/database/${metric}`]);
  });

  it('take as many calls as one of them, and as much money as their series', () => {
    const costOf = (resources: readonly GoogleResource[]) =>
      addCosts(planFor(resources).requests.map(({ cost }) => cost));
    const databases = Array.from({ length: 700 }, (_, n) => databaseOf(`orders-${n}`, 'a-project', 'mysql'));
    expect(costOf(databases)).toMatchObject({ calls: 1 + 2 * 14, metrics: 700 * (1 + 2 * 14) });
    const disks = Array.from({ length: 1000 }, (_, n) => diskOf(`d${n}`, [String(10n ** 18n + BigInt(n))]));
    expect(costOf(disks)).toMatchObject({ calls: 1 + 2 * 5, metrics: 1000 * (1 + 2 * 5) });
  });

  it.each([
    { name: 'a disk that no VM has', disk: diskOf('d', []), reason: 'stopped' },
    {
      name: 'one whose VM could not be looked at',
      disk: { ...diskOf('d', []), state: 'RUNNING' },
      reason: 'unavailable',
    },
  ] as const)('are not asked about without a VM: $name', ({ disk, reason }) => {
    const { requests, unasked } = planFor([disk]);
    expect(requests).toEqual([]);
    expect(new Set(unasked.map((each) => each.reason))).toEqual(new Set([reason]));
  });

  it('are read by points of so many VMs and series as fill a filter and a page', () => {
    const shared = Array.from({ length: 60 }, (_, n) => diskOf(`d${n}`, [`1${n}`, `2${n}`, `3${n}`]));
    const steps = planFor(shared, ['p95']).requests.flatMap(allSteps);
    const places = steps.filter(({ step }) => step === 'points').map(({ place }) => place);
    expect(places.every(({ resources }) => seriesIn(resources) * 14 * 288 <= maxPointsPerPage)).toBe(true);
    expect(places.every(({ where }) => (where.ids?.length ?? 0) <= monitoredTypes.persistent_disk.idsInFilter)).toBe(
      true,
    );
  });
});

describe('what is known without a call', () => {
  const days = { from: today - 14, to: today };
  it.each([
    { name: 'one that is being deleted', server: serverOf('1', { state: 'TERMINATED' }), reason: 'terminated' },
    {
      name: 'one stopped before the window',
      server: { ...serverOf('1', { state: 'STOPPED' }), stoppedAt: startOf(days.from) - 1 },
      reason: 'stopped',
    },
    { name: 'one born after it', server: { ...serverOf('1'), createdAt: startOf(days.to) }, reason: 'too_new' },
  ])('$name is not asked about', ({ server, reason }) => {
    const wants = [{ resource: server, keys: ['cpu.utilization'] as const, statistics: ['avg'] as const, days }];
    expect(planRequests(wants, undefined, testNow)).toMatchObject({ requests: [], unasked: [{ reason }] });
  });
});

describe('memory', () => {
  const days = { from: today - 14, to: today };
  const nobody = new AgentIndex([], false);
  const planFor = (server: GoogleResource, agents: AgentIndex | undefined) =>
    planRequests(
      [{ resource: server, keys: ['memory.usage', 'memory.used', 'memory.total'], statistics: ['avg'], days }],
      agents,
      testNow,
    );

  it('is read from the agent where there is one, also beside a balloon', () => {
    const [request] = planFor(serverOf('7', { hasBalloon: true }), new AgentIndex(['7'], false)).requests;
    expect(request?.family.name).toBe('agent');
  });
  it('is read from the balloon where there is no agent', () => {
    const [request] = planFor(serverOf('7', { hasBalloon: true }), nobody).requests;
    expect(request?.family.name).toBe('balloon');
    expect(request?.measurements[0]?.outputs.map(({ key, factor }) => [key, factor])).toEqual([
      ['memory.usage', 100 / (8 * 2 ** 30)],
      ['memory.used', 1],
    ]);
  });
  it('is not there without either, and its size only where the type is known', () => {
    expect(planFor(serverOf('7'), nobody).unasked.map(({ key, reason }) => [key, reason])).toEqual([
      ['memory.usage', 'agent_absent'],
      ['memory.used', 'agent_absent'],
      ['memory.total', 'no_data'],
    ]);
  });
  it('is not there where agents could not be looked for, and that is a failure', () => {
    const error = new CollectError('access_denied', 'no');
    const { unasked } = planFor(serverOf('7'), new AgentIndex([], false, error));
    expect(unasked[0]).toMatchObject({ key: 'memory.usage', reason: 'denied', error });
  });
  it('sets calls to the balloon aside until it is known who runs an agent', () => {
    expect(planFor(serverOf('7', { hasBalloon: true }), undefined).reserve.calls).toBe(3);
    expect(planFor(serverOf('7'), undefined).reserve.calls).toBe(0);
  });
});

/** What follows the first step, if every server has data. */
function allSteps(request: ObserveRequest): GoogleRequest[] {
  const columns = new Columns(request.days, 86_400);
  return request.measurements.flatMap((measurement) => {
    const days = daysRequest(request, measurement, columns);
    if (!request.wantsPoints) return [days];
    const points = pointsRequests(days, measurement, { count: columns, middle: columns, max: columns });
    const ofPoints = addCosts(points.map(({ cost }) => cost));
    const own = { ...days.cost, calls: days.cost.calls - ofPoints.calls };
    return [{ ...days, cost: own }, ...points];
  });
}

function pagesFor(servers: number, days: number): number {
  return Math.max(1, Math.ceil((servers * days) / maxPointsPerPage));
}

function filterFor({ typeId, measurements }: ObserveRequest, where: Where): string {
  const [first] = measurements;
  if (first === undefined) throw new Error('a request for nothing');
  expect(where.ids?.length ?? 0).toBeLessThanOrEqual(monitoredTypes[typeId].idsInFilter);
  return filterOf(monitoredTypes[typeId], first.native, where);
}

function isNamed(
  { projects, zones, endings, ids }: Where,
  { account, zone = '', series: [name] }: GoogleResource,
): boolean {
  const { id } = name ?? { id: '' };
  return (
    (projects?.includes(account) ?? true) &&
    (zones?.includes(zone) ?? true) &&
    (ids?.includes(id) ?? true) &&
    (endings?.includes(id.slice(-2).padStart(2, '0')) ?? true)
  );
}

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { addCosts, type Want } from '#model/fleet.ts';
import { metricKeys } from '#model/metric.ts';
import { statistics } from '#model/statistic.ts';
import { type DayRange, startOf } from '#model/window.ts';
import { AgentIndex } from './agents.ts';
import {
  type Family,
  maxInFilter,
  maxPointsPerPage,
  monitoredTypes,
  type NativeMetric,
  prices,
  traitsOf,
} from './catalog.ts';
import { Columns } from './columns.ts';
import { patternOf } from './endings.ts';
import { inParts } from './parts.ts';
import { daysRequest, type GoogleRequest, type ObserveRequest, planRequests, pointsRequests } from './plan.ts';
import { type GoogleResource, seriesIn } from './resource.ts';
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
import { costOf } from './time-series.ts';
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

  it('counts whatever its calls may return, of whomever, and charges it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 600 }),
        fc.integer({ min: 90, max: 700 }),
        fc.integer({ min: 1, max: 4 }),
        asked,
        surveys,
        async (count, size, oneIn, what, survey) => {
          const fleet = manyServers(count, ['us-central1-a', 'us-central1-b', 'europe-west4-a']).map((server, at) => ({
            ...server,
            hasBalloon: at % 5 < 2,
            createdAt: startOf(today - (at % 40)),
          }));
          const all = (await Array.fromAsync(inParts(zonePages(fleet), false, size))).flat();
          const selected = all.filter(({ series: [name] }) => Number(name?.id.slice(-6)) % oneIn === 0);
          const agents = surveyOf(survey, all);
          const { requests } = planRequests(wantsOf(selected, what), agents, testNow);
          const isSelected = new Set(selected);
          for (const request of requests) {
            const { place, family, days } = request;
            const returned = all.filter(
              (each) =>
                isNamed(place.where, each) && (!isSelected.has(each) || mayHave(each, family.name, days, agents)),
            );
            expect(seriesIn(place.resources) + (place.bystanders ?? 0)).toBe(returned.length);
            for (const { outputs, bystanders } of request.measurements)
              expect(new Set(outputs.map(({ resource }) => resource)).size + bystanders).toBe(returned.length);
            const steps = allSteps(request).map(({ cost }) => cost);
            const observed = costOf(returned.length, days, 86_400);
            expect(addCosts([observed, ...steps]).usdAtMost).toBeCloseTo(request.cost.usdAtMost, 12);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('names few of a large part by their ids, where that takes fewer calls', async () => {
    const zones = ['us-central1-a', 'us-central1-b'];
    const parts = await Array.fromAsync(inParts(zonePages(manyServers(30_000, zones)), false));
    const selected = parts.flat().filter((_, at) => at % 200 === 0);
    const what: Asked = { keys: ['cpu.utilization'], statistics: ['avg'], ranges: [{ ago: 14, length: 14 }] };
    const { requests } = planRequests(wantsOf(selected, what), undefined, testNow);
    expect(requests.map(({ place: { where, resources } }) => [where.ids?.length, resources.length])).toEqual([
      [75, 75],
      [75, 75],
    ]);
    expect(addCosts(requests.map(({ cost }) => cost))).toMatchObject({ calls: 2 * 3, metrics: 150 * 3 });
  });

  it('asks for a place at once where only some of a project are wanted', async () => {
    const zones = ['us-central1-a', 'us-central1-b', 'us-east1-b'];
    const parts = await Array.fromAsync(inParts(zonePages(manyServers(12_000, zones)), true));
    const wanted = parts.flat().filter(({ zone }) => zone === 'us-east1-b');
    const placesFor = (resources: readonly GoogleResource[]) =>
      planRequests(
        wantsOf(resources, { keys: ['cpu.utilization'], statistics: ['avg'], ranges: [{ ago: 14, length: 14 }] }),
        undefined,
        testNow,
      ).requests.map(({ place: { where } }) => where);
    expect(parts).toHaveLength(2);
    expect(placesFor(wanted)).toEqual([{ projects: ['a-project'], zones: ['us-east1-b'] }]);
    for (const part of parts) expect(placesFor(part)).toMatchObject([{ endings: part[0]?.part.endings }]);
  });

  it.each([
    { count: 1000, zones: 1 },
    { count: 1000, zones: 40 },
    { count: 10_000, zones: 1 },
    { count: 10_000, zones: 4 },
    { count: 10_000, zones: 40 },
    { count: 100_000, zones: 1 },
    { count: 100_000, zones: 4 },
    { count: 100_000, zones: 10 },
    { count: 100_000, zones: 40 },
  ])('asks for $count servers in $zones zones in a tenth more calls than pages at most', async ({ count, zones }) => {
    const names = Array.from({ length: zones }, (_, n) => `northamerica-northeast${n}-a`);
    const what: Asked = { keys: ['cpu.utilization'], statistics: ['avg'], ranges: [{ ago: 14, length: 14 }] };
    const ids = new Set<string>();
    let calls = 0;
    for await (const part of inParts(zonePages(manyServers(count, names)), false)) {
      for (const request of planRequests(wantsOf(part, what), undefined, testNow).requests) {
        calls += request.cost.calls;
        for (const { id } of request.place.resources) ids.add(id);
        expect(seriesIn(request.place.resources) * 14).toBeLessThanOrEqual(maxPointsPerPage);
        expect(filterFor(request, request.place.where).length).toBeLessThanOrEqual(2048);
      }
    }
    expect(ids.size).toBe(count);
    expect(calls).toBeLessThanOrEqual(1.1 * 3 * pagesFor(count, 14));
  });

  it('names by its longest filter a project, zones and endings', () => {
    const zones = Array.from({ length: maxInFilter.zones }, (_, n) => `northamerica-northeast${n % 10}-a`);
    const where = { projects: ['p'.repeat(30)], zones, endings: { from: 1111, to: 8889 } };
    for (const type of Object.values(monitoredTypes)) {
      const natives: readonly NativeMetric[] = type.families.flatMap(({ metrics }) => [...metrics]);
      for (const native of natives) expect(filterOf(type, native, where).length).toBeLessThanOrEqual(2048);
    }
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

/** Servers with ids as random as Compute Engine's, in zones of very different sizes. */
function manyServers(count: number, zones: readonly string[]): GoogleResource[] {
  return Array.from({ length: count }, (_, n) => {
    const random = createHash('sha1').update(String(n)).digest();
    const at = Math.floor((random.readUInt16BE(8) / 2 ** 16) ** 2 * zones.length);
    return serverOf(String(random.readBigUInt64BE()), { zone: zones[at] ?? '' });
  });
}

/** Whether a server that is asked about can have time series of a family, as far as is known. */
function mayHave(
  server: GoogleResource,
  family: Family['name'],
  { to }: DayRange,
  agents: AgentIndex | undefined,
): boolean {
  if ((server.createdAt ?? 0) >= startOf(to)) return false;
  if (family === 'agent') return agents === undefined || agents.error !== undefined || agents.has(server);
  return family === 'platform' || server.hasBalloon === true;
}

/** What follows the first step, if every server has data. */
function allSteps(request: ObserveRequest): GoogleRequest[] {
  const columns = new Columns(request.days, 86_400);
  return request.measurements.flatMap((measurement) => {
    const days = daysRequest(request, measurement, columns);
    if (!request.wantsPoints) return [days];
    const points = pointsRequests(days, measurement, { count: columns, middle: columns, max: columns });
    const ofPoints = addCosts(points.map(({ cost }) => cost));
    const own = {
      ...days.cost,
      calls: days.cost.calls - ofPoints.calls,
      usdAtMost: days.cost.usdAtMost - ofPoints.usdAtMost,
    };
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
    (endings === undefined || new RegExp(`^(?:${patternOf(endings)})$`).test(id))
  );
}

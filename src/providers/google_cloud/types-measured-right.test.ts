import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CollectedServer } from '#collect/collect-region.ts';
import { estimateRegion } from '#collect/estimate.ts';
import { type MetricKey, metricKeys } from '#model/metric.ts';
import { performanceMetadata } from '#model/performance-layout.ts';
import { valuesAt } from '#model/record.ts';
import { metricsOf, serverType } from '#model/resource-type.ts';
import { lastDays, startOf } from '#model/window.ts';
import type { GoogleCloud } from '../../demo/google/server.ts';
import type { Truths } from '../../demo/google/truth.ts';
import { googleCloud } from './index.ts';
import {
  connectTo,
  fleetOf,
  isGoogles,
  projects,
  type Reading,
  read,
  simulatedIdOf,
  startCloud,
  timeSeriesCalls,
  worldNow,
} from './testing-fleet.fixture.ts';

const statistics = ['avg', 'max', 'min'] as const;
const types = ['cloud_sql_instance', 'persistent_disk'] as const;
const days = 14;
let cloud: GoogleCloud;
const readings = new Map<string, Reading>();

beforeAll(async () => {
  cloud = await startCloud();
  for (const type of types) readings.set(type, await read(cloud, { types: [type], statistics, days }));
});
afterAll(() => cloud.close());

function resourcesOf(type: string): CollectedServer[] {
  return [...(readings.get(type)?.servers.values() ?? [])];
}

const truths = new Map<string, Truths>();

/** What the simulated resource really did, straight from its generator. */
function truthOf({ resource }: CollectedServer): Truths {
  const { from, to } = lastDays(days, worldNow);
  const query = {
    project: resource.account,
    resource: simulatedIdOf(resource),
    start: startOf(from),
    end: startOf(to),
  };
  const truth = truths.get(resource.id) ?? cloud.truth(query);
  if (truth === undefined) throw new Error(`no such resource: ${resource.id}`);
  truths.set(resource.id, truth);
  return truth;
}

describe.each([
  {
    type: 'cloud_sql_instance',
    count: 20,
    sections: ['CPU', 'Memory', 'Disk', 'Storage', 'Network', 'Connections'],
  },
  { type: 'persistent_disk', count: 120, sections: ['Disk', 'Storage'] },
])('every $type of a simulated project', ({ type, count, sections }) => {
  it('is there, with every key as a value or a reason', () => {
    expect(readings.get(type)?.error).toBeUndefined();
    expect(resourcesOf(type).length).toBeGreaterThanOrEqual(count);
    for (const { resource, folded, failures } of resourcesOf(type)) {
      expect(failures).toEqual([]);
      expect(Object.keys(folded?.info.metrics ?? {})).toEqual(metricsOf(googleCloud, type));
      for (const key of resource.metrics) {
        const info = folded?.info.metrics[key];
        const hasValue = valuesAt(folded?.monitoring ?? {}, key) !== undefined;
        expect(info !== undefined && 'missing' in info).toBe(!hasValue);
      }
    }
  });

  it.each(metricsOf(googleCloud, type))('has the true %s', (key) => {
    let compared = 0;
    for (const server of resourcesOf(type)) {
      const truth = truthOf(server)[key];
      const values = valuesAt(server.folded?.monitoring ?? {}, key);
      // What discovery tells is true of one that did not run, too.
      if (server.resource.constants[key] === undefined)
        expect(values === undefined, `${server.resource.name} has ${key}`).toBe(truth === undefined);
      if (values === undefined || truth === undefined) continue;
      compared++;
      const { avg = 0, max = 0, min = 0 } = values;
      expect(avg, `avg of ${server.resource.name}`).toBeCloseTo(truth.avg, digitsFor(truth.avg));
      if (isBound(server, key)) {
        expect(max).toBeGreaterThanOrEqual(truth.max * (1 - 1e-9));
        expect(min).toBeLessThanOrEqual(truth.min * (1 + 1e-9));
      } else {
        expect(max, `max of ${server.resource.name}`).toBeCloseTo(truth.max, digitsFor(truth.max));
        expect(min, `min of ${server.resource.name}`).toBeCloseTo(truth.min, digitsFor(truth.min));
      }
    }
    expect(compared).toBeGreaterThan(count * 0.6);
  });

  it('has a coverage that is the observed part of the window', () => {
    for (const server of resourcesOf(type)) {
      const info = server.folded?.info.metrics['disk.read_iops'];
      if (info === undefined || 'missing' in info) continue;
      const { seconds = 0 } = truthOf(server)['disk.read_iops'] ?? {};
      expect(info.coverage).toBeCloseTo(seconds / (days * 86_400), 3);
    }
  });

  it('has a Performance tab of its own', () => {
    const { layouts } = performanceMetadata(metricsOf(googleCloud, type), []).view.sub_data.layouts[0].options;
    expect(layouts.map(({ name }) => name)).toEqual(sections);
  });

  it('costs no more than was foretold', async () => {
    const { connection } = await connectTo(cloud);
    const { cost } = await estimateRegion({
      fleet: fleetOf(connection),
      region: 'global',
      wanted: { keys: metricKeys, statistics: [...statistics, 'p95'], window: lastDays(2, worldNow) },
      types: [type],
      selects: () => true,
      known: async () => new Map(),
      limit: googleCloud.limits[googleCloud.metricApi],
      signal: new AbortController().signal,
    });
    const spent = (await read(cloud, { types: [type], days: 2, statistics: [...statistics, 'p95'] })).ledger.spent();
    expect(spent.calls).toBeGreaterThan(10);
    expect(spent.calls).toBeLessThanOrEqual(cost.calls);
    expect(spent.usd).toBeLessThanOrEqual(cost.usd);
    expect(spent.usdAtMost).toBeLessThanOrEqual(cost.usdAtMost);
  });
});

describe('a Cloud SQL instance', () => {
  it('that was stopped is RUNNABLE, and stopped all the same', () => {
    const stopped = resourcesOf('cloud_sql_instance').filter(({ resource }) => resource.state === 'STOPPED');
    expect(stopped.length).toBeGreaterThan(0);
    for (const { folded } of stopped) {
      const info = folded?.info.metrics['cpu.utilization'] ?? { missing: 'no_data' };
      if ('missing' in info) expect(info.missing).toBe('stopped');
      else expect(info.coverage).toBeLessThan(1);
    }
  });

  it('has the connections of its engine, and its memory measured where its tier does not tell it', () => {
    const sources = new Set(
      resourcesOf('cloud_sql_instance').flatMap(({ folded }) =>
        Object.values(folded?.info.metrics ?? {}).flatMap((info) => ('source' in info ? [info.source] : [])),
      ),
    );
    expect([...sources]).toEqual(
      expect.arrayContaining([
        'cloudsql.googleapis.com/database/postgresql/num_backends',
        'cloudsql.googleapis.com/database/network/connections',
        'cloudsql.googleapis.com/database/memory/quota',
        'sqladmin.googleapis.com instances settings.tier',
        'sqladmin.googleapis.com instances settings.dataDiskSizeGb',
      ]),
    );
  });
});

describe('a persistent disk', () => {
  const attachedTo = (count: number) =>
    resourcesOf('persistent_disk').filter(({ resource }) => isGoogles(resource) && resource.series.length === count);

  it('that no VM has has its size, and no data', () => {
    expect(attachedTo(0).length).toBeGreaterThan(3);
    for (const { resource, folded } of attachedTo(0)) {
      expect(resource.state).toBe('STOPPED');
      expect(folded?.info.metrics['disk.read_iops']).toEqual({ missing: 'stopped' });
      expect(folded?.monitoring.storage?.total?.avg).toBe(100 * 2 ** 30);
    }
  });

  it('of a region is found and measured', () => {
    const regional = resourcesOf('persistent_disk').filter(({ resource }) => resource.id.includes('/regions/'));
    expect(regional.length).toBeGreaterThan(3);
    expect(regional.some(({ folded }) => folded?.monitoring.disk?.read_iops !== undefined)).toBe(true);
  });

  it('of two VMs is what both do to it, and its peak a bound', () => {
    expect(attachedTo(2).length).toBeGreaterThan(3);
    for (const server of attachedTo(2)) expect(isBound(server, 'disk.write_throughput')).toBe(true);
    for (const server of attachedTo(1)) expect(isBound(server, 'disk.write_throughput')).toBe(false);
  });

  it('is read with few calls, however many there are', () => {
    const reading = readings.get('persistent_disk');
    if (reading === undefined) throw new Error('nothing was read');
    // One for the time and three for each of five metrics: of the project, and of what is apart.
    expect(timeSeriesCalls(reading)).toBe(2 * (1 + 3 * 5));
  });
});

describe('all types together', () => {
  it('are each as they are alone, and have percentiles between the extremes', async () => {
    const project = projects[1].id;
    const options = { project, days: 2, statistics: [...statistics, 'p50', 'p95'] as const };
    const together = await read(cloud, { ...options, types: [serverType, ...types] });
    const alone = [];
    for (const type of [serverType, ...types]) alone.push(await read(cloud, { ...options, types: [type] }));
    expect(together.error).toBeUndefined();
    expect(together.servers.size).toBe(alone.reduce((sum, { servers }) => sum + servers.size, 0));
    let compared = 0;
    for (const [id, { folded, resource }] of alone.flatMap(({ servers }) => [...servers])) {
      expect(together.servers.get(id)?.folded).toEqual(folded);
      for (const key of resource.metrics) {
        if (resource.constants[key] !== undefined) continue;
        const { min, max, p50, p95 } = valuesAt(folded?.monitoring ?? {}, key) ?? {};
        if (min === undefined || max === undefined || p50 === undefined || p95 === undefined) continue;
        compared++;
        const inOrder = [min * 0.994, p50, p95, max * 1.006];
        expect(inOrder, `${resource.name} ${key}`).toEqual(inOrder.toSorted((a, b) => a - b));
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('are read of several projects by one metrics scope, each as its own project has it', async () => {
    const options = { days: 2, types };
    const apart = [await read(cloud, options), await read(cloud, { ...options, project: projects[1].id })];
    const secret = { scopingProject: projects[0].id, projects: [projects[0].id, projects[1].id] };
    const together = await read(cloud, { ...options, secret });
    expect(together.servers.size).toBe(apart.reduce((sum, { servers }) => sum + servers.size, 0));
    for (const [id, { folded }] of apart.flatMap(({ servers }) => [...servers]))
      expect(together.servers.get(id)?.folded).toEqual(folded);
  });

  it('are not asked about again', async () => {
    for (const type of types) {
      const known = new Map(resourcesOf(type).map(({ resource, days: own }) => [resource.id, own]));
      const again = await read(cloud, { types: [type], known, statistics, days });
      expect(timeSeriesCalls(again)).toBe(0);
      for (const [id, { folded }] of again.servers) expect(folded).toEqual(readings.get(type)?.servers.get(id)?.folded);
    }
  });
});

/** Seven significant digits. */
function digitsFor(value: number): number {
  return value === 0 ? 9 : 6 - Math.ceil(Math.log10(Math.abs(value)));
}

function isBound({ folded }: CollectedServer, key: MetricKey): boolean {
  const info = folded?.info.metrics[key];
  return info !== undefined && 'max_is' in info;
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CollectedServer } from '#collect/collect-region.ts';
import { estimateRegion } from '#collect/estimate.ts';
import { type MetricKey, metricKeys } from '#model/metric.ts';
import { performanceMetadata } from '#model/performance-layout.ts';
import { valuesAt } from '#model/record.ts';
import { metricsOf, serverType } from '#model/resource-type.ts';
import { lastDays, startOf } from '#model/window.ts';
import type { AzureCloud } from '../../demo/azure/server.ts';
import type { Truths } from '../../demo/azure/truth.ts';
import { azure } from './index.ts';
import {
  connectTo,
  fleetOf,
  type Reading,
  read,
  startCloud,
  subscription,
  tenant,
  worldNow,
} from './testing-fleet.fixture.ts';

const types = azure.types.map(({ id }) => id).filter((id) => id !== serverType);
const days = 7;
const statistics = ['avg', 'max', 'min'] as const;
const large = { ...tenant, subscriptions: [{ id: subscription, name: 'contract', regions: { westeurope: 220 } }] };

let cloud: AzureCloud;
const readings = new Map<string, Reading>();

beforeAll(async () => {
  cloud = await startCloud({ tenants: [large] });
  for (const type of types) readings.set(type, await read(cloud, { types: [type], statistics, days }));
});
afterAll(() => cloud.stop());

function readingOf(type: string): Reading {
  const reading = readings.get(type);
  if (reading === undefined) throw new Error(`nothing was read of ${type}`);
  return reading;
}

function resourcesOf(type: string): CollectedServer[] {
  return [...readingOf(type).servers.values()];
}

const truths = new Map<string, Truths>();

/** What the simulated resource really did, straight from its generator. */
function truthOf({ resource: { id } }: CollectedServer): Truths {
  const { from, to } = lastDays(days, worldNow);
  const truth = truths.get(id) ?? cloud.truth({ resource: id, start: startOf(from), end: startOf(to) });
  if (truth === undefined) throw new Error(`no such resource: ${id}`);
  truths.set(id, truth);
  return truth;
}

/** Resource Graph still shows it, and the metrics service no longer knows it. */
function isGone({ folded }: CollectedServer): boolean {
  return Object.values(folded?.info.metrics ?? {}).some((info) => 'missing' in info && info.missing === 'terminated');
}

function missingOf({ folded }: CollectedServer, key: MetricKey): string | undefined {
  const info = folded?.info.metrics[key];
  return info !== undefined && 'missing' in info ? info.missing : undefined;
}

/** Of many disks some are enough. */
function comparedOf(type: string): CollectedServer[] {
  const there = resourcesOf(type).filter((one) => !isGone(one));
  return type === 'managed_disk' ? there.filter((_, at) => at % 5 === 0) : there;
}

describe.each([
  { type: 'sql_database', count: 9, least: 7, sections: ['CPU', 'Memory', 'Storage', 'Connections'] },
  { type: 'managed_disk', count: 310, least: 50, sections: ['Disk', 'Storage'] },
  { type: 'vm_scale_set', count: 4, least: 4, sections: ['CPU', 'Memory', 'Disk', 'Network'] },
])('every $type of a simulated region', ({ type, count, least, sections }) => {
  const keys = metricsOf(azure, type);

  it('is there, with every key as a value or a reason', () => {
    expect(resourcesOf(type).length).toBeGreaterThanOrEqual(count);
    for (const { resource, folded, failures } of resourcesOf(type)) {
      expect(failures).toEqual([]);
      expect(azure.types.find(({ id }) => id === type)).toMatchObject({ group: resource.group, type: resource.type });
      expect(Object.keys(folded?.info.metrics ?? {})).toEqual(keys);
      for (const key of keys) {
        const info = folded?.info.metrics[key];
        const hasValue = valuesAt(folded?.monitoring ?? {}, key) !== undefined;
        expect(info !== undefined && 'missing' in info).toBe(!hasValue);
      }
    }
  });

  it.each(keys)('has the true %s', (key) => {
    let compared = 0;
    for (const one of comparedOf(type)) {
      const truth = truthOf(one)[key];
      const values = valuesAt(one.folded?.monitoring ?? {}, key);
      // What discovery tells is true of one that did not run, too.
      if (one.resource.constants[key] === undefined)
        expect(values === undefined, `${one.resource.name} has ${key}`).toBe(truth === undefined);
      if (values === undefined || truth === undefined) continue;
      compared++;
      expect(values.avg, `avg of ${one.resource.name}`).toBeCloseTo(truth.avg, digitsFor(truth.avg));
      expect(values.max, `max of ${one.resource.name}`).toBeCloseTo(truth.max, digitsFor(truth.max));
      expect(values.min, `min of ${one.resource.name}`).toBeCloseTo(truth.min, digitsFor(truth.min));
    }
    expect(compared).toBeGreaterThanOrEqual(least);
  });

  it('has a coverage that is the observed part of the window', () => {
    let partial = 0;
    for (const one of comparedOf(type)) {
      for (const key of keys) {
        const info = one.folded?.info.metrics[key];
        if (info === undefined || 'missing' in info || one.resource.constants[key] !== undefined) continue;
        const coverage = (truthOf(one)[key]?.seconds ?? 0) / (days * 86_400);
        expect(info.coverage, `${one.resource.name} ${key}`).toBeCloseTo(coverage, 4);
        if (coverage < 0.9) partial++;
      }
    }
    expect(partial).toBeGreaterThan(0);
  });

  it('has a Performance tab of its own', () => {
    const { layouts } = performanceMetadata(keys, []).view.sub_data.layouts[0].options;
    expect(layouts.map(({ name }) => name)).toEqual(sections);
  });

  it('costs what was foretold, and Azure is asked for no definitions', async () => {
    const plan = { statistics: ['avg', 'max', 'p95'], days: 2 } as const;
    const whole = await startCloud({ graphLagSeconds: 0 });
    const { connection } = await connectTo(whole.url);
    const estimate = await estimateRegion({
      fleet: fleetOf(connection),
      region: 'westeurope',
      types: [type],
      wanted: { keys: metricKeys, statistics: plan.statistics, window: lastDays(plan.days, worldNow) },
      selects: () => true,
      known: async () => new Map(),
      limit: azure.limits['monitor:getBatch'],
      signal: new AbortController().signal,
    });
    connection.close();
    const { ledger } = await read(whole, { ...plan, types: [type] });
    await whole.stop();
    const { usdAtMost, ...spent } = ledger.spent();
    const { usdAtMost: atMost, ...planned } = estimate.cost;
    expect(spent).toEqual(planned);
    expect(usdAtMost).toBeCloseTo(atMost, 9);
    expect(spent.calls).toBeGreaterThan(0);
    expect(ledger.lines().map(({ api }) => api)).not.toContain('monitor:metricDefinitions');
  });

  it('is not asked about again', async () => {
    const known = new Map(resourcesOf(type).map(({ resource, days: own }) => [resource.id, own]));
    const again = await read(cloud, { types: [type], known, statistics, days });
    for (const one of again.servers.values()) {
      expect(one.folded).toEqual(readingOf(type).servers.get(one.resource.id)?.folded);
      expect(one.days.size).toBe(0);
    }
  });
});

describe('a database', () => {
  it('that pauses by night is measured while it is online', () => {
    const info = resourcesOf('sql_database').find(({ resource }) => resource.name === 'orders-3')?.folded?.info;
    const cpu = info?.metrics['cpu.utilization'];
    expect(cpu).toMatchObject({ source: 'Microsoft.Sql/servers/databases cpu_percent', period: 3600 });
    expect(cpu !== undefined && 'coverage' in cpu ? cpu.coverage : 1).toBeCloseTo(11 / 24, 3);
    expect(info?.metrics['connections.rate']).toMatchObject({ period: 300 });
  });

  it('that is paused all the time is stopped, and known to be without a call', () => {
    const paused = resourcesOf('sql_database').find(({ resource }) => resource.name === 'orders-7');
    if (paused === undefined) throw new Error('there is no such database');
    expect(paused.resource.state).toBe('STOPPED');
    for (const key of paused.resource.metrics)
      expect(missingOf(paused, key)).toBe(key === 'storage.total' ? undefined : 'stopped');
    expect(paused.days.size).toBe(0);
  });

  it('that every server has for itself is none', () => {
    expect(resourcesOf('sql_database').map(({ resource }) => resource.name)).not.toContain('master');
  });

  it('has a storage that is used or free, and nothing else', () => {
    for (const { folded } of resourcesOf('sql_database')) {
      const { used, free, total, usage } = folded?.monitoring.storage ?? {};
      if (used?.avg === undefined || total?.avg === undefined) continue;
      expect((used.avg + (free?.avg ?? 0)) / total.avg).toBeCloseTo(1, 8);
      expect(usage?.avg).toBeCloseTo((100 * used.avg) / total.avg, 6);
    }
  });
});

describe('a disk', () => {
  it('that no machine has is stopped, with its size and without a call', () => {
    const loose = resourcesOf('managed_disk').filter(({ resource }) => resource.name.endsWith('-disk2'));
    expect(loose.length).toBeGreaterThan(5);
    for (const one of loose) {
      expect(one.resource.state).toBe('STOPPED');
      expect(['stopped', 'too_new']).toContain(missingOf(one, 'disk.read_iops'));
      expect(one.folded?.monitoring.storage?.total?.avg).toBeGreaterThan(2 ** 34);
      expect(one.days.size).toBe(0);
    }
    expect(loose.map((one) => missingOf(one, 'disk.read_iops'))).toContain('stopped');
  });

  it('is read by fifty a call', () => {
    const calls = readingOf('managed_disk')
      .ledger.lines()
      .filter(({ api }) => api === 'monitor:getBatch');
    const asked = resourcesOf('managed_disk').filter((one) => one.days.size > 0).length;
    // Halves of calls in which something was gone are asked for again.
    const gone = resourcesOf('managed_disk').filter(isGone).length;
    expect(calls.reduce((sum, line) => sum + line.calls, 0)).toBeLessThanOrEqual(Math.ceil(asked / 50) + 1 + 12 * gone);
  });
});

describe('a scale set', () => {
  it('in Flexible mode is none: its instances are found as servers', async () => {
    expect(resourcesOf('vm_scale_set').filter(({ resource }) => resource.name.includes('flex'))).toEqual([]);
    const { connection } = await connectTo(cloud.url);
    const { signal } = new AbortController();
    const servers = await Array.fromAsync(fleetOf(connection).resources('westeurope', [serverType], signal));
    connection.close();
    expect(servers.flat().filter(({ name }) => name.startsWith('shop-flex')).length).toBeGreaterThan(0);
  });

  it('is what its instances do together, and of percentages what one does on average', () => {
    for (const { folded } of resourcesOf('vm_scale_set')) {
      expect(folded?.info.metrics).toMatchObject({
        'cpu.utilization': { source: 'Microsoft.Compute/virtualMachineScaleSets Percentage CPU', period: 300 },
        'memory.usage': {
          source: '100 − Microsoft.Compute/virtualMachineScaleSets Available Memory Percentage',
        },
      });
      expect(valuesAt(folded?.monitoring ?? {}, 'cpu.utilization')?.max).toBeLessThanOrEqual(100);
    }
  });
});

describe('all types together', () => {
  it('are each as they are alone, and have percentiles between the extremes', async () => {
    const small = await startCloud();
    const options = { days: 2, statistics: [...statistics, 'p50', 'p95'] as const };
    const all = [serverType, ...types];
    const together = await read(small, { ...options, types: all });
    const alone: Reading[] = [];
    for (const type of all) alone.push(await read(small, { ...options, types: [type] }));
    await small.stop();
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
    expect(compared).toBeGreaterThan(500);
  });
});

/** Seven significant digits. */
function digitsFor(value: number): number {
  return value === 0 ? 9 : 6 - Math.ceil(Math.log10(Math.abs(value)));
}

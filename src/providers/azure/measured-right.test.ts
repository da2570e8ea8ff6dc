import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CollectedServer } from '#collect/collect-region.ts';
import { estimateRegion } from '#collect/estimate.ts';
import { type MetricKey, serverMetricKeys } from '#model/metric.ts';
import { valuesAt } from '#model/record.ts';
import { serverType } from '#model/resource-type.ts';
import { lastDays, startOf } from '#model/window.ts';
import type { AzureCloud } from '../../demo/azure/server.ts';
import type { Truths } from '../../demo/azure/truth.ts';
import { azure } from './index.ts';
import {
  carriersOf,
  connectTo,
  fleetOf,
  otherSubscription,
  type Reading,
  read,
  startCloud,
  worldNow,
} from './testing-fleet.fixture.ts';

let cloud: AzureCloud;
let reading: Reading;

beforeAll(async () => {
  cloud = await startCloud();
  reading = await read(cloud, { statistics: ['avg', 'max', 'min'] });
});
afterAll(() => cloud.stop());

const truths = new Map<string, Truths>();

/** What the simulated machine really did, straight from its generator. */
function truthOf({ resource: { id } }: CollectedServer): Truths {
  const { from, to } = lastDays(7, worldNow);
  const truth = truths.get(id) ?? cloud.truth({ resource: id, start: startOf(from), end: startOf(to) });
  if (truth === undefined) throw new Error(`no such machine: ${id}`);
  truths.set(id, truth);
  return truth;
}

const measured = serverMetricKeys.filter((key) => key !== 'memory.total');

describe('every machine of a simulated region', () => {
  it('is there, with every key as a value or a reason', () => {
    expect(reading.servers.size).toBe(80);
    for (const { folded } of reading.servers.values()) {
      for (const key of serverMetricKeys) {
        const info = folded?.info.metrics[key];
        const hasValue = valuesAt(folded?.monitoring ?? {}, key) !== undefined;
        expect(info !== undefined && 'missing' in info).toBe(!hasValue);
      }
    }
  });

  it.each(measured)('has the true %s', (key) => {
    let compared = 0;
    for (const server of reading.servers.values()) {
      if (isGone(server)) continue;
      const truth = truthOf(server)[key];
      const values = valuesAt(server.folded?.monitoring ?? {}, key);
      expect(values === undefined, `${server.resource.name} has ${key}`).toBe(truth === undefined);
      if (values === undefined || truth === undefined) continue;
      compared++;
      expect(values.avg, `avg of ${server.resource.name}`).toBeCloseTo(truth.avg, digitsFor(truth.avg));
      if (isBound(server, key)) expect(values.max).toBeGreaterThanOrEqual(truth.max * (1 - 1e-9));
      else expect(values.max, `max of ${server.resource.name}`).toBeCloseTo(truth.max, digitsFor(truth.max));
      expect(values.min).toBeLessThanOrEqual(values.avg ?? 0);
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('has a peak of packets that is a bound only where it has several interfaces', () => {
    const bounds = [...reading.servers.values()].filter((server) => isBound(server, 'network.received_pps'));
    expect(bounds.length).toBeGreaterThan(5);
    for (const { resource } of bounds) expect(carriersOf(resource).interfaces).toHaveLength(2);
  });

  it('has a coverage that is the observed part of the window', () => {
    for (const server of reading.servers.values()) {
      for (const key of ['cpu.utilization', 'network.sent_pps'] as const) {
        const info = server.folded?.info.metrics[key];
        if (info === undefined || 'missing' in info) continue;
        expect(info.coverage).toBeCloseTo((truthOf(server)[key]?.seconds ?? 0) / (7 * 86_400), 4);
      }
    }
  });

  it('has its size: cores, and memory in total', () => {
    for (const server of reading.servers.values()) {
      const total = valuesAt(server.folded?.monitoring ?? {}, 'memory.total')?.avg;
      expect(total).toBe(server.resource.constants['memory.total']);
      expect(total).toBe(truthOf(server)['memory.total']?.avg ?? total);
      expect(total).toBeGreaterThan(0);
      expect(server.resource.vcpus).toBeGreaterThan(0);
    }
  });

  it('is told apart: stopped, gone, too new, without memory', () => {
    const reasons = new Set<string>();
    for (const { folded } of reading.servers.values()) {
      for (const info of Object.values(folded?.info.metrics ?? {})) if ('missing' in info) reasons.add(info.missing);
    }
    expect([...reasons].sort()).toEqual(['no_data', 'stopped', 'terminated', 'too_new']);
  });
});

it('names where each value comes from', () => {
  const sources = new Set(
    [...reading.servers.values()].flatMap(({ folded }) =>
      Object.values(folded?.info.metrics ?? {}).flatMap((info) => ('source' in info ? [info.source] : [])),
    ),
  );
  expect([...sources]).toEqual(
    expect.arrayContaining([
      'Microsoft.Compute/virtualMachines Percentage CPU',
      '100 − Microsoft.Compute/virtualMachines Available Memory Percentage',
      'Microsoft.Compute/skus MemoryGB − Microsoft.Compute/virtualMachines Available Memory Bytes',
      'Microsoft.Network/networkInterfaces PacketsReceivedRate',
      'Microsoft.Compute/skus MemoryGB',
    ]),
  );
});

it('takes the calls, the points and the money that were estimated', async () => {
  const whole = await startCloud({ graphLagSeconds: 0 });
  const { connection } = await connectTo(whole.url);
  const estimate = await estimateRegion({
    fleet: fleetOf(connection),
    region: 'westeurope',
    types: [serverType],
    wanted: { keys: serverMetricKeys, statistics: ['avg', 'max', 'p95'], window: lastDays(3, worldNow) },
    selects: () => true,
    known: async () => new Map(),
    limit: azure.limits['monitor:getBatch'],
    signal: new AbortController().signal,
  });
  connection.close();
  const { ledger } = await read(whole, { days: 3, statistics: ['avg', 'max', 'p95'] });
  await whole.stop();
  const { usdAtMost, ...spent } = ledger.spent();
  const { usdAtMost: atMost, ...planned } = estimate.cost;
  expect(spent).toEqual(planned);
  expect(usdAtMost).toBeCloseTo(atMost, 9);
  expect(spent.calls).toBeGreaterThan(4);
});

describe('a second reading', () => {
  it('asks for nothing that is known', async () => {
    const again = await read(cloud, { known: knownFrom(), statistics: ['avg', 'max', 'min'] });
    for (const [id, { folded, days }] of again.servers) {
      expect(folded).toEqual(reading.servers.get(id)?.folded);
      expect(days.size).toBe(0);
    }
    // Of a machine that is gone nothing can be known, so it is asked about until Resource Graph leaves it out.
    const gone = [...again.servers.values()].filter(isGone).length;
    expect(callsTo(again, 'monitor:metrics')).toBeLessThanOrEqual(2 * gone);
  });

  it('asks only for the days that are missing', async () => {
    const { to } = lastDays(7, worldNow);
    const again = await read(cloud, {
      known: knownFrom((day) => day < to - 1),
      statistics: ['avg', 'max', 'min'],
    });
    for (const [id, { folded, days }] of again.servers) {
      expect(folded).toEqual(reading.servers.get(id)?.folded);
      expect([...days.keys()].every((day) => day === to - 1)).toBe(true);
    }
  });

  it('finds the same averages and peaks, and percentiles between the extremes', async () => {
    const place = { subscription: otherSubscription, days: 3 };
    const plain = await read(cloud, { ...place, statistics: ['avg', 'max', 'min'] });
    const detailed = await read(cloud, { ...place, statistics: ['avg', 'max', 'min', 'p50', 'p95'] });
    let compared = 0;
    for (const [id, { folded }] of plain.servers) {
      for (const key of measured) {
        const values = valuesAt(folded?.monitoring ?? {}, key);
        const { p50 = 0, p95 = 0, ...same } = valuesAt(detailed.servers.get(id)?.folded?.monitoring ?? {}, key) ?? {};
        expect(same).toEqual(values ?? {});
        if (values === undefined) continue;
        const { min = 0, max = 0 } = values;
        compared++;
        expect(p50).toBeGreaterThanOrEqual(min * 0.99);
        expect(p95).toBeGreaterThanOrEqual(p50);
        expect(p95).toBeLessThanOrEqual(max * 1.01);
        expect(p95).toBeGreaterThan(0);
      }
    }
    expect(compared).toBeGreaterThan(80);
  });
});

function knownFrom(keeps: (day: number) => boolean = () => true) {
  return new Map([...reading.servers].map(([id, { days }]) => [id, new Map([...days].filter(([day]) => keeps(day)))]));
}

function callsTo({ ledger }: Reading, api: string): number {
  return ledger.lines().find((line) => line.api === api)?.calls ?? 0;
}

/** Resource Graph still shows it, and the metrics service no longer knows it. */
function isGone({ folded }: CollectedServer): boolean {
  const info = folded?.info.metrics['cpu.utilization'];
  return info !== undefined && 'missing' in info && info.missing === 'terminated';
}

/** Seven significant digits. */
function digitsFor(value: number): number {
  return value === 0 ? 9 : 6 - Math.ceil(Math.log10(Math.abs(value)));
}

function isBound({ folded }: CollectedServer, key: MetricKey): boolean {
  const info = folded?.info.metrics[key];
  return info !== undefined && 'max_is' in info;
}

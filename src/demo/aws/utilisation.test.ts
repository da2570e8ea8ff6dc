import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoAccounts } from './accounts.ts';
import { instanceSeries, metricsOf, volumeSeries } from './metrics.ts';
import { findRegion } from './regions.ts';
import { day, testNow } from './sdk-clients.fixture.ts';
import type { Series } from './series.ts';
import type { Server } from './simulated-server.ts';
import { aggregate, samplesPerBucket } from './utilisation.ts';
import { makeWorld, serverAt } from './world.ts';

const region = findRegion('us-east-1');
if (region === undefined) throw new Error('no us-east-1');
const cell = makeWorld(demoAccounts, 1, testNow).cell(demoAccounts[0], region);
const servers = Array.from({ length: cell.count }, (_, index) => serverAt(cell, index));

function total(column: Float64Array): number {
  return column.reduce((sum, value) => sum + value, 0);
}

function findWith(wanted: (server: Server) => boolean): Server {
  const server = servers.find(wanted);
  if (server === undefined) throw new Error('the demo world lacks such a server');
  return server;
}

function seriesOf(server: Server, metric: string): Series {
  const series = instanceSeries(server, metric);
  if (series === undefined) throw new Error(`${server.name} has no ${metric}`);
  return series;
}

const anySeries = fc
  .tuple(fc.constantFrom(...servers), fc.nat(40))
  .map(([server, n]) => [...metricsOf(server)].map(({ series }) => series).at(n % 9))
  .filter((series) => series !== undefined);

/** Starts and ends on whole minutes, since every sample does. */
const anyGrid = fc
  .record({ ago: fc.integer({ min: 60, max: 4000 }), minutes: fc.integer({ min: 1, max: 4000 }) })
  .map(({ ago, minutes }) => ({ start: testNow - ago * 60, end: testNow - ago * 60 + minutes * 60 }));

describe('aggregate', () => {
  it('sums the same whatever the period', () =>
    fc.assert(
      fc.property(anySeries, anyGrid, fc.constantFrom(60, 300, 900, 3600), (series, grid, period) => {
        const fine = aggregate(series, { ...grid, period });
        const coarse = aggregate(series, { ...grid, period: day });
        expect(total(fine.sum)).toBe(total(coarse.sum));
        expect(total(fine.count)).toBe(total(coarse.count));
        expect(Math.max(...fine.maximum)).toBe(Math.max(...coarse.maximum));
        expect(Math.min(...fine.minimum)).toBe(Math.min(...coarse.minimum));
      }),
    ));

  it('agrees with the single samples', () =>
    fc.assert(
      fc.property(
        anySeries.filter(({ perOperation }) => !perOperation),
        anyGrid,
        (series, grid) => {
          const found = aggregate(series, { ...grid, period: 3600 });
          const samples = samplesPerBucket(series, { ...grid, period: 3600 });
          for (const [bucket, values] of samples.entries()) {
            expect(found.count[bucket]).toBe(values.length);
            expect(found.sum[bucket]).toBe(values.reduce((sum, value) => sum + value, 0));
            expect(found.maximum[bucket]).toBe(Math.max(...values));
            expect(found.minimum[bucket]).toBe(Math.min(...values));
          }
        },
      ),
    ));

  it('keeps every value physical', () =>
    fc.assert(
      fc.property(anySeries, anyGrid, (series, grid) => {
        const found = aggregate(series, { ...grid, period: 3600 });
        for (const [bucket, count] of found.count.entries()) {
          if (count === 0) continue;
          expect(found.minimum[bucket]).toBeGreaterThanOrEqual(0);
          if (series.unit === 'Percent') expect(found.maximum[bucket]).toBeLessThanOrEqual(100);
          else expect(Number.isInteger(found.maximum[bucket])).toBe(true);
        }
      }),
    ));
});

describe('the fleet', () => {
  const week = { start: testNow - 7 * day, end: testNow - 300 };

  it('keeps idle servers below 7 % in every sample', () => {
    const idle = servers.filter(({ profile }) => profile.name === 'intranet');
    const peaks = idle.map((server) =>
      Math.max(...aggregate(seriesOf(server, 'CPUUtilization'), { ...week, period: 3600 }).maximum),
    );
    expect(idle.length).toBeGreaterThan(40);
    expect(Math.max(...peaks)).toBeLessThan(7);
  });

  it.each([
    { name: 'basic by five minutes', want: { detailed: false, before: 300, after: 300 }, samples: 12 },
    { name: 'basic and yet by the minute', want: { detailed: false, before: 60, after: 60 }, samples: 60 },
    { name: 'detailed', want: { detailed: true, before: 60, after: 60 }, samples: 60 },
  ])('samples $name', ({ want, samples }) => {
    const server = findWith(
      ({ monitoring, profile }) =>
        profile.life === 'always_on' &&
        Object.entries(want).every(([key, value]) =>
          Object.entries(monitoring).some(([k, v]) => k === key && v === value),
        ),
    );
    const hour = { start: testNow - 7200, end: testNow - 3600, period: 3600 };
    expect([...aggregate(seriesOf(server, 'NetworkIn'), hour).count]).toEqual([samples]);
    expect([...aggregate(seriesOf(server, 'NetworkPacketsIn'), hour).count]).toEqual([12]);
  });

  it('changes from five-minute to one-minute samples on the way, with the same traffic per second', () => {
    const server = findWith(
      ({ monitoring, profile }) => monitoring.before !== monitoring.after && profile.load === 'hot',
    );
    const { switchedAt } = server.monitoring;
    const series = seriesOf(server, 'NetworkIn');
    const before = aggregate(series, { start: switchedAt - day, end: switchedAt, period: day });
    const after = aggregate(series, { start: switchedAt, end: switchedAt + day, period: day });
    expect([before.count[0], after.count[0]]).toEqual([288, 1440]);
    expect(total(after.sum) / total(before.sum)).toBeCloseTo(1, 1);
  });

  it('counts operations in the samples of volume bytes', () => {
    const server = findWith(({ type, profile }) => type.hypervisor === 'xen' && profile.load === 'replica');
    const bytes = volumeSeries(server, 0, 'VolumeReadBytes');
    const operations = volumeSeries(server, 0, 'VolumeReadOps');
    if (bytes === undefined || operations === undefined) throw new Error('no volume metrics');
    const grid = { start: testNow - day, end: testNow - 300, period: day };
    const found = aggregate(bytes, grid);
    expect(total(found.count)).toBe(total(aggregate(operations, grid).sum));
    expect(total(found.sum)).toBeLessThanOrEqual(total(found.count) * (found.maximum[0] ?? 0));
    expect(found.maximum[0]).toBeLessThanOrEqual(256 * 1024);
  });

  it.each([
    { kind: 'Nitro', metric: 'EBSReadOps', has: true },
    { kind: 'Xen', metric: 'EBSReadOps', has: false },
    { kind: 'bare metal', metric: 'EBSReadOps', has: false },
    { kind: 'Nitro', metric: 'DiskReadOps', has: false },
    { kind: 'Xen', metric: 'DiskReadOps', has: true },
  ])('$kind without an instance store: $metric is $has', ({ kind, metric, has }) => {
    const hypervisor = kind === 'Nitro' ? 'nitro' : kind === 'Xen' ? 'xen' : 'none';
    const server = findWith(({ type }) => type.hypervisor === hypervisor && type.instanceStorageGb === 0);
    expect(instanceSeries(server, metric) !== undefined).toBe(has);
  });

  it('publishes zeros as Disk* for Xen without an instance store, and real values with one', () => {
    const peak = (storage: boolean) => {
      const server = findWith(
        ({ type, profile }) =>
          type.hypervisor === 'xen' && type.instanceStorageGb > 0 === storage && profile.life === 'always_on',
      );
      return Math.max(...aggregate(seriesOf(server, 'DiskReadOps'), { ...week, period: day }).maximum);
    };
    expect(peak(false)).toBe(0);
    expect(peak(true)).toBeGreaterThan(0);
  });
});

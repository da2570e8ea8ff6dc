import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseSize } from './choose.ts';
import { type Course, dayOfPoints, daysOf, plainDay, windowOf } from './days.fixture.ts';
import type { Demand } from './fits.ts';
import { loadOf } from './load.ts';
import { type Policy, presets } from './policy.ts';
import type { PricedSize } from './size.ts';
import { findSize, ladderOf, sizeLists } from './size-catalog.ts';
import { type RatedServer, rate, type Verdict } from './verdict.ts';

const seed = 4711;
const lookBackDays = 7;
const window = windowOf(lookBackDays);

const cells = () =>
  fc.oneof(
    fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 12 }).map((points) => dayOfPoints(points)),
    fc
      .tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.double({ min: 0, max: 100, noNaN: true }))
      .map(([a, b]) => plainDay(Math.min(a, b), Math.max(a, b))),
  );
const series = () => fc.array(cells(), { minLength: lookBackDays, maxLength: lookBackDays });
const courses = (): fc.Arbitrary<Course> =>
  fc
    .record({ cpu: series(), memory: fc.option(series(), { nil: undefined }) })
    .map(({ cpu, memory }) => ({ cpu, ...(memory === undefined ? {} : { memory }) }));

const policies = (): fc.Arbitrary<Policy> =>
  fc.record({
    lookBackDays: fc.constant(lookBackDays),
    percentile: fc.constantFrom(0.5, 0.95, 0.995, 1),
    cpuHeadroom: fc.double({ min: 0, max: 0.9, noNaN: true }),
    memoryHeadroom: fc.double({ min: 0, max: 0.9, noNaN: true }),
    minimumCoverage: fc.constantFrom(0.01, 0.5),
    idleCpuPercent: fc.constant(0),
    idleNetworkBytesPerSecond: fc.constant(0),
  });

const servers = (): fc.Arbitrary<RatedServer> =>
  fc
    .constantFrom(...sizeLists)
    .chain(({ provider, homeRegion, families }) =>
      fc
        .constantFrom(...families.flatMap(({ sizes }) => sizes.map(([name]) => name)))
        .map((instanceType) => ({ provider, region: homeRegion, instanceType, state: 'RUNNING' as const })),
    );

/** What a verdict leaves a server with. */
function sizeAfter(server: RatedServer, { suggestion }: Verdict): PricedSize | undefined {
  const name = suggestion?.action === 'resize' ? suggestion.size.name : server.instanceType;
  return findSize(server.provider, name);
}

function isSmaller(a: PricedSize | undefined, b: PricedSize | undefined): boolean {
  if (a === undefined || b === undefined) throw new Error('both are on a list');
  return a.vcpus <= b.vcpus && a.gib <= b.gib && (a.vcpus < b.vcpus || a.gib < b.gib);
}

describe('a verdict', () => {
  it('never names a smaller size for more headroom', () => {
    fc.assert(
      fc.property(
        servers(),
        courses(),
        policies(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (server, course, policy, part) => {
          const days = daysOf(course);
          const more: Policy = {
            ...policy,
            cpuHeadroom: policy.cpuHeadroom + (0.9 - policy.cpuHeadroom) * part,
            memoryHeadroom: policy.memoryHeadroom + (0.9 - policy.memoryHeadroom) * part,
          };
          const [with_, withMore] = [rate(server, days, window, policy), rate(server, days, window, more)];
          // What is short on every size is told, and nothing is suggested: that is no size.
          if (withMore.withheld === 'largest_size') return;
          expect(isSmaller(sizeAfter(server, withMore), sizeAfter(server, with_))).toBe(false);
        },
      ),
      { seed, numRuns: 1500 },
    );
  });

  it('never makes a hot server smaller in anything, and never an oversized one larger', () => {
    fc.assert(
      fc.property(servers(), courses(), policies(), (server, course, policy) => {
        const verdict = rate(server, daysOf(course), window, policy);
        if (verdict.suggestion?.action !== 'resize') return;
        const { size } = verdict.suggestion;
        const [own] = [findSize(server.provider, server.instanceType)];
        if (own === undefined) throw new Error('it is on a list');
        if (verdict.class === 'hot') {
          expect(size.vcpus).toBeGreaterThanOrEqual(own.vcpus);
          expect(size.gib).toBeGreaterThanOrEqual(own.gib);
        } else {
          expect(size.vcpus).toBeLessThanOrEqual(own.vcpus);
          expect(size.gib).toBeLessThanOrEqual(own.gib);
          expect(verdict.savings?.usdPerHour).toBeGreaterThan(0);
        }
      }),
      { seed, numRuns: 1500 },
    );
  });

  it('keeps the memory of a server whose memory is not known', () => {
    fc.assert(
      fc.property(servers(), series(), policies(), (server, cpu, policy) => {
        const verdict = rate(server, daysOf({ cpu }), window, policy);
        if (verdict.suggestion?.action !== 'resize') return;
        expect(verdict.suggestion.size.gib).toBeGreaterThanOrEqual(verdict.size?.gib ?? Number.POSITIVE_INFINITY);
      }),
      { seed, numRuns: 1500 },
    );
  });

  it('names only sizes on which the headroom stays free', () => {
    fc.assert(
      fc.property(servers(), courses(), policies(), (server, course, policy) => {
        const { suggestion } = rate(server, daysOf(course), window, policy);
        if (suggestion?.action !== 'resize') return;
        expect(suggestion.projected.cpu).toBeLessThanOrEqual(100 * (1 - policy.cpuHeadroom) * (1 + 1e-6));
        expect(suggestion.projected.memory ?? 0).toBeLessThanOrEqual(100 * (1 - policy.memoryHeadroom) * (1 + 1e-6));
      }),
      { seed, numRuns: 1500 },
    );
  });

  it('is never idle for want of data', () => {
    fc.assert(
      fc.property(servers(), fc.integer({ min: 0, max: lookBackDays }), (server, measured) => {
        const policy: Policy = { ...presets.bold, lookBackDays };
        const quiet = Array.from({ length: lookBackDays }, (_, at) =>
          at < measured ? plainDay(0, 0) : dayOfPoints([]),
        );
        const verdict = rate(server, daysOf({ cpu: quiet, network: quiet }), window, policy);
        expect(verdict.class).toBe(measured / lookBackDays >= policy.minimumCoverage ? 'idle' : 'not_enough_data');
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe('the choice of a size', () => {
  const scaled = (size: PricedSize, k: number): PricedSize => ({
    ...size,
    name: `${size.name}×${k}`,
    vcpus: size.vcpus * k,
    gib: size.gib * k,
    homeUsd: size.homeUsd * k,
  });

  it('is k times as large where all is k times as large', () => {
    fc.assert(
      fc.property(servers(), courses(), policies(), fc.constantFrom(2, 4, 8, 1024), (server, course, policy, k) => {
        const own = findSize(server.provider, server.instanceType);
        const cpu = loadOf('cpu.utilization', daysOf(course), window, policy.percentile);
        if (own === undefined || cpu === null) return;
        const ladder = ladderOf(server.provider, own);
        const larger = ladder.map((size) => scaled(size, k));
        const largerOwn = larger[ladder.indexOf(own)];
        if (largerOwn === undefined) throw new Error('a size is on its own ladder');
        const demand: Demand = {
          size: own,
          cpu,
          memory: loadOf('memory.usage', daysOf(course), window, policy.percentile),
        };
        const choice = chooseSize(own, ladder, demand, policy);
        const scaledChoice = chooseSize(largerOwn, larger, { ...demand, size: largerOwn }, policy);
        expect(scaledChoice).toEqual({ ...choice, size: choice.size === null ? null : scaled(choice.size, k) });
      }),
      { seed, numRuns: 800 },
    );
  });
});

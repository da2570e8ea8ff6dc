import { describe, expect, it } from 'vitest';
import { type Course, dayOfPoints, daysOf, plainDay, repeat, windowOf } from './days.fixture.ts';
import { type Policy, presets } from './policy.ts';
import { type RatedServer, rate, type Verdict } from './verdict.ts';

const server: RatedServer = {
  provider: 'aws',
  region: 'us-east-1',
  instanceType: 'm7i.2xlarge',
  state: 'RUNNING',
};

function verdictOf(course: Course, over: Partial<RatedServer> = {}, policy: Policy = presets.standard): Verdict {
  return rate({ ...server, ...over }, daysOf(course), windowOf(policy.lookBackDays), policy);
}

const fortnight = (avg: number, max: number) => repeat(14, plainDay(avg, max));
const busyNetwork = fortnight(4e6, 9e6);
const quietNetwork = fortnight(1e4, 1e6);

describe('classes', () => {
  it.each<{ name: string; course: Course; over?: Partial<RatedServer>; want: Partial<Record<keyof Verdict, unknown>> }>(
    [
      {
        name: 'idle: CPU and network low',
        course: { cpu: fortnight(2, 6.8), network: quietNetwork },
        want: { class: 'idle', reason: 'cpu_and_network_low', suggestion: { action: 'stop' } },
      },
      {
        name: 'not idle where the network was not measured',
        course: { cpu: fortnight(2, 6.8), memory: fortnight(10, 12) },
        want: { class: 'oversized', caveats: ['network_unknown', 'maximum_counts'] },
      },
      {
        name: 'not idle where received and sent together are not low',
        course: { cpu: fortnight(2, 6.8), memory: fortnight(10, 12), network: fortnight(1e4, 2.6e6) },
        want: { class: 'oversized', reason: 'fits_smaller' },
      },
      {
        name: 'oversized: half of CPU and memory is enough',
        course: { cpu: fortnight(14, 38), memory: fortnight(30, 34), network: busyNetwork },
        want: { class: 'oversized', suggestion: { action: 'resize', size: { name: 'm7i.xlarge' } } },
      },
      {
        name: 'oversized: memory that is hardly used is let go of, too',
        course: { cpu: fortnight(14, 38), memory: fortnight(10, 12), network: busyNetwork },
        want: { class: 'oversized', suggestion: { size: { name: 'c7i.xlarge' } } },
      },
      {
        name: 'oversized in CPU alone: as much memory with fewer vCPUs',
        course: { cpu: fortnight(14, 38), memory: fortnight(60, 75), network: busyNetwork },
        want: { class: 'oversized', suggestion: { size: { name: 'r7i.xlarge', gib: 32 } } },
      },
      {
        name: 'fit: half of CPU is not enough',
        course: { cpu: fortnight(30, 70), memory: fortnight(60, 70), network: busyNetwork },
        want: { class: 'fit', reason: 'fits', suggestion: null, savings: null },
      },
      {
        name: 'hot by CPU',
        course: { cpu: fortnight(60, 88), memory: fortnight(60, 70), network: busyNetwork },
        want: { class: 'hot', reason: 'cpu_high', suggestion: { size: { name: 'c7i.4xlarge', gib: 32 } } },
      },
      {
        name: 'hot by memory: more memory with the same vCPUs',
        course: { cpu: fortnight(50, 70), memory: fortnight(85, 90), network: busyNetwork },
        want: { class: 'hot', reason: 'memory_high', suggestion: { size: { name: 'r7i.2xlarge', vcpus: 8 } } },
      },
      {
        name: 'hot on the largest size',
        course: { cpu: fortnight(60, 100), memory: fortnight(60, 70), network: busyNetwork },
        over: { instanceType: 'r7i.48xlarge' },
        want: { class: 'hot', suggestion: null, withheld: 'largest_size', caveats: ['maximum_counts', 'saturated'] },
      },
      {
        name: 'nothing is said of a server that does not run',
        course: { cpu: fortnight(2, 6.8), network: quietNetwork },
        over: { state: 'STOPPED' },
        want: { class: 'not_enough_data', reason: 'not_running', savings: null },
      },
      {
        name: 'nothing is said without CPU',
        course: { memory: fortnight(10, 12) },
        want: { class: 'not_enough_data', reason: 'cpu_unknown' },
      },
      {
        name: 'days without data are not idle days',
        course: { cpu: [...repeat(12, plainDay(1, 2)), ...repeat(2, dayOfPoints([]))], network: quietNetwork },
        want: { class: 'not_enough_data', reason: 'coverage_low' },
      },
      {
        name: 'days that were never asked for are not idle days',
        course: { cpu: repeat(12, plainDay(1, 2)), network: quietNetwork },
        want: { class: 'not_enough_data', reason: 'coverage_low' },
      },
      {
        name: 'a server that ran half of each day is not idle for the other half',
        course: { cpu: repeat(14, plainDay(1, 2, 43_200)), network: quietNetwork },
        want: { class: 'not_enough_data', reason: 'coverage_low' },
      },
      {
        name: 'without a list of sizes nobody knows whether it is oversized',
        course: { cpu: fortnight(14, 38), memory: fortnight(10, 12), network: busyNetwork },
        over: { instanceType: 'x9z.huge' },
        want: { class: 'not_enough_data', reason: 'size_unknown', size: null },
      },
      {
        name: 'without a list of sizes it can be hot',
        course: { cpu: fortnight(60, 95), network: busyNetwork },
        over: { instanceType: 'n2-custom-6-12288', provider: 'google_cloud' },
        want: { class: 'hot', reason: 'cpu_high', withheld: 'size_unknown', suggestion: null },
      },
    ],
  )('$name', ({ course, over, want }) => {
    expect(verdictOf(course, over)).toMatchObject(want);
  });
});

describe('memory that is not known', () => {
  it('withholds a size with less of it, and says so', () => {
    const found = verdictOf({ cpu: fortnight(5, 12), network: busyNetwork }, { instanceType: 'r7i.2xlarge' });
    expect(found).toMatchObject({ class: 'oversized', suggestion: null, withheld: 'memory_unknown', savings: null });
    expect(found.caveats).toContain('memory_unknown');
  });

  it('lets fewer vCPUs be suggested with the memory that there is', () => {
    const found = verdictOf({ cpu: fortnight(14, 38), network: busyNetwork });
    expect(found.suggestion).toMatchObject({ size: { name: 'r7i.xlarge', gib: 32 }, projected: { memory: null } });
  });

  it('is what too few measured days are', () => {
    const course = { cpu: fortnight(14, 38), memory: repeat(5, plainDay(10, 12)), network: busyNetwork };
    expect(verdictOf(course)).toMatchObject({ suggestion: { size: { gib: 32 } }, memory: { max: 12 } });
  });
});

describe('burstable sizes', () => {
  const t3 = { instanceType: 't3.xlarge' };

  it('fit while no day spends more than it earns', () => {
    const course = { cpu: fortnight(22, 75), memory: fortnight(60, 70), network: busyNetwork };
    expect(verdictOf(course, t3)).toMatchObject({ class: 'fit' });
  });

  it('are hot where one day spends more', () => {
    const cpu = [...repeat(13, plainDay(10, 75)), plainDay(41, 75)];
    const found = verdictOf({ cpu, memory: fortnight(60, 70), network: busyNetwork }, t3);
    expect(found).toMatchObject({
      class: 'hot',
      reason: 'credits_spent',
      suggestion: { size: { name: 't3.2xlarge' } },
    });
  });

  it('are not suggested where they would earn too little', () => {
    // 30 % of t3.large is what 15 % of t3.xlarge is.
    const small = { cpu: fortnight(14.9, 30), memory: fortnight(30, 35), network: busyNetwork };
    expect(verdictOf(small, t3)).toMatchObject({ class: 'oversized', suggestion: { size: { name: 't3.large' } } });
    const more = { ...small, cpu: fortnight(15.1, 30) };
    expect(verdictOf(more, t3)).toMatchObject({ class: 'fit' });
  });
});

describe('what counts', () => {
  const spike = dayOfPoints([...Array.from({ length: 287 }, () => 20), 90]);
  const course = { cpu: repeat(14, spike), memory: fortnight(30, 34), network: busyNetwork };

  it('is the percentile where points were read', () => {
    const found = verdictOf(course);
    expect(found.cpu).toMatchObject({ peakIs: 'percentile', max: 90 });
    expect(found.cpu?.peak).toBeCloseTo(20, 0);
    expect(found).toMatchObject({ class: 'oversized', suggestion: { clipped: { above: 14, of: 14 * 288 } } });
  });

  it('is the maximum where a policy is careful', () => {
    const month = { cpu: repeat(30, spike), memory: repeat(30, plainDay(30, 34)) };
    expect(verdictOf(month, {}, presets.careful)).toMatchObject({ class: 'hot', cpu: { peak: 90, peakIs: 'max' } });
  });

  it('is the maximum where only days were read', () => {
    const plain = { ...course, cpu: fortnight(20, 90) };
    expect(verdictOf(plain)).toMatchObject({ class: 'hot', cpu: { peakIs: 'max' } });
    expect(verdictOf(plain).caveats).toContain('maximum_counts');
  });
});

describe('savings', () => {
  const course = { cpu: fortnight(14, 38), memory: fortnight(30, 34), network: busyNetwork };

  it('are the hours seen to run times the difference in price', () => {
    const { savings } = verdictOf({ ...course, cpu: repeat(14, plainDay(14, 38, 80_000)) });
    const hours = (14 * 80_000) / 3600;
    expect(savings?.hours).toBeCloseTo(hours, 9);
    expect(savings?.usdPerHour).toBeCloseTo(0.4032 - 0.2016, 9);
    expect(savings?.usd).toBeCloseTo(hours * 0.2016, 6);
  });

  it('of an idle server are all that it costs', () => {
    const { savings } = verdictOf({ cpu: fortnight(2, 6.8), network: quietNetwork });
    expect(savings?.usd).toBeCloseTo(14 * 24 * 0.4032, 6);
  });

  it('are below 0 where a larger size is suggested', () => {
    expect(verdictOf({ ...course, cpu: fortnight(60, 88) }).savings?.usd).toBeLessThan(0);
  });

  it.each(['Windows', 'Windows with SQL Server Standard', 'Red Hat Enterprise Linux', 'rhel-9-server', 'SUSE Linux'])(
    'are not told of %s, which costs more than the lists say',
    (platform) => {
      expect(verdictOf(course, { platform })).toMatchObject({ class: 'oversized', savings: null });
      expect(verdictOf(course, { platform: 'Linux/UNIX' }).savings).not.toBeNull();
    },
  );

  it('are not guessed for a region without a price', () => {
    const found = verdictOf(course, { region: 'mars-north-1' });
    expect(found).toMatchObject({ class: 'oversized', suggestion: { size: { name: 'm7i.xlarge' } }, savings: null });
    expect(found.caveats).toContain('price_unknown');
  });
});

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CollectedServer } from '#collect/collect-region.ts';
import { estimateRegion } from '#collect/estimate.ts';
import type { Answer } from '#model/fleet.ts';
import { metricKeys, serverMetricKeys } from '#model/metric.ts';
import { valuesAt } from '#model/record.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import { dayAt, daySeconds, lastDays, startOf } from '#model/window.ts';
import type { GoogleCloud } from '../../demo/google/server.ts';
import type { Truths } from '../../demo/google/truth.ts';
import { prices } from './catalog.ts';
import { googleCloud } from './index.ts';
import { inParts } from './parts.ts';
import {
  connectTo,
  fleetOf,
  isGoogles,
  projects,
  type Reading,
  type ReadOptions,
  read,
  simulatedIdOf,
  startCloud,
  timeSeriesCalls,
  worldNow,
} from './testing-fleet.fixture.ts';
import { zonePages } from './testing-servers.fixture.ts';

const statistics = ['avg', 'max', 'min'] as const;
let cloud: GoogleCloud;
let reading: Reading;
let truths: ReadonlyMap<string, Truths>;

beforeAll(async () => {
  cloud = await startCloud();
  reading = await read(cloud, { statistics });
  truths = new Map([...reading.servers].map(([id, server]) => [id, truthOf(server)]));
});
afterAll(() => cloud.close());

/** What the simulated server really did, straight from its generator. */
function truthOf({ resource }: CollectedServer, { from, to } = lastDays(14, worldNow)): Truths {
  const id = simulatedIdOf(resource);
  const truth = cloud.truth({ project: resource.account, resource: id, start: startOf(from), end: startOf(to) });
  if (truth === undefined) throw new Error(`no such server: ${resource.id}`);
  return truth;
}

const measured = serverMetricKeys.filter((key) => key !== 'memory.total');

describe('every server of a simulated project', () => {
  it('is there, with every key as a value or a reason', () => {
    expect(reading.error).toBeUndefined();
    expect(reading.servers.size).toBe(90);
    for (const { folded, failures } of reading.servers.values()) {
      expect(failures).toEqual([]);
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
      const truth = truths.get(server.resource.id)?.[key];
      const values = valuesAt(server.folded?.monitoring ?? {}, key);
      expect(values === undefined, `${server.resource.name} has ${key}`).toBe(truth === undefined);
      if (values === undefined || truth === undefined) continue;
      compared++;
      const { avg = 0, max = 0, min = 0 } = values;
      expect(avg, `avg of ${server.resource.name}`).toBeCloseTo(truth.avg, digitsFor(truth.avg));
      expect(max, `max of ${server.resource.name}`).toBeCloseTo(truth.max, digitsFor(truth.max));
      expect(min, `min of ${server.resource.name}`).toBeCloseTo(truth.min, digitsFor(truth.min));
    }
    expect(compared).toBeGreaterThan(40);
  });

  it('has the true days, also those on which it ran in part', () => {
    let parts = 0;
    for (const server of reading.servers.values()) {
      for (const [day, cells] of server.days) {
        const seconds = cells.get('cpu.utilization')?.seconds ?? 0;
        if (seconds === 0 || seconds === daySeconds) continue;
        parts++;
        const truth = truthOf(server, { from: day, to: day + 1 });
        for (const key of ['cpu.utilization', 'disk.write_iops', 'network.sent_pps'] as const) {
          const { sum = 0, max = 0 } = cells.get(key) ?? {};
          const { avg = 0, max: trueMax = 0, seconds: trueSeconds } = truth[key] ?? {};
          expect(seconds).toBe(trueSeconds);
          expect(sum / seconds, `avg of ${server.resource.name}`).toBeCloseTo(avg, digitsFor(avg));
          expect(max, `max of ${server.resource.name}`).toBeCloseTo(trueMax, digitsFor(trueMax));
        }
      }
    }
    expect(parts).toBeGreaterThan(20);
  });

  it('has no maximum that is only a bound', () => {
    const infos = [...reading.servers.values()].flatMap(({ folded }) => Object.values(folded?.info.metrics ?? {}));
    expect(infos.some((info) => 'max_is' in info)).toBe(false);
  });

  it('has a coverage that is the observed part of the window', () => {
    for (const server of reading.servers.values()) {
      const info = server.folded?.info.metrics['cpu.utilization'];
      if (info === undefined || 'missing' in info) continue;
      expect(info.coverage).toBeCloseTo(
        (truths.get(server.resource.id)?.['cpu.utilization']?.seconds ?? 0) / (14 * 86_400),
        3,
      );
    }
  });

  it('is told apart: stopped, too new, without agent', () => {
    const reasons = new Set<string>();
    for (const { folded } of reading.servers.values()) {
      for (const info of Object.values(folded?.info.metrics ?? {})) if ('missing' in info) reasons.add(info.missing);
    }
    expect([...reasons].toSorted()).toEqual(['agent_absent', 'stopped', 'too_new']);
  });

  it('is one of its name: a namesake that was deleted is not mixed in', () => {
    const reborn = [...reading.servers.values()].filter(({ resource }) => resource.name.startsWith('ci-runner'));
    expect(reborn.length).toBeGreaterThan(0);
    for (const { resource, days } of reborn) {
      for (const [day, cells] of days) {
        const cell = cells.get('cpu.utilization');
        if (startOf(day + 1) <= (resource.createdAt ?? 0)) expect(cell?.seconds).toBe(0);
      }
    }
  });

  it('has nothing of what was read of a namesake under the same id, while that was there', async () => {
    const daysAgo = 8;
    const then = worldNow - daysAgo * daySeconds * 1000;
    const before = await startCloud({ clock: () => then });
    const { servers } = await read(before).finally(() => before.close());
    const over = dayAt(then / 1000);
    const stored = new Map(
      [...servers].map(([id, { days }]) => [id, new Map([...days].filter(([day]) => day < over))]),
    );
    const again = await read(cloud, { known: stored, statistics });
    const isBusy = (server: CollectedServer | undefined) =>
      [...(server?.days.values() ?? [])].some((cells) => (cells.get('cpu.utilization')?.seconds ?? 0) > 0);
    const reborn = [...reading.servers.values()].filter(
      ({ resource: { id, createdAt = 0 } }) =>
        createdAt > then / 1000 &&
        [...(stored.get(id)?.values() ?? [])].some((cells) => (cells.get('cpu.utilization')?.seconds ?? 0) > 0),
    );
    expect(reborn.length).toBeGreaterThan(0);
    for (const server of reborn) {
      const own = again.servers.get(server.resource.id);
      expect(own?.folded?.monitoring).toEqual(server.folded?.monitoring);
      expect(isBusy(own)).toBe(isBusy(server));
      // What is stored of the namesake is emptied, too.
      for (const [day, cells] of stored.get(server.resource.id) ?? [])
        for (const key of cells.keys()) expect(own?.days.get(day)?.get(key)?.seconds).toBe(0);
    }
  });

  it('names where each value comes from', () => {
    const sources = new Set(
      [...reading.servers.values()].flatMap(({ folded }) =>
        Object.values(folded?.info.metrics ?? {}).flatMap((info) => ('source' in info ? [info.source] : [])),
      ),
    );
    expect([...sources]).toEqual(
      expect.arrayContaining([
        'compute.googleapis.com/instance/cpu/utilization',
        'compute.googleapis.com/instance/disk/read_bytes_count',
        'agent.googleapis.com/memory/percent_used{state=used}',
        'agent.googleapis.com/memory/bytes_used{state=used}',
        'compute.googleapis.com/instance/memory/balloon/ram_used',
        'compute.googleapis.com/instance/memory/balloon/ram_used ÷ machine type memory',
        'compute.googleapis.com machineTypes memoryMb',
      ]),
    );
  });
});

describe('the calls', () => {
  it('are one for each metric and statistic, however many servers', async () => {
    const days = 1;
    expect(timeSeriesCalls(await read(cloud, { days }))).toBe(28);
    expect(timeSeriesCalls(await read(cloud, { days, project: projects[1].id }))).toBe(28);
  });

  it('and what they cost are no more than was foretold', async () => {
    const { cost } = await estimate(cloud, { days: 2 });
    const spent = (await read(cloud, { days: 2 })).ledger.spent();
    expect(spent.calls).toBeLessThanOrEqual(cost.calls);
    expect(spent.usd).toBeLessThanOrEqual(cost.usd);
    expect(spent.usdAtMost).toBeLessThanOrEqual(cost.usdAtMost);
    expect(cost.calls).toBeLessThanOrEqual(spent.calls * 1.1);
  });

  it.each([
    { name: 'servers', types: [serverType], few: 76, times: 2 },
    { name: 'databases', types: ['cloud_sql_instance'], few: 18, times: 2 },
    { name: 'disks', types: ['persistent_disk'], few: 120, times: 2 },
    // By their ids: those of their VMs come too.
    { name: 'few disks', types: ['persistent_disk'], few: 30, times: 1.2 },
  ])('of selected $name are foretold with what comes of the others, for which Google charges too', async (each) => {
    const [one] = projects;
    const zones = { 'us-central1-a': 200, 'europe-west1-b': 200 };
    const large = await startCloud({ projects: [{ ...one, zones, databases: { 'us-central1': 60 }, monitors: [] }] });
    onTestFinished(() => large.close());
    const { types, few, times } = each;
    const { connection } = await connectTo(large);
    const pages = fleetOf(connection).resources('global', types, new AbortController().signal);
    const running = (await Array.fromAsync(pages)).flat().filter(({ state }) => state === 'RUNNING');
    const ids = new Set(running.slice(0, few).map(({ id }) => id));
    const selected = { types, days: 2, selects: ({ id }: Resource) => ids.has(id) };
    const { servers, cost } = await estimate(large, selected);
    expect(servers).toBe(few);
    large.stats.reset();
    const reading = await read(large, selected);
    expect([...reading.servers.values()].flatMap(({ failures }) => failures)).toEqual([]);
    const returned = large.stats.rows().reduce((sum, { series }) => sum + series, 0);
    const spent = reading.ledger.spent();
    expect(returned).toBeGreaterThan(times * spent.calls * few);
    expect(returned * prices.series).toBeLessThanOrEqual(spent.usdAtMost);
    expect(spent.usdAtMost).toBeLessThanOrEqual(cost.usdAtMost);
    expect(spent.calls).toBeLessThanOrEqual(cost.calls);
  });
});

async function estimate(of: GoogleCloud, { days, selects = () => true, types = [serverType] }: ReadOptions) {
  const { connection } = await connectTo(of);
  return estimateRegion({
    fleet: fleetOf(connection),
    region: 'global',
    wanted: { keys: metricKeys, statistics: ['avg', 'max'], window: lastDays(days ?? 14, worldNow) },
    types,
    selects,
    known: async () => new Map(),
    limit: googleCloud.limits[googleCloud.metricApi],
    signal: new AbortController().signal,
  });
}

describe('percentiles', () => {
  const project = projects[1].id;
  it('are of points of five minutes, between the extremes', async () => {
    const { servers } = await read(cloud, { project, days: 3, statistics: ['min', 'max', 'p50', 'p95'] });
    let compared = 0;
    for (const { folded } of servers.values()) {
      for (const key of measured) {
        const { min = 0, max = 0, p50 = 0, p95 = 0 } = valuesAt(folded?.monitoring ?? {}, key) ?? {};
        const info = folded?.info.metrics[key];
        if (info === undefined || 'missing' in info) continue;
        compared++;
        expect(info.resolution).toBe(300);
        expect([min * 0.994, p50, p95, max * 1.006]).toEqual(
          [min * 0.994, p50, p95, max * 1.006].toSorted((a, b) => a - b),
        );
      }
    }
    expect(compared).toBeGreaterThan(60);
  });

  it('leave averages and extremes as they are', async () => {
    const plain = await read(cloud, { project, days: 3 });
    const { servers } = await read(cloud, { project, days: 3, statistics: ['avg', 'max', 'p95'] });
    for (const [id, { folded }] of plain.servers) {
      for (const key of measured) {
        const { avg, max } = valuesAt(servers.get(id)?.folded?.monitoring ?? {}, key) ?? {};
        expect({ avg, max }).toEqual({ avg: undefined, max: undefined, ...valuesAt(folded?.monitoring ?? {}, key) });
      }
    }
  });
});

describe('a second reading', () => {
  it('asks for nothing that is known', async () => {
    const known = new Map([...reading.servers].map(([id, { days }]) => [id, days]));
    const again = await read(cloud, { known, statistics });
    expect(timeSeriesCalls(again)).toBe(1);
    for (const [id, { folded }] of again.servers) expect(folded).toEqual(reading.servers.get(id)?.folded);
  });

  it('asks only for the days that are missing', async () => {
    const { to } = lastDays(14, worldNow);
    const known = new Map(
      [...reading.servers].map(([id, { days }]) => [id, new Map([...days].filter(([day]) => day < to - 1))]),
    );
    const again = await read(cloud, { known, statistics });
    for (const [id, { folded, days }] of again.servers) {
      expect(folded).toEqual(reading.servers.get(id)?.folded);
      expect([...days.keys()].every((day) => day === to - 1)).toBe(true);
    }
  });
});

describe('parts of a large project', () => {
  it('are read by ends of ids, each server as before', async () => {
    const { connection } = await connectTo(cloud);
    const fleet = fleetOf(connection);
    const signal = new AbortController().signal;
    const found = await Array.fromAsync(fleet.resources('global', [serverType], signal));
    const parts = await Array.fromAsync(inParts(zonePages(found.flat().filter(isGoogles)), false, 25));
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.every(([first]) => first?.part.endings !== undefined)).toBe(true);
    const days = lastDays(1, worldNow);
    const wants = parts
      .flat()
      .map((resource) => ({ resource, keys: ['cpu.utilization'] as const, statistics: ['max'] as const, days }));
    const answers: Answer[] = [];
    for (let round = fleet.plan(wants, undefined).requests; round.length > 0; ) {
      const replies = await Promise.all(round.map((request) => fleet.fetch(request, signal)));
      answers.push(...replies.flatMap((reply) => [...reply.answers]));
      round = replies.flatMap((reply) => reply.followUps);
    }
    expect(answers.length).toBeGreaterThan(60);
    for (const { resourceId, cells } of answers) {
      const { max, seconds } = cells.get(days.from) ?? {};
      const before = reading.servers.get(resourceId)?.days.get(days.from)?.get('cpu.utilization');
      expect({ max, seconds }).toEqual({ max: before?.max, seconds: before?.seconds });
    }
  });
});

describe('a metrics scope', () => {
  it('is paid for by none who reads its project alone', async () => {
    const [one, ...others] = projects;
    const alone = await startCloud({ projects: [{ ...one, monitors: [] }, ...others] });
    const seriesOf = async (place: GoogleCloud) => {
      place.stats.reset();
      await read(place, { days: 1 });
      return place.stats.rows().reduce((sum, { series }) => sum + series, 0);
    };
    const series = await seriesOf(alone).finally(() => alone.close());
    expect(series).toBeGreaterThan(1000);
    expect(await seriesOf(cloud)).toBe(series);
  });

  it('reads several projects by one set of calls, each server as its own project has it', async () => {
    const days = 3;
    const apart = [await read(cloud, { days }), await read(cloud, { days, project: projects[1].id })];
    const secret = { scopingProject: projects[0].id, projects: [projects[0].id, projects[1].id] };
    const together = await read(cloud, { days, secret });
    expect(together.servers.size).toBe(102);
    expect(timeSeriesCalls(together)).toBe(28);
    for (const [id, { folded }] of apart.flatMap(({ servers }) => [...servers]))
      expect(together.servers.get(id)?.folded).toEqual(folded);
  });
});

/** Seven significant digits. */
function digitsFor(value: number): number {
  return value === 0 ? 9 : 6 - Math.ceil(Math.log10(Math.abs(value)));
}

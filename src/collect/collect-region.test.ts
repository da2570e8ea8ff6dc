import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectError, type ErrorCode } from '#model/errors.ts';
import { type Answer, type Fleet, type MetricReply, type MetricRequest, noCost } from '#model/fleet.ts';
import type { Resource } from '#model/resource.ts';
import { sketchOf } from '#model/sketch.ts';
import type { Statistic } from '#model/statistic.ts';
import { daysOf } from '#model/window.ts';
import { type CollectedServer, collectRegion, type RegionRun } from './collect-region.ts';
import { estimateRegion } from './estimate.ts';

const window = { from: 100, to: 107 };

interface TinyRequest extends MetricRequest {
  readonly ids: readonly string[];
}

/** A fleet whose servers all did the same; replies come in the order that `turns` gives them, requests hold `size` servers. */
function tinyFleet(
  count: number,
  size: number,
  turns: readonly number[],
  refuse?: (request: TinyRequest) => ErrorCode | undefined,
) {
  const sent: TinyRequest[] = [];
  const fleet: Fleet<Resource, TinyRequest, null> = {
    provider: 'tiny',
    account: 'a',
    isRegional: true,
    batchSize: 1100,
    regions: async () => ['r'],
    async *resources() {
      for (let at = 0; at < count; at += 7)
        yield Array.from({ length: Math.min(7, count - at) }, (_, n) => serverOf(at + n));
    },
    survey: async () => null,
    surveyCost: () => noCost,
    plan: (wants) => {
      const requests: TinyRequest[] = [];
      for (let at = 0; at < wants.length; at += size) {
        const part = wants.slice(at, at + size);
        const covers = part.map(({ resource, keys }) => ({ resourceId: resource.id, keys }));
        requests.push({
          region: 'r',
          days: window,
          covers,
          cost: noCost,
          ids: part.map(({ resource }) => resource.id),
        });
      }
      return { requests, unasked: [], reserve: noCost };
    },
    join: (requests) => requests,
    fetch: async (request): Promise<MetricReply<TinyRequest>> => {
      sent.push(request);
      for (let turn = 0; turn < (turns[sent.length % turns.length] ?? 0); turn++) await Promise.resolve();
      const code = refuse?.(request);
      if (code !== undefined) throw new CollectError(code, `refused: ${code}`);
      return { answers: request.ids.map(answerOf), failures: [], followUps: [] };
    },
    source: () => ({ source: 'tiny cpu', period: 60 }),
  };
  return { fleet, sent };
}

function answerOf(resourceId: string): Answer {
  const cells = new Map(
    [...daysOf(window)].map((day) => [
      day,
      { sum: day * 100, seconds: 100, max: day, sketch: sketchOf([day, day / 2]) },
    ]),
  );
  return { resourceId, key: 'cpu.utilization', cells };
}

function serverOf(n: number): Resource {
  return {
    provider: 'tiny',
    group: 'g',
    type: 't',
    account: 'a',
    region: 'r',
    id: `i-${n}`,
    name: `n${n}`,
    state: 'RUNNING',
    instanceType: 'm',
    metrics: ['cpu.utilization'],
    tags: {},
    constants: {},
  };
}

function runOf(fleet: Fleet, stopping = new AbortController().signal): RegionRun {
  return {
    fleet,
    region: 'r',
    types: ['server'],
    wanted: { keys: ['cpu.utilization'], statistics: ['avg', 'max', 'p95'], window },
    concurrency: 4,
    selects: () => true,
    known: async () => new Map(),
    stopping,
    signal: new AbortController().signal,
    now: () => 0,
  };
}

async function collect(fleet: Fleet, stopping?: AbortSignal): Promise<CollectedServer[]> {
  return (await Array.fromAsync(collectRegion(runOf(fleet, stopping)))).flat();
}

describe('collectRegion', () => {
  it('gives each server once and the same, whatever the pages and the order of replies', async () => {
    const expected = await collect(tinyFleet(1, 1, [0]).fleet);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }),
        async (count, size, turns) => {
          const servers = await collect(tinyFleet(count, size, turns).fleet);
          expect(servers.map(({ resource }) => resource.id).toSorted()).toEqual(
            Array.from({ length: count }, (_, n) => `i-${n}`).toSorted(),
          );
          for (const { folded, days } of servers) {
            expect(folded).toEqual(expected[0]?.folded);
            expect(days).toEqual(expected[0]?.days);
          }
        },
      ),
    );
  });

  it('gives a region up at the first refusal', async () => {
    const { fleet, sent } = tinyFleet(400, 4, [1], () => 'access_denied');
    const servers = await collect(fleet);
    expect(servers).toHaveLength(400);
    expect(servers.every(({ folded }) => folded?.info.metrics['cpu.utilization'] !== undefined)).toBe(true);
    expect(servers[0]?.folded?.info.metrics['cpu.utilization']).toEqual({ missing: 'denied' });
    expect(sent.length).toBeLessThanOrEqual(4);
  });

  it('gives a region up after a few silences, not after one', async () => {
    const all = tinyFleet(400, 4, [1], () => 'unavailable');
    const servers = await collect(all.fleet);
    expect(servers[0]?.folded?.info.metrics['cpu.utilization']).toEqual({ missing: 'unavailable' });
    expect(all.sent.length).toBeLessThanOrEqual(8);
    const once = tinyFleet(40, 4, [1], ({ ids }) => (ids.includes('i-0') ? 'unavailable' : undefined));
    expect((await collect(once.fleet)).filter(({ failures }) => failures.length > 0)).toHaveLength(4);
  });

  it('when stopped sends nothing more and says nothing of what it did not read', async () => {
    const stop = new AbortController();
    const { fleet, sent } = tinyFleet(40, 4, [1], () => {
      stop.abort();
      return undefined;
    });
    const servers = await collect(fleet, stop.signal);
    expect(sent.length).toBeLessThanOrEqual(4);
    for (const { folded, days } of servers) expect(folded === undefined).toBe(days.size === 0);
    expect(servers.some(({ folded }) => folded !== undefined)).toBe(true);
  });

  it('measures what was found before discovery failed, and then says that it failed', async () => {
    const { fleet } = tinyFleet(20, 4, [1]);
    const found: CollectedServer[] = [];
    const reading = (async () => {
      for await (const batch of collectRegion(runOf(failing(fleet)))) found.push(...batch);
    })();
    await expect(reading).rejects.toThrow('a zone could not be looked into');
    expect(found).toHaveLength(20);
    expect(found.every(({ folded }) => folded?.monitoring.cpu !== undefined)).toBe(true);
  });

  it('plans what could be found; where nothing could, that is an error', async () => {
    const estimate = (count: number) =>
      estimateRegion({ ...runOf(failing(tinyFleet(count, 4, [1]).fleet)), limit: { perSecond: 1, timeoutMs: 1 } });
    expect(await estimate(20)).toMatchObject({ servers: 20 });
    await expect(estimate(0)).rejects.toThrow('a zone could not be looked into');
  });

  it('takes fewer servers at a time where points are kept', async () => {
    const fleet: Fleet = { ...tinyFleet(28, 100, [1]).fleet, pointsBatchSize: 14 };
    const sizes = async (statistics: readonly Statistic[]) => {
      const run = runOf(fleet);
      const batches = collectRegion({ ...run, wanted: { ...run.wanted, statistics } });
      return (await Array.fromAsync(batches)).map((batch) => batch.length);
    };
    expect(await sizes(['avg'])).toEqual([28]);
    expect(await sizes(['avg', 'p95'])).toEqual([14, 14]);
  });
});

/** A fleet whose last zone cannot be looked into. */
function failing(fleet: Fleet): Fleet {
  return {
    ...fleet,
    async *resources(...place) {
      yield* fleet.resources(...place);
      throw new CollectError('unavailable', 'a zone could not be looked into');
    },
  };
}

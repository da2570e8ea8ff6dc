import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '#collect/clock.ts';
import { type CollectedServer, collectRegion } from '#collect/collect-region.ts';
import { createGate } from '#collect/gate.ts';
import { Ledger } from '#collect/ledger.ts';
import type { Call, CallGate } from '#model/calls.ts';
import { CollectError } from '#model/errors.ts';
import { type Fleet, noCost, type Want } from '#model/fleet.ts';
import type { Connection, Provider } from '#model/provider.ts';
import { valuesAt } from '#model/record.ts';
import type { Resource } from '#model/resource.ts';
import { metricsOf, serverType } from '#model/resource-type.ts';
import { type Statistic, statistics } from '#model/statistic.ts';
import { dayCount, lastDays, startOf } from '#model/window.ts';
import { loadProvider, providerIds } from '../registry.ts';
import type { Testbed } from './testbed.fixture.ts';

const never = new AbortController().signal;

/** Waits are cut short: what counts is what is done about a fault, not how long it takes. */
function hurriedAt(now: number): Clock {
  return {
    now: () => now,
    sleep: (_, signal) => {
      signal.throwIfAborted();
      return new Promise((resolve) => setImmediate(resolve));
    },
    random: () => 0.5,
  };
}

interface Visit extends Disposable {
  readonly connection: Connection;
  readonly ledger: Ledger;
  /** In the order in which they were sent. */
  readonly calls: readonly Call[];
}

describe.each(providerIds)('provider %s', (id) => {
  let provider: Provider;
  let bed: Testbed;
  beforeAll(async () => {
    provider = await loadProvider(id);
    const { openTestbed }: { openTestbed: () => Promise<Testbed> } = await import(`../${id}/testbed.fixture.ts`);
    bed = await openTestbed();
  }, 60_000);
  afterEach(() => bed.breakDown(undefined));
  afterAll(() => bed.stop());

  async function visit(secret = bed.secret, timeoutMs = 20_000, signal = never): Promise<Visit> {
    const ledger = new Ledger();
    const limits = Object.fromEntries(
      Object.entries(provider.limits).map(([api, limit]) => [api, { ...limit, timeoutMs }]),
    );
    const calls: Call[] = [];
    const inner = createGate({ limits, ledger, clock: hurriedAt(bed.now) });
    const gate: CallGate = {
      send: (call, work, abort) => {
        calls.push(call);
        return inner.send(call, work, abort);
      },
    };
    const connection = await provider.connect(provider.parseSecret(secret), { gate, now: () => bed.now, signal });
    return { connection, ledger, calls, [Symbol.dispose]: () => connection.close() };
  }

  /** A place that holds servers, for as many as a test has to look at. */
  async function firstPlace({ fleets }: Connection): Promise<{ fleet: Fleet; region: string; servers: Resource[] }> {
    for (const fleet of fleets) {
      for (const region of await fleet.regions(never)) {
        const servers = (await Array.fromAsync(fleet.resources(region, [serverType], never))).flat();
        if (servers.length > 3) return { fleet, region, servers };
      }
    }
    throw new Error('the testbed has no place with servers');
  }

  async function read(
    { connection }: Visit,
    wanted: { statistics: readonly Statistic[]; days: number },
    signal = never,
  ): Promise<Map<string, CollectedServer>> {
    const { fleet, region } = await firstPlace(connection);
    return readPlace(fleet, region, wanted, signal);
  }

  async function readPlace(
    fleet: Fleet,
    region: string,
    { statistics, days }: { statistics: readonly Statistic[]; days: number },
    signal: AbortSignal,
  ): Promise<Map<string, CollectedServer>> {
    const run = collectRegion({
      fleet,
      region,
      types: [serverType],
      wanted: { keys: metricsOf(provider, serverType), statistics, window: lastDays(days, bed.now) },
      concurrency: 8,
      selects: () => true,
      known: async () => new Map(),
      stopping: signal,
      signal,
      now: () => bed.now,
    });
    const servers = new Map<string, CollectedServer>();
    for await (const batch of run) for (const server of batch) servers.set(server.resource.id, server);
    return servers;
  }

  it('says what it is, and has a limit for the API that it measures by', () => {
    expect(provider.id).toBe(id);
    expect(metricsOf(provider, serverType)).toContain('cpu.utilization');
    expect(provider.limits[provider.metricApi]?.perSecond).toBeGreaterThan(0);
    expect(new Set(provider.types.map((type) => type.id)).size).toBe(provider.types.length);
    for (const { metrics } of provider.types) expect(new Set(metrics).size).toBe(metrics.length);
  });

  it('asks nothing before it is connected, and nothing of metrics while it discovers', async () => {
    const before = bed.requests();
    provider.parseSecret(bed.secret);
    expect(bed.requests()).toBe(before);
    using there = await visit();
    await firstPlace(there.connection);
    expect(there.calls.filter(({ api }) => api === provider.metricApi)).toEqual([]);
    expect(there.ledger.spent().usd).toBe(0);
  });

  it('finds each server once, with what identifies it', async () => {
    using there = await visit();
    const { fleet, servers } = await firstPlace(there.connection);
    expect(new Set(servers.map((server) => server.id)).size).toBe(servers.length);
    for (const server of servers) {
      expect(server).toMatchObject({ provider: id, account: fleet.account });
      expect(server.id).not.toBe('');
      expect(server.region).not.toBe('');
      expect(provider.types[0]).toMatchObject({ group: server.group, type: server.type });
    }
  });

  it('plans each wanted measurement once, whatever is wanted, at a cost that adds up', async () => {
    using there = await visit();
    const { fleet, region, servers } = await firstPlace(there.connection);
    const survey = await fleet.survey(region, never);
    const window = lastDays(14, bed.now);
    const keys = metricsOf(provider, serverType);
    fc.assert(
      fc.property(
        fc.subarray(servers.slice(0, 200)),
        fc.subarray([...keys], { minLength: 1 }),
        fc.subarray([...statistics]),
        fc.integer({ min: 1, max: dayCount(window) }),
        fc.boolean(),
        (resources, wantedKeys, more, days, isSurveyed) => {
          const wants: Want[] = resources.flatMap((resource) => {
            const own = wantedKeys.filter((key) => resource.metrics.includes(key) && !(key in resource.constants));
            const range = { from: window.to - days, to: window.to };
            const asked = statistics.filter((each) => each === 'avg' || each === 'max' || more.includes(each));
            return own.length === 0 ? [] : [{ resource, keys: own, days: range, statistics: asked }];
          });
          const plan = fleet.plan(wants, isSurveyed ? survey : undefined);
          const planned = [
            ...plan.requests.flatMap(({ covers }) =>
              covers.flatMap((covered) => covered.keys.map((key) => `${covered.resourceId} ${key}`)),
            ),
            ...plan.unasked.map(({ resourceId, key }) => `${resourceId} ${key}`),
          ];
          const wanted = wants.flatMap((want) => want.keys.map((key) => `${want.resource.id} ${key}`));
          expect(planned.toSorted()).toEqual(wanted.toSorted());
          for (const { cost } of [...plan.requests, { cost: plan.reserve }]) {
            expect(cost.usd).toBeLessThanOrEqual(cost.usdAtMost);
            for (const amount of Object.values(cost)) expect(amount).toBeGreaterThanOrEqual(0);
          }
          expect(fleet.plan(wants, isSurveyed ? survey : undefined)).toEqual(plan);
        },
      ),
      { numRuns: 40 },
    );
    expect(fleet.plan([], survey)).toEqual({ requests: [], unasked: [], reserve: noCost });
  });

  it('answers each key by a value or a reason, and each value is what the server really did', async () => {
    using there = await visit();
    const { from, to } = lastDays(14, bed.now);
    let compared = 0;
    for (const { resource, folded, failures } of (
      await read(there, { statistics: ['avg', 'max'], days: 14 })
    ).values()) {
      expect(failures).toEqual([]);
      for (const key of resource.metrics) {
        const values = valuesAt(folded?.monitoring ?? {}, key);
        const info = folded?.info.metrics[key];
        expect(info !== undefined && 'missing' in info).toBe(values === undefined);
        if (key in resource.constants || values === undefined || info === undefined || 'missing' in info) continue;
        const truth = await bed.truth(resource, key, startOf(from), startOf(to));
        expect(truth, `${resource.name} ${key}`).toBeDefined();
        if (truth === undefined) continue;
        compared++;
        expect(values.avg, `avg of ${resource.name} ${key}`).toBeCloseTo(truth.avg, digitsFor(truth.avg));
        expect(values.max, `max of ${resource.name} ${key}`).toBeGreaterThanOrEqual(truth.max * (1 - 1e-6));
        if (info.max_is === undefined) {
          expect(values.max, `max of ${resource.name} ${key}`).toBeCloseTo(truth.max, digitsFor(truth.max));
        }
      }
    }
    expect(compared).toBeGreaterThan(20);
  }, 60_000);

  it('leaves no trace of what passes', async () => {
    using calm = await visit();
    const expected = outcomes(await read(calm, { statistics: ['avg', 'max'], days: 3 }));
    for (const how of ['throttled now and then', 'unreliable'] as const) {
      using there = await visit();
      bed.breakDown(how);
      expect(outcomes(await read(there, { statistics: ['avg', 'max'], days: 3 })), how).toEqual(expected);
      bed.breakDown(undefined);
    }
  }, 60_000);

  it('says so where metrics are denied: no value, no zero, a failure with cause and fix', async () => {
    using there = await visit();
    const { fleet, region } = await firstPlace(there.connection);
    bed.breakDown('metrics denied');
    const servers = await readPlace(fleet, region, { statistics: ['avg', 'max'], days: 3 }, never).catch(
      CollectError.from,
    );
    if (servers instanceof CollectError) {
      expect(servers).toMatchObject({ code: 'access_denied', fix: expect.any(String) });
      return;
    }
    const failures = [...servers.values()].flatMap((server) => server.failures);
    expect(failures.length).toBeGreaterThan(0);
    for (const { reason, error } of failures) {
      expect(reason).toBe('denied');
      expect(error).toMatchObject({ code: 'access_denied', fix: expect.any(String) });
    }
    for (const { folded, resource } of servers.values()) {
      for (const key of resource.metrics) {
        if (!(key in resource.constants)) expect(valuesAt(folded?.monitoring ?? {}, key)).toBeUndefined();
      }
    }
  });

  it.each([
    ['malformed', 'malformed_reply', 20_000],
    ['hung', 'timeout', 500],
  ] as const)(
    'calls an answer that is %s by its name, after a bounded number of calls',
    async (how, code, timeoutMs) => {
      using there = await visit(bed.secret, timeoutMs);
      const { fleet, region } = await firstPlace(there.connection);
      const [request] = fleet.plan(await wantsOf(fleet, region), await fleet.survey(region, never)).requests;
      if (request === undefined) throw new Error('there is nothing to ask');
      const before = there.ledger.lines().reduce((sum, line) => sum + line.calls, 0);
      bed.breakDown(how);
      const outcome = await fleet.fetch(request, never).catch(CollectError.from);
      const codes = outcome instanceof CollectError ? [outcome.code] : outcome.failures.map(({ error }) => error.code);
      expect(new Set(codes)).toEqual(new Set([code]));
      expect(there.ledger.lines().reduce((sum, line) => sum + line.calls, 0) - before).toBeLessThan(100);
    },
    60_000,
  );

  it('stops within a second', async () => {
    using there = await visit();
    const { fleet, region } = await firstPlace(there.connection);
    const [request] = fleet.plan(await wantsOf(fleet, region), await fleet.survey(region, never)).requests;
    if (request === undefined) throw new Error('there is nothing to ask');
    bed.breakDown('hung');
    const stop = new AbortController();
    const reading = fleet.fetch(request, stop.signal).catch(CollectError.from);
    await new Promise((resolve) => setImmediate(resolve));
    const begun = performance.now();
    stop.abort();
    const outcome = await reading;
    expect(performance.now() - begun).toBeLessThan(1000);
    const codes = outcome instanceof CollectError ? [outcome.code] : outcome.failures.map(({ error }) => error.code);
    expect(new Set(codes)).toEqual(new Set(['cancelled']));
  });

  it('never shows what opens the cloud', async () => {
    const shown: string[] = [];
    using there = await visit();
    const { fleet, region, servers } = await firstPlace(there.connection);
    const survey = await fleet.survey(region, never);
    const requests = fleet.plan(await wantsOf(fleet, region), survey).requests.slice(0, 1);
    shown.push(all(servers), all(requests), all(there.calls), all(there.connection.principal));
    for (const how of ['metrics denied', 'malformed'] as const) {
      bed.breakDown(how);
      for (const request of requests)
        shown.push(all(await fleet.fetch(request, never).catch((caught: unknown) => caught)));
      bed.breakDown(undefined);
    }
    const refused = await visit(bed.wrongSecret).catch((caught: unknown) => caught);
    expect(refused).toBeInstanceOf(CollectError);
    expect(['secret_rejected', 'access_denied', 'invalid_input']).toContain(CollectError.from(refused).code);
    shown.push(all(refused));
    expect(() => provider.parseSecret({ nonsense: bed.openers[0] })).toThrow(CollectError);
    for (const opener of bed.openers) for (const text of shown) expect(text.includes(opener)).toBe(false);
  }, 30_000);

  async function wantsOf(fleet: Fleet, region: string): Promise<Want[]> {
    const servers = (await Array.fromAsync(fleet.resources(region, [serverType], never))).flat().slice(0, 20);
    return servers.map((resource) => ({
      resource,
      keys: resource.metrics.filter((key) => !(key in resource.constants)),
      days: lastDays(2, bed.now),
      statistics: ['avg', 'max'],
    }));
  }
});

function outcomes(servers: ReadonlyMap<string, CollectedServer>) {
  return [...servers]
    .map(([id, { folded, failures }]) => ({ id, folded, failures }))
    .sort((a, b) => a.id.localeCompare(b.id));
}

/** Everything of a value that a careless log could show, causes of errors among it. */
function all(value: unknown): string {
  return inspect(value, {
    depth: Number.POSITIVE_INFINITY,
    maxArrayLength: null,
    maxStringLength: null,
    showHidden: true,
  });
}

/** Digits after the point so that some seven digits agree, whatever the size. */
function digitsFor(value: number): number {
  return Math.max(0, 6 - Math.ceil(Math.log10(Math.abs(value) + 1)));
}

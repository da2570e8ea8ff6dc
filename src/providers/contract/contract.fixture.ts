import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CollectedServer } from '#collect/collect-region.ts';
import { CollectError } from '#model/errors.ts';
import { noCost, type Want } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { MissingReason } from '#model/missing.ts';
import type { Provider } from '#model/provider.ts';
import { valuesAt } from '#model/record.ts';
import type { Resource } from '#model/resource.ts';
import { metricsOf, serverType } from '#model/resource-type.ts';
import { statistics } from '#model/statistic.ts';
import { type DayRange, dayCount, daySeconds, lastDays, startOf } from '#model/window.ts';
import type { Testbed, Testbeds, Truth } from './testbed.fixture.ts';
import { type Place, serversIn, type VisitOptions, visit, wantsOf } from './visit.fixture.ts';

/** Who is held to the contract. */
export interface Subject extends Testbeds {
  readonly id: string;
  readonly load: () => Promise<Provider>;
}

const never = new AbortController().signal;

/** What every provider owes, whoever wrote it. */
export function holdToContract({ id, load, openTestbed }: Subject): void {
  describe(`provider ${id}`, () => {
    let provider: Provider;
    let bed: Testbed;
    beforeAll(async () => {
      provider = await load();
      bed = await openTestbed();
    });
    afterEach(() => bed?.breakDown(undefined));
    afterAll(() => bed?.stop());

    const enter = (options?: VisitOptions) => visit(provider, bed, options);

    it('says what it is, has a limit for the API that it measures by, and tells where each key comes from', () => {
      expect(provider.id).toBe(id);
      expect(metricsOf(provider, serverType)).toContain('cpu.utilization');
      expect(provider.limits[provider.metricApi]?.perSecond).toBeGreaterThan(0);
      expect(new Set(provider.types.map((type) => type.id)).size).toBe(provider.types.length);
      for (const { metrics } of provider.types) expect(new Set(metrics).size).toBe(metrics.length);
      const measured = provider.types.flatMap((type) => type.metrics.map((key) => `${type.id} ${key}`));
      const told = provider.metricTable.map(({ type, key }) => `${type} ${key}`);
      expect([...new Set(told)].sort()).toEqual(measured.sort());
      for (const { readOn, usd, per } of provider.prices) {
        expect(readOn).toMatch(/^\d{4}-\d\d-\d\d$/);
        expect(usd / per).toBeGreaterThan(0);
      }
    });

    it('asks nothing before it is connected, and nothing of metrics while it discovers', async () => {
      const before = bed.requests();
      provider.parseSecret(bed.secret);
      expect(bed.requests()).toBe(before);
      using there = await enter();
      await there.place();
      expect(there.calls.filter(({ api }) => api === provider.metricApi)).toEqual([]);
      expect(there.ledger.spent().usd).toBe(0);
    });

    it('finds each server once, with what identifies it', async () => {
      using there = await enter();
      const { fleet, servers } = await there.place();
      expect(new Set(servers.map((server) => server.id)).size).toBe(servers.length);
      for (const server of servers) {
        expect(server).toMatchObject({ provider: id, account: fleet.account });
        expect(server.id).not.toBe('');
        expect(server.region).not.toBe('');
        expect(provider.types[0]).toMatchObject({ group: server.group, type: server.type });
      }
    });

    it('plans each wanted measurement once, within the limits, at a cost that adds up', async () => {
      using there = await enter();
      const { fleet, region, servers } = await there.place();
      const survey = await fleet.survey(region, never);
      const window = lastDays(90, bed.now);
      const keys = metricsOf(provider, serverType);
      fc.assert(
        fc.property(
          fc.subarray(servers.slice(0, 200)),
          fc.subarray([...keys], { minLength: 1 }),
          fc.subarray([...provider.statistics]),
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
            expect(plan.requests.map((request) => bed.brokenLimit(request)).filter(Boolean)).toEqual([]);
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

    it('answers each key by what the server really did, or by the reason why there is nothing', async () => {
      using there = await enter();
      const window = lastDays(14, bed.now);
      const seen = { values: 0, gaps: 0, reasons: new Set<MissingReason>() };
      for (const server of (await there.read({ statistics: ['avg', 'max'], days: 14 })).values()) {
        expect(server.failures).toEqual([]);
        for (const key of server.resource.metrics) {
          if (key in server.resource.constants) continue;
          const truth = await bed.truth(server.resource, key, startOf(window.from), startOf(window.to));
          const missing = compare(server, key, truth, window);
          if (missing !== undefined) seen.reasons.add(missing);
          else seen.values++;
          if (truth !== undefined && truth.seconds < (window.to - window.from) * daySeconds * 0.9) seen.gaps++;
        }
      }
      expect(seen.values).toBeGreaterThan(20);
      expect(seen.gaps, 'servers that ran for a part of the window').toBeGreaterThan(0);
      expect([...seen.reasons]).toContain('too_new');
      expect([...seen.reasons].filter((reason) => reason === 'stopped' || reason === 'terminated')).not.toEqual([]);
    });

    it('leaves no trace of what passes', async () => {
      using calm = await enter();
      const expected = outcomes(await calm.read({ statistics: ['avg', 'max'], days: 3 }));
      for (const how of ['throttled now and then', 'unreliable'] as const) {
        using there = await enter();
        bed.breakDown(how);
        expect(outcomes(await there.read({ statistics: ['avg', 'max'], days: 3 })), how).toEqual(expected);
        bed.breakDown(undefined);
      }
      using slow = await enter({ latencyMs: 60 });
      expect(outcomes(await slow.read({ statistics: ['avg', 'max'], days: 3 })), 'slow').toEqual(expected);
    });

    it('says of each key what it is and what it could not read, where only some can be read', async () => {
      using calm = await enter();
      const expected = await calm.read({ statistics: ['avg', 'max'], days: 3 });
      using there = await enter();
      await there.place();
      bed.breakDown('partial');
      const servers = await there.read({ statistics: ['avg', 'max'], days: 3 });
      expect([...servers.keys()].sort()).toEqual([...expected.keys()].sort());
      const seen = { values: 0, failures: 0 };
      for (const { resource, folded, failures } of servers.values()) {
        const failed = new Map(failures.map((each) => [each.key, each]));
        for (const { reason, error } of failures) {
          expect(['denied', 'throttled', 'unavailable', 'unsupported']).toContain(reason);
          expect(error.message).not.toBe('');
        }
        seen.failures += failures.length;
        for (const key of resource.metrics) {
          const values = valuesAt(folded?.monitoring ?? {}, key);
          const calmValues = valuesAt(expected.get(resource.id)?.folded?.monitoring ?? {}, key);
          if (!failed.has(key)) expect(values, `${resource.name} ${key}`).toEqual(calmValues);
          if (values === undefined && calmValues !== undefined) expect(failed.has(key)).toBe(true);
          if (values !== undefined && !(key in resource.constants)) seen.values++;
        }
      }
      expect(seen.values).toBeGreaterThan(0);
      expect(seen.failures).toBeGreaterThan(0);
    });

    it('says so where metrics are denied: no value, no zero, a failure with cause and fix', async () => {
      using there = await enter();
      await there.place();
      bed.breakDown('metrics denied');
      const servers = await there.read({ statistics: ['avg', 'max'], days: 3 }).catch(CollectError.from);
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

    it('never takes a fleet that it may not see for an empty one', async () => {
      bed.breakDown('discovery denied');
      const looking = async () => {
        using there = await enter();
        for (const fleet of there.connection.fleets)
          for (const region of await fleet.regions(never)) await serversIn(fleet, region);
      };
      const caught = await looking().catch((error: unknown) => error);
      expect(caught).toMatchObject({ code: 'access_denied', message: expect.any(String), fix: expect.any(String) });
    });

    it.each([
      ['malformed', 'malformed_reply', 20_000],
      ['hung', 'timeout', 500],
    ] as const)(
      'calls an answer that is %s by its name, after a bounded number of calls',
      async (how, code, timeoutMs) => {
        using there = await enter({ timeoutMs });
        const { fleet, request } = await firstRequest(await there.place());
        const before = there.ledger.lines().reduce((sum, line) => sum + line.calls, 0);
        bed.breakDown(how);
        const outcome = await fleet.fetch(request, never).catch(CollectError.from);
        expect(codesOf(outcome)).toEqual(new Set([code]));
        expect(there.ledger.lines().reduce((sum, line) => sum + line.calls, 0) - before).toBeLessThan(100);
      },
    );

    it('stops at once', async () => {
      using there = await enter();
      const { fleet, request } = await firstRequest(await there.place());
      bed.breakDown('hung');
      const stop = new AbortController();
      const reading = fleet.fetch(request, stop.signal).catch(CollectError.from);
      await new Promise((resolve) => setImmediate(resolve));
      const begun = performance.now();
      stop.abort();
      expect(codesOf(await reading)).toEqual(new Set(['cancelled']));
      expect(performance.now() - begun).toBeLessThan(10_000);
    });

    it('never shows what opens the cloud', async () => {
      const shown: string[] = [];
      using listening = listenTo(['stdout', 'stderr'], shown);
      using there = await enter();
      const { fleet, request, place } = await firstRequest(await there.place());
      shown.push(all(place.servers), all(request), all(there.calls), all(there.connection.principal));
      for (const how of ['metrics denied', 'malformed'] as const) {
        bed.breakDown(how);
        shown.push(all(await fleet.fetch(request, never).catch((caught: unknown) => caught)));
        bed.breakDown(undefined);
      }
      const refused = await enter({ secret: bed.wrongSecret }).catch((caught: unknown) => caught);
      expect(refused).toBeInstanceOf(CollectError);
      expect(['secret_rejected', 'access_denied', 'invalid_input']).toContain(CollectError.from(refused).code);
      shown.push(all(refused));
      expect(() => provider.parseSecret({ nonsense: bed.openers[0] })).toThrow(CollectError);
      listening[Symbol.dispose]();
      expect(bed.openers.length).toBeGreaterThan(0);
      for (const opener of bed.openers) for (const text of shown) expect(text.includes(opener)).toBe(false);
    });

    async function firstRequest(place: Place) {
      const { fleet, region } = place;
      const [request] = fleet.plan(wantsOf(place, bed.now), await fleet.survey(region, never)).requests;
      if (request === undefined) throw new Error('there is nothing to ask');
      return { fleet, request, place };
    }
  });
}

/** Holds one key against the truth. @returns why it has no value, where it has none */
function compare(
  { resource, folded }: CollectedServer,
  key: MetricKey,
  truth: Truth | undefined,
  window: DayRange,
): MissingReason | undefined {
  const what = `${resource.name} ${key}`;
  const values = valuesAt(folded?.monitoring ?? {}, key);
  const info = folded?.info.metrics[key];
  if (info === undefined) throw new Error(`${what} has neither value nor reason`);
  if ('missing' in info) {
    expect(values, what).toBeUndefined();
    expect(reasonsFor(resource, key, truth, window), what).toContain(info.missing);
    return info.missing;
  }
  if (values === undefined || truth === undefined) throw new Error(`${what} has a value, and no truth`);
  expect(values.avg, `avg of ${what}`).toSatisfy(isNearly(truth.avg));
  if (info.max_is === 'upper_bound')
    expect(values.max, `max of ${what}`).toBeGreaterThanOrEqual(truth.max * (1 - 1e-6));
  else expect(values.max, `max of ${what}`).toSatisfy(isNearly(truth.max));
  const coverage = truth.seconds / ((window.to - window.from) * daySeconds);
  expect(info.coverage, `coverage of ${what}`).toBeCloseTo(coverage, 2);
  return undefined;
}

/** Why a key may be missing: by what is known of the server, and whether there was anything to be seen. */
function reasonsFor(
  { state, createdAt = 0 }: Resource,
  key: MetricKey,
  truth: Truth | undefined,
  { to }: DayRange,
): MissingReason[] {
  // What a server did, a cloud may not tell any more once it is deleted.
  if (truth !== undefined) return ['unsupported', 'terminated'];
  const unseen: MissingReason[] = key === 'cpu.utilization' ? [] : ['agent_absent', 'unsupported', 'no_data'];
  if (state === 'TERMINATED') return ['terminated', ...unseen];
  if (createdAt >= startOf(to - 1)) return ['too_new', ...(state === 'STOPPED' ? ['stopped' as const] : []), ...unseen];
  if (state === 'STOPPED') return ['stopped', ...unseen];
  return unseen;
}

function codesOf(outcome: CollectError | { readonly failures: readonly { readonly error: CollectError }[] }) {
  return new Set(outcome instanceof CollectError ? [outcome.code] : outcome.failures.map(({ error }) => error.code));
}

function outcomes(servers: ReadonlyMap<string, CollectedServer>) {
  return [...servers]
    .map(([id, { folded, failures }]) => ({ id, folded, failures }))
    .sort((a, b) => a.id.localeCompare(b.id));
}

/** Keeps what the process prints, until disposed of. */
function listenTo(streams: readonly ('stdout' | 'stderr')[], heard: string[]): Disposable {
  const put = streams.map((name) => {
    const stream = process[name];
    const { write } = stream;
    stream.write = (chunk: string | Uint8Array) => {
      heard.push(String(chunk));
      return true;
    };
    return () => {
      stream.write = write;
    };
  });
  return { [Symbol.dispose]: () => put.forEach((back) => void back()) };
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

/** Some seven digits agree. */
function isNearly(expected: number): (value: number) => boolean {
  return (value) => Math.abs(value - expected) <= 5e-7 * Math.max(1, Math.abs(expected));
}

import { CollectError } from '#model/errors.ts';
import { type Cost, type MetricPlan, noCost, type Unasked, type Want } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { reasonOf } from '#model/missing.ts';
import type { DayRange } from '#model/window.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import { binsOf } from './bins.ts';
import type { NativeMetric, PlatformProvider } from './catalog/platform-provider.ts';
import type { DataSource, Dialect } from './dialect.ts';
import type { Stat } from './native-cell.ts';
import type { PlatformServer } from './platform-server.ts';
import type { Reading } from './reading.ts';
import type { Asked, PlatformRequest } from './request.ts';

export interface PlanContext {
  readonly provider: PlatformProvider;
  readonly reading: Reading;
  readonly generation: Dialect['generation'];
  readonly sources: readonly DataSource[];
}

/** Servers of one chunk of 2.x. */
const batchV2 = 200;

/** Chunks of one call of 2.x, which it asks for one after another: enough to be worth the call, few enough for its deadline. */
const mostChunks = 40;

export function planRequests(
  wants: readonly Want<PlatformServer>[],
  context: PlanContext,
): MetricPlan<PlatformRequest> {
  const asked: Asked[] = [];
  const unasked: Unasked[] = [];
  for (const { resource: server, keys } of wants) {
    if (server.state === 'TERMINATED') {
      unasked.push(...keys.map((key) => ({ resourceId: server.id, key, reason: 'terminated' as const })));
      continue;
    }
    const error = unaskable(server, context);
    const askable = error === undefined ? keys.filter((key) => canTell(server, key, context)) : [];
    for (const key of keys) {
      if (askable.includes(key)) continue;
      const why = error === undefined ? ({ reason: 'unsupported' } as const) : { reason: reasonOf(error), error };
      unasked.push({ resourceId: server.id, key, ...why });
    }
    if (askable.length > 0) asked.push(firstAsked(server, askable, context));
  }
  const [first] = wants;
  if (first === undefined) return { requests: [], unasked, reserve: noCost };
  const wantsMin = first.statistics.includes('min');
  const requests = requestsOf(asked, { source: 0, wantsMin, days: first.days, isApart: false }, context);
  return { requests, unasked, reserve: noCost };
}

function firstAsked(server: PlatformServer, keys: readonly MetricKey[], context: PlanContext): Asked {
  const { account, region, row } = server;
  const group = context.generation === 'v2' ? `${region} ${row.secretId}` : `${account} ${region}`;
  return { server, group, keys, isSecondLook: false, times: new Map(), error: undefined };
}

/** Without a secret 2.x would ask with any of the provider's, perhaps of another account. */
function unaskable({ row }: PlatformServer, { generation, sources }: PlanContext): CollectError | undefined {
  if (generation === 'v1' || row.secretId !== '' || !sources.every(({ usesServerSecret }) => usesServerSecret)) {
    return undefined;
  }
  return new CollectError('not_found', 'the record names no secret that its cloud could be asked with', {
    where: 'collection_info.secret_id',
    fix: "run the cloud's own collector",
  });
}

function canTell(server: PlatformServer, key: MetricKey, context: PlanContext): boolean {
  return context.reading.nativesOf(key, context.provider).some((native) => {
    const needsMemory = native.isRest === true || native.isShare === true;
    return !(needsMemory && server.memoryBytes === undefined) && queryOf(server, native.name, context) !== undefined;
  });
}

/** How a server is asked for; 1.x knows by itself. */
export function queryOf(
  { row }: PlatformServer,
  metric: string,
  { generation, provider }: PlanContext,
): JsonObject | undefined {
  return generation === 'v1' ? {} : provider.queryOf(row.data[provider.queryKey], metric);
}

/** Joins follow-ups, which come in small pieces, into requests of full size. */
export function joinRequests(followUps: readonly PlatformRequest[], context: PlanContext): PlatformRequest[] {
  const alike = Map.groupBy(
    followUps,
    ({ source, isApart, asked: [first] }) => `${source} ${first?.isSecondLook} ${isApart}`,
  );
  return [...alike.values()].flatMap((requests) => {
    const [first] = requests;
    if (first === undefined || first.isApart) return requests;
    return requestsOf(
      requests.flatMap(({ asked }) => asked),
      first,
      context,
    );
  });
}

export interface RequestTraits extends Pick<PlatformRequest, 'source' | 'wantsMin' | 'isApart'> {
  readonly days: DayRange;
}

/** Puts servers into as few requests as the platform takes well; those with the most metrics together. */
export function requestsOf(asked: readonly Asked[], traits: RequestTraits, context: PlanContext): PlatformRequest[] {
  const { generation, provider } = context;
  const metrics = new Map(asked.map((each) => [each, nativesOf(each, context).length]));
  const sorted = asked.toSorted((a, b) => (metrics.get(b) ?? 0) - (metrics.get(a) ?? 0));
  const [size, mostGroups] = generation === 'v1' ? [provider.batchV1, 1] : [batchV2, mostChunks];
  return binsOf(sorted, size, mostGroups).map((bin) => ({
    ...traits,
    region: 'global',
    asked: bin,
    covers: bin.map(({ server, keys }) => ({ resourceId: server.id, keys })),
    cost: costOf(bin, traits.wantsMin, context),
  }));
}

/** The metrics that a server is asked for, each once. */
export function nativesOf({ server, keys, isSecondLook }: Asked, context: PlanContext): readonly NativeMetric[] {
  return unique(keys.flatMap((key) => nativesOfKey(server, key, isSecondLook, context)));
}

/** What a key of this server is asked by, at first or where that had nothing. */
export function nativesOfKey(
  { instanceType }: PlatformServer,
  key: MetricKey,
  isSecondLook: boolean,
  { reading, provider }: PlanContext,
): readonly NativeMetric[] {
  return reading
    .nativesOf(key, provider)
    .filter(({ unlikelyOf }) => (unlikelyOf?.test(instanceType) ?? false) === isSecondLook);
}

/** Metric and statistic of every call that a server needs. */
export function pairsOf(asked: Asked, wantsMin: boolean, context: PlanContext): { metric: string; stat: Stat }[] {
  const { reading } = context;
  return nativesOf(asked, context).flatMap((native) => {
    const counter = reading.counterOf(native);
    const counts = counter === undefined || asked.times.has(counter) ? [] : [counter];
    return [
      ...reading.statsOf(native, wantsMin).map((stat) => ({ metric: native.name, stat })),
      ...counts.flatMap((metric) => [
        { metric, stat: 'sum' as const },
        { metric, stat: 'mean' as const },
      ]),
    ];
  });
}

function costOf(bin: readonly Asked[], wantsMin: boolean, context: PlanContext): Cost {
  const calls = new Set(
    bin.flatMap((asked) => pairsOf(asked, wantsMin, context).map(({ metric, stat }) => `${metric} ${stat}`)),
  );
  return { ...noCost, calls: calls.size };
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}

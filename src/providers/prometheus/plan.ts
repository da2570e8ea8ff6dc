import {
  type Cost,
  type Covered,
  type MetricPlan,
  type MetricRequest,
  noCost,
  type Unasked,
  type Want,
} from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import type { MissingReason } from '#model/missing.ts';
import type { ResourceState } from '#model/resource.ts';
import { needsPoints, type Statistic } from '#model/statistic.ts';
import { type DayRange, dayCount, daySeconds, startOf } from '#model/window.ts';
import {
  type Family,
  type Measure,
  maxPointsPerAnswer,
  maxPointsPerSeries,
  maxSamplesPerQuery,
  maxServersPerQuery,
} from './catalog.ts';
import { exporterOf } from './exporters.ts';
import { type Scope, samplesPerSlot } from './expressions.ts';
import type { PrometheusServer } from './server.ts';
import { slotFor } from './slots.ts';

/** Servers and keys of one family that the same queries answer. */
export interface PrometheusRequest extends MetricRequest {
  readonly exporter: string;
  readonly family: Family['id'];
  /** With their measures. */
  readonly keys: readonly KeyMeasure[];
  readonly statistics: readonly Statistic[];
  readonly servers: readonly PrometheusServer[];
  /** How to ask; the servers themselves come into its matchers when it is sent. */
  readonly scope: Omit<Scope, 'matchers'>;
  /** The days, in stretches that one query can hold. */
  readonly spans: readonly DayRange[];
}

export interface KeyMeasure {
  readonly key: MetricKey;
  readonly measure: Measure;
}

/**
 * Puts together what the same queries answer: keys of one family, of servers that are asked for in the same way, on the same
 * days. Splits it where a query would hold more samples, or an answer bring more points, than the limits allow.
 */
export function planRequests(wants: readonly Want<PrometheusServer>[]): MetricPlan<PrometheusRequest> {
  const unasked: Unasked[] = [];
  const groups = new Map<string, { draft: Draft; servers: PrometheusServer[] }>();
  for (const { resource: server, keys, days, statistics } of wants) {
    const reason = nothingToAsk(server, days);
    const families = reason === undefined ? exporterOf(server).families : [];
    const asked = new Set<MetricKey>();
    for (const family of families) {
      const measures = keys.flatMap((key): KeyMeasure[] => {
        const measure = family.measures[key];
        return measure === undefined ? [] : [{ key, measure }];
      });
      if (measures.length === 0) continue;
      for (const { key } of measures) asked.add(key);
      const draft = draftOf(server, family, measures, days, statistics);
      const name = nameOf(server, draft);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, { draft, servers: [server] });
      else group.servers.push(server);
    }
    for (const key of keys) {
      // `memory.total` is a constant that discovery brings, and wanted here only where it did not.
      if (!asked.has(key)) unasked.push({ resourceId: server.id, key, reason: reason ?? 'no_data' });
    }
  }
  return {
    requests: [...groups.values()].flatMap(({ draft, servers }) => split(draft, servers)),
    unasked,
    reserve: noCost,
  };
}

/** A request without its servers. */
type Draft = Pick<PrometheusRequest, 'exporter' | 'family' | 'keys' | 'days' | 'statistics' | 'scope'>;

function draftOf(
  server: PrometheusServer,
  { id: family }: Family,
  keys: readonly KeyMeasure[],
  days: DayRange,
  statistics: readonly Statistic[],
): Draft {
  const { exporter, by, isDoubled, hasClock, stateMetric: state } = server;
  const scope = { by, slot: slotFor(server.scrapeSeconds), isDoubled, hasClock, state };
  return { exporter, family, keys, days, statistics, scope };
}

/** The same for servers and keys that the same queries answer. */
function nameOf(server: PrometheusServer, { family, keys, days, statistics }: Draft): string {
  const { exporter, by, scrapeSeconds, isDoubled, hasClock, stateMetric = '' } = server;
  const how = [exporter, by, scrapeSeconds, isDoubled, hasClock, stateMetric];
  return [...how, family, keys.map(({ key }) => key), days.from, days.to, statistics].join(' ');
}

/** Servers in their order, as many as fit; a single one that does not fit has its days split. */
function split(draft: Draft, servers: readonly PrometheusServer[]): PrometheusRequest[] {
  const slots = (dayCount(draft.days) * daySeconds) / draft.scope.slot.seconds;
  const mostServers = needsPoints(draft.statistics)
    ? Math.max(1, Math.min(maxServersPerQuery, Math.floor(maxPointsPerAnswer / slots)))
    : maxServersPerQuery;
  const requests: PrometheusRequest[] = [];
  let some: PrometheusServer[] = [];
  let samples = 0;
  for (const server of servers) {
    const own = slots * weightOf(draft, server);
    if (some.length > 0 && (some.length === mostServers || samples + own > maxSamplesPerQuery)) {
      requests.push(requestOf(draft, some));
      some = [];
      samples = 0;
    }
    some.push(server);
    samples += own;
  }
  if (some.length > 0) requests.push(requestOf(draft, some));
  return requests;
}

function requestOf(draft: Draft, servers: readonly PrometheusServer[]): PrometheusRequest {
  const perSlot = servers.reduce((sum, server) => sum + weightOf(draft, server), 0);
  const spans = spansOf(draft, perSlot, servers.length);
  return {
    ...draft,
    region: 'global',
    servers,
    spans,
    covers: servers.map(({ id }): Covered => ({ resourceId: id, keys: draft.keys.map(({ key }) => key) })),
    cost: costOf(draft, servers.length, spans.length),
  };
}

function spansOf({ days, scope, statistics }: Draft, samplesInSlot: number, servers: number): DayRange[] {
  const slotsPerDay = daySeconds / scope.slot.seconds;
  const most = needsPoints(statistics)
    ? Math.min(maxSamplesPerQuery / samplesInSlot, maxPointsPerSeries, maxPointsPerAnswer / servers)
    : maxSamplesPerQuery / samplesInSlot;
  const length = Math.max(1, Math.floor(most / slotsPerDay));
  return Array.from({ length: Math.ceil(dayCount(days) / length) }, (_, n) => ({
    from: days.from + n * length,
    to: Math.min(days.to, days.from + (n + 1) * length),
  }));
}

/** Samples that a query holds at once of a server in each slot, from above. */
function weightOf({ keys, family, scope }: Draft, { seriesPerKey }: PrometheusServer): number {
  const whole = { ...scope, matchers: [] };
  const each = keys.map(({ measure }) => samplesPerSlot(measure, seriesPerKey[family], whole));
  return Math.max(...each);
}

/** Each query once a span; free of charge. */
function costOf(draft: Draft, servers: number, spans: number): Cost {
  const queries = queriesFor(draft);
  const perDay = queries.map(({ statistic }) => (statistic === 'slots' ? daySeconds / draft.scope.slot.seconds : 1));
  const points = servers * dayCount(draft.days) * perDay.reduce((sum, each) => sum + each, 0);
  return { ...noCost, calls: queries.length * spans, metrics: servers * draft.keys.length, points };
}

/** What is asked of an expression: a daily statistic, or the value in each slot. */
export interface Query extends KeyMeasure {
  readonly statistic: 'sum' | 'count' | 'max' | 'min' | 'slots';
}

/**
 * The queries of a request. Where the slots themselves are needed, and for counters, they tell the rest. The time that was
 * observed is the same for all keys of a family.
 */
export function queriesFor({ keys, statistics }: Pick<Draft, 'keys' | 'statistics'>): Query[] {
  const extremes = statistics.includes('min') ? (['max', 'min'] as const) : (['max'] as const);
  if (needsPoints(statistics)) {
    return keys.flatMap((each) => [
      { ...each, statistic: 'slots' as const },
      ...(each.measure.kind === 'memory' ? extremes.map((statistic) => ({ ...each, statistic })) : []),
    ]);
  }
  const daily = keys.flatMap((each) => (['sum', ...extremes] as const).map((statistic) => ({ ...each, statistic })));
  return [...keys.slice(0, 1).map((each) => ({ ...each, statistic: 'count' as const })), ...daily];
}

const reasonsOfGone: Readonly<Partial<Record<ResourceState, MissingReason>>> = {
  STOPPED: 'stopped',
  TERMINATED: 'terminated',
};

/** Servers that cannot have a sample in these days are not asked about. */
function nothingToAsk(server: PrometheusServer, days: DayRange): MissingReason | undefined {
  const { state, lastSeenAt, createdAt, measuredAs } = server;
  if (measuredAs === undefined) return 'agent_absent';
  if (lastSeenAt !== undefined && lastSeenAt <= startOf(days.from)) return reasonsOfGone[state] ?? 'no_data';
  if (createdAt !== undefined && createdAt >= startOf(days.to)) return 'too_new';
  return undefined;
}

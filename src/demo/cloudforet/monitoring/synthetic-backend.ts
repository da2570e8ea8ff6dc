import { setTimeout as wait } from 'node:timers/promises';
import type { Json, JsonObject } from '#wire/struct/json.ts';
import { hashText, mix, mixFast } from '../../fleet/hash.ts';
import { valueAt } from '../inventory/dotted-path.ts';
import type { Provider } from '../inventory/server.ts';
import { isList, isObject, text } from '../json.ts';
import { refuse } from '../refusal.ts';
import { metadataOf } from './metadata.ts';
import type { ListedMetric, MetricBackend, MetricCall } from './metric-backend.ts';
import { defaultPeriod } from './period.ts';
import { type SyntheticMetric, syntheticMetrics } from './synthetic-metrics.ts';

export interface SyntheticOptions {
  /** 32-bit integer that decides the values. Default 1. */
  readonly seed?: number;
  /** What each question of the platform takes, milliseconds: a chunk of today's generation, a group of the old one. Default 0. */
  readonly latencyMs?: number;
  /** Servers without any series, such as stopped ones, by what the cloud's metrics know them by. Default: none. */
  readonly silent?: readonly string[];
}

/**
 * Numbers made from a server's own id, the metric, the statistic and the time: the same whatever platform, secret or batch
 * they are asked through. Points come as the provider's plugin has them: AWS's and Azure's at multiples of the period, Google's
 * counted back from the end and labelled with their midpoint, its whole numbers as text.
 */
export function syntheticBackend(provider: Provider, options: SyntheticOptions): MetricBackend {
  const { seed = 1, latencyMs = 0 } = options;
  const silent = new Set(options.silent);
  const pause = async (signal: AbortSignal) => {
    if (latencyMs > 0) await wait(latencyMs, undefined, { signal });
  };
  return {
    async getData(call) {
      await pause(call.signal);
      const grid = gridOf(provider, call);
      const weigh = statOf(provider, call.stat);
      const values: Record<string, Json> = {};
      for (const [id, query] of call.queries) {
        const asked = askedOf(provider, query, call.metric);
        const series = asked && seriesOf({ provider, seed, silent, grid, weigh, ...asked });
        if (series !== undefined) values[id] = series;
      }
      const some = Object.values(values).some((series) => isList(series) && series.length > 0);
      return { labels: some ? grid.labels : [], values };
    },
    async list({ query, signal }) {
      await pause(signal);
      return Object.keys(syntheticMetrics[provider]).map((key) => listed(provider, key, query));
    },
  };
}

interface Grid {
  /** Number of the first point since 1970, in periods. */
  readonly first: number;
  readonly labels: readonly string[];
}

function gridOf(provider: Provider, { start, end, periodSeconds }: MetricCall): Grid {
  const [from, to] = [Date.parse(start) / 1000, Date.parse(end) / 1000];
  if (!(from < to)) throw refuse('ERROR_UNKNOWN', `The range from ${start} to ${end} is none.`);
  const period = periodSeconds ?? defaultPeriod(to - from);
  const first = Math.floor(from / period);
  const count = provider === 'google_cloud' ? Math.floor((to - from) / period) : Math.ceil(to / period) - first;
  const begin = provider === 'google_cloud' ? to - count * period + period / 2 : first * period;
  return { first, labels: Array.from({ length: count }, (_, index) => isoOf(begin + index * period)) };
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** How far a statistic is from the average, for a draw from `[0, 1)`. */
type Weigh = (luck: number) => number;

const weights: Readonly<Record<string, Weigh>> = {
  AVERAGE: () => 1,
  MEAN: () => 1,
  MAX: (luck) => 1.05 + luck * 0.05,
  MIN: (luck) => 0.9 - luck * 0.2,
  // As if each point were made of twelve samples.
  SUM: () => 12,
};

function statOf(provider: Provider, stat: string | undefined): Weigh {
  const supported = metadataOf(provider, 'v2').supported_stat;
  const weigh = weights[stat ?? supported[0] ?? ''];
  if (weigh === undefined || (stat !== undefined && !supported.includes(stat))) {
    throw refuse('ERROR_NOT_SUPPORT_STAT', `Not support stat. (supported_stat = ${supported.join(' | ')})`);
  }
  return weigh;
}

interface AskedSeries {
  /** What the cloud knows the server by. */
  readonly identity: string;
  readonly metric: string;
}

/** What a query is about, in either generation's form; undefined if the provider's plugin would drop it. */
function askedOf(provider: Provider, query: JsonObject, metric: string): AskedSeries | undefined {
  switch (provider) {
    case 'aws': {
      const dimensions = query.Dimensions ?? query.dimensions;
      const identity = identityIn(dimensions, 'Name', 'InstanceId', 'Value');
      const name = query.Dimensions === undefined ? metric : text(query.MetricName);
      const namespace = text(query.Namespace ?? query.namespace);
      // CloudWatch refuses a whole request for one query that is none, and so the plugin answers nothing at all.
      if (identity === '' || name === '' || namespace === '') {
        throw refuse('ERROR_UNKNOWN', 'An error occurred (ValidationError) when calling the GetMetricData operation');
      }
      return { identity, metric: namespace === namespaceOf(name) ? name : `${namespace}/${name}` };
    }
    case 'google_cloud': {
      const labels = valueAt(query, 'filter.labels') ?? query.filters;
      const identity = identityIn(labels, 'key', 'resource.labels.instance_id', 'value');
      const type = text(valueAt(query, 'filter.metric_type')) || metric;
      return identity === '' ? undefined : { identity, metric: type };
    }
    case 'azure': {
      const identity = text(query.resource_id).toLowerCase();
      return identity === '' ? undefined : { identity, metric };
    }
  }
}

function namespaceOf(metric: string): string {
  return metric.startsWith('mem_') ? 'CWAgent' : 'AWS/EC2';
}

function identityIn(list: Json | undefined, nameKey: string, name: string, valueKey: string): string {
  const items = isList(list) ? list.filter(isObject) : [];
  return text(items.find((item) => item[nameKey] === name)?.[valueKey]);
}

interface SeriesOf extends AskedSeries {
  readonly provider: Provider;
  readonly seed: number;
  readonly silent: ReadonlySet<string>;
  readonly grid: Grid;
  readonly weigh: Weigh;
}

/** AWS answers an empty series of what it has not got, the others none. */
function seriesOf({ provider, seed, silent, identity, metric, grid, weigh }: SeriesOf): readonly Json[] | undefined {
  const shape = syntheticMetrics[provider][metric];
  if (shape === undefined || silent.has(identity) || !has(shape, hashText(seed, identity))) {
    return provider === 'aws' ? [] : undefined;
  }
  const key = hashText(hashText(seed, metric), identity);
  const range = shape.high - shape.low;
  return grid.labels.map((_, index) => {
    const average = shape.low + range * (mixFast(key, grid.first + index) / 2 ** 32);
    const value = average * weigh(mix(key, grid.first + index) / 2 ** 32);
    if (shape.whole === undefined) return value;
    return provider === 'google_cloud' ? String(Math.round(value)) : Math.round(value);
  });
}

function has({ of }: SyntheticMetric, server: number): boolean {
  const nitro = server % 5 !== 0;
  if (of === 'nitro') return nitro;
  if (of === 'others') return !nitro;
  return of === undefined || server % 3 === 0;
}

function listed(provider: Provider, key: string, query: JsonObject): ListedMetric {
  const unit = { x: 'Timestamp', y: '' };
  const common = { key, name: key, unit, chart_type: 'line', chart_options: {} };
  switch (provider) {
    case 'aws': {
      const group = namespaceOf(key);
      const infos = isList(query.metrics_info) ? query.metrics_info.filter(isObject) : [];
      const info = infos.find(({ Namespace }) => Namespace === group);
      return { ...common, group, metric_query: { ...info, MetricName: key } };
    }
    case 'google_cloud': {
      const labels = isList(query.filters) ? (valueAt(query.filters[0], 'labels') ?? []) : [];
      const { name = '', resource_id = '' } = query;
      return { ...common, group: '', metric_query: { name, resource_id, filter: { metric_type: key, labels } } };
    }
    case 'azure':
      return { ...common, group: '', metric_query: { resource_id: query.resource_id ?? '' } };
  }
}

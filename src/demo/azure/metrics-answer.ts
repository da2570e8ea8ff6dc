import { type Aggregation, type Metric, metricOf, namespaceOf, type Source } from './metric-tables.ts';
import { isoTime, type MetricsQuery, queryLimits } from './metrics-query.ts';
import { emptyTally, greatestQuarter, type LevelTally, leastQuarter, tallyMinutes } from './quantity.ts';
import { type Resource, resourceIdOf } from './resource.ts';

/** What a bucket's samples come to, in the metric's unit. */
interface Tally {
  count: number;
  total: number;
  minimum: number;
  maximum: number;
}

/** Writes the `value` of resources for one query: what all of them share is made once. */
export class MetricsWriter {
  /** Points with values that were written. */
  datapoints = 0;
  readonly #query: MetricsQuery;
  readonly #failing: (metric: number) => boolean;
  /** Bounds in minutes since 1970, and how each bucket's point begins. */
  readonly #buckets: readonly { readonly from: number; readonly to: number; readonly head: string }[];

  /**
   * @param now epoch seconds: decides what is retained
   * @param horizon epoch seconds: samples from there on are not published yet
   * @param failing whether the metric of that number, counted over all resources, comes back with an error code
   */
  constructor(query: MetricsQuery, now: number, horizon: number, failing: (metric: number) => boolean) {
    this.#query = query;
    this.#failing = failing;
    const oldest = Math.ceil(now / 60) - queryLimits.retentionDays * 1440;
    this.#buckets = Array.from({ length: Math.ceil((query.end - query.start) / query.intervalMinutes) }, (_, i) => {
      const from = query.start + i * query.intervalMinutes;
      const to = Math.min(from + query.intervalMinutes, query.end, Math.floor(horizon / 60));
      return { from: Math.max(from, oldest), to, head: `{"timeStamp":"${isoTime(from)}"` };
    });
  }

  /** The `value` array of a resource, as JSON text. @param ordinal the resource's number in the request */
  valueOf(resource: Resource, ordinal: number): string {
    const { metricNames } = this.#query;
    const prefix = `${resourceIdOf(resource)}/providers/Microsoft.Insights/metrics/`;
    const metrics = metricNames.map((name, i) =>
      this.#metricJson(prefix, metricOf(resource, name), this.#failing(ordinal * metricNames.length + i)),
    );
    return `[${metrics.join()}]`;
  }

  /** The members that the answers of both APIs share. */
  commonJson(): string {
    const { type, metricNames, start, end, interval } = this.#query;
    const cost = (end - start) * metricNames.length;
    return `"cost":${cost},"interval":${JSON.stringify(interval)},"namespace":"${namespaceOf(type)}"`;
  }

  #metricJson(prefix: string, { traits, sources }: Metric, fails: boolean): string {
    const { name, unit, description, primary, samplesPerMinute } = traits;
    const wanted = this.#query.aggregations.length > 0 ? this.#query.aggregations : [primary];
    const groups = fails ? [] : this.#groupsOf(sources);
    const series = groups.map((group) => this.#seriesJson(group, samplesPerMinute, wanted)).filter((one) => one !== '');
    const outcome = fails
      ? '"errorCode":"InternalServerError","errorMessage":"The metric could not be read."'
      : '"errorCode":"Success"';
    const names = `{"value":"${name}","localizedValue":"${name}"}`;
    return `{"id":"${prefix}${name}","type":"Microsoft.Insights/metrics","name":${names},"displayDescription":"${description}","unit":"${unit}","timeseries":[${series.join()}],${outcome}}`;
  }

  /** The sources of each series: all in one, or one by one as a filter on the dimension wants it, at most `top`. */
  #groupsOf(sources: readonly Source[]): readonly (readonly Source[])[] {
    const { filter, top } = this.#query;
    if (filter === undefined) return [sources];
    const chosen = sources.filter(
      ({ dimensionValue = '' }) => filter === '*' || filter.includes(dimensionValue.toLowerCase()),
    );
    return chosen.map((source) => [source]).slice(0, top);
  }

  /** One series as JSON text; empty where it has no points. */
  #seriesJson(group: readonly Source[], samplesPerMinute: 1 | 4, wanted: readonly Aggregation[]): string {
    let points = 0;
    let data = '';
    for (const { from, to, head } of this.#buckets) {
      const tally = tallyOf(group, samplesPerMinute, from, to);
      data += data === '' ? head : `,${head}`;
      if (tally.count > 0) {
        points++;
        for (const one of wanted) data += `,"${one}":${aggregate(tally, one)}`;
      }
      data += '}';
    }
    this.datapoints += points;
    const value = this.#query.filter === undefined ? undefined : group[0]?.dimensionValue;
    return points === 0 ? '' : `{"metadatavalues":[${value === undefined ? '' : metadata(value)}],"data":[${data}]}`;
  }
}

function metadata(value: string): string {
  return `{"name":{"value":"vmname","localizedValue":"vmname"},"value":${JSON.stringify(value)}}`;
}

function aggregate({ count, total, minimum, maximum }: Tally, aggregation: Aggregation): number {
  switch (aggregation) {
    case 'average':
      return total / count;
    case 'total':
      return total;
    case 'count':
      return count;
    case 'minimum':
      return minimum;
    case 'maximum':
      return maximum;
  }
}

/** The samples of all sources in the minutes `[from, to)`. */
function tallyOf(sources: readonly Source[], samplesPerMinute: 1 | 4, from: number, to: number): Tally {
  const tally = { count: 0, total: 0, minimum: Number.POSITIVE_INFINITY, maximum: Number.NEGATIVE_INFINITY };
  for (const source of sources) {
    const levels = emptyTally();
    tallyMinutes(levels, source.quantity, from, to);
    if (levels.minutes > 0) addSource(tally, source, samplesPerMinute, levels);
  }
  return tally;
}

function addSource(tally: Tally, { quantity, scale }: Source, samplesPerMinute: 1 | 4, levels: LevelTally): void {
  const { base, step } = quantity;
  const [one, other] = [base + step * levels.low, base + step * levels.high];
  const [low, high] = one < other ? [one, other] : [other, one];
  tally.count += levels.minutes * samplesPerMinute;
  tally.total += (base * levels.minutes + step * levels.sum) * samplesPerMinute * scale;
  tally.minimum = Math.min(tally.minimum, (samplesPerMinute === 4 ? leastQuarter(low) : low) * scale);
  tally.maximum = Math.max(tally.maximum, (samplesPerMinute === 4 ? greatestQuarter(high) : high) * scale);
}

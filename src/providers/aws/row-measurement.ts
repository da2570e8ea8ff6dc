import type { Dimension } from '@aws-sdk/client-cloudwatch';
import type { MetricKey } from '#model/metric.ts';
import { reasonOf } from '#model/missing.ts';
import { needsPoints, type Statistic } from '#model/statistic.ts';
import { daySeconds } from '#model/window.ts';
import type { Asked, Gap, Output, Part, Query, Stat } from './measurement.ts';
import type { RowResource } from './resource.ts';
import { type Row, type RowSet, rowSets } from './rows.ts';
import type { StorageIndex } from './storage-index.ts';

/** What is asked together of one resource that is measured row by row: all rows that share a metric. */
export interface RowMeasurement {
  readonly resource: RowResource;
  readonly outputs: readonly RowOutput[];
  readonly parts: readonly Part[];
  readonly wantsMin: boolean;
  readonly wantsPoints: boolean;
  /** Of points, and of buckets that only a sum makes a rate of. */
  readonly pointSeconds: number;
}

/** A key as `offset + factor × native value`: where the metric is what is left, the factor is negative. */
export interface RowOutput extends Output {
  readonly row: Row;
  readonly offset: number;
}

export interface RowAsk {
  readonly resource: RowResource;
  readonly keys: readonly MetricKey[];
  readonly statistics: readonly Statistic[];
  readonly pointSeconds: number;
  readonly storage: StorageIndex | undefined;
}

export function measurementsOfRows(ask: RowAsk): Asked<RowMeasurement> {
  const { rows }: RowSet = rowSets[ask.resource.rows];
  const unasked: Gap[] = [];
  const outputs: RowOutput[] = [];
  for (const key of ask.keys) {
    const row = rows.find((each) => each.key === key);
    const found = row === undefined ? unsupported(key) : outputOf(ask, row);
    if ('reason' in found) unasked.push(found);
    else outputs.push(found);
  }
  return { measurements: sharing(outputs).map((group) => measurementOf(ask, group)), unasked };
}

/** What the rows need of the metrics that they share is asked once. */
function measurementOf(ask: RowAsk, outputs: readonly RowOutput[]): RowMeasurement {
  const { resource, statistics, pointSeconds } = ask;
  const needed = Map.groupBy(
    outputs.flatMap((output) => needsOf(output, ask)),
    ({ metric, dimensions }) => JSON.stringify([metric, dimensions]),
  );
  const { namespace } = rowSets[resource.rows];
  const parts = [...needed.values()].flatMap((needs) =>
    needs.slice(0, 1).map(({ metric, dimensions }) => ({
      metric: { namespace, metric },
      dimensions,
      queries: distinct(needs.flatMap(({ queries }) => queries)),
    })),
  );
  const wantsMin = statistics.includes('min');
  return { resource, outputs, parts, wantsMin, wantsPoints: needsPoints(statistics), pointSeconds };
}

interface Need {
  readonly metric: string;
  readonly dimensions: readonly Dimension[];
  readonly queries: readonly Query[];
}

function needsOf(output: RowOutput, ask: RowAsk): Need[] {
  const { row } = output;
  return dimensionSets(row, ask).flatMap((dimensions) => [
    ...row.metrics.map((metric) => ({ metric, dimensions, queries: queriesOf(output, ask) })),
    ...(row.clock === undefined ? [] : [{ metric: row.clock, dimensions, queries: sums(ask) }]),
    ...(row.peak === undefined ? [] : [{ metric: row.peak, dimensions, queries: daily(['Maximum']) }]),
  ]);
}

function queriesOf({ row, factor }: RowOutput, ask: RowAsk): Query[] {
  if (row.reading === 'total' || row.reading === 'events') return sums(ask);
  const wantsMin = ask.statistics.includes('min');
  // What is most of the key is least of what is left.
  const extremes: Stat[] = factor < 0 ? ['Minimum'] : ['Maximum'];
  if (wantsMin) extremes.push(factor < 0 ? 'Maximum' : 'Minimum');
  const hasCourse = needsPoints(ask.statistics) && row.sampleSeconds !== daySeconds;
  const course: Query[] = hasCourse ? [{ stat: 'Average', period: ask.pointSeconds }] : [];
  return [...daily(['Sum', 'SampleCount', ...extremes]), ...course];
}

function sums({ pointSeconds }: RowAsk): Query[] {
  return [{ stat: 'Sum', period: pointSeconds }];
}

function daily(stats: readonly Stat[]): Query[] {
  return stats.map((stat) => ({ stat, period: daySeconds }));
}

function distinct(queries: readonly Query[]): Query[] {
  return [...new Map(queries.map((query) => [`${query.stat} ${query.period}`, query])).values()];
}

/** Without an index (the plan is not agreed to yet) as if a bucket held one type of storage. */
function dimensionSets({ storageType }: Row, { resource: { dimensions }, storage }: RowAsk): Dimension[][] {
  if (storageType === undefined) return [[...dimensions]];
  const types = storageType === 'all' ? ['AllStorageTypes'] : (storage?.typesOf(dimensions) ?? ['StandardStorage']);
  return types.map((type) => [...dimensions, { Name: 'StorageType', Value: type }]);
}

function outputOf(ask: RowAsk, row: Row): RowOutput | Gap {
  const { key, factor = 1, leftOf, storageType } = row;
  const { constants, dimensions } = ask.resource;
  if (storageType === 'each' && ask.storage !== undefined) {
    const { error } = ask.storage;
    if (error !== undefined) return { key, reason: reasonOf(error), error };
    if (ask.storage.typesOf(dimensions).length === 0) return { key, reason: 'no_data' };
  }
  if (leftOf === undefined) return { key, row, factor, offset: 0 };
  const whole = constants[leftOf];
  if (whole === undefined) return unsupported(key);
  return key.endsWith('.usage')
    ? { key, row, factor: -100 / whole, offset: 100 }
    : { key, row, factor: -1, offset: whole };
}

function unsupported(key: MetricKey): Gap {
  return { key, reason: 'unsupported' };
}

/** Rows that share a metric stay together, so that it is asked, and billed, once. */
function sharing(outputs: readonly RowOutput[]): RowOutput[][] {
  const groups: RowOutput[][] = [];
  for (const output of outputs) {
    const names = namesOf(output);
    const isOurs = (group: readonly RowOutput[]) =>
      group.some((each) => namesOf(each).some((name) => names.includes(name)));
    const own = groups.filter(isOurs);
    const others = groups.filter((group) => !isOurs(group));
    groups.splice(0, groups.length, ...others, [...own.flat(), output]);
  }
  return groups;
}

function namesOf({ row: { metrics, clock, peak } }: RowOutput): string[] {
  return [...metrics, clock, peak].filter((name) => name !== undefined);
}

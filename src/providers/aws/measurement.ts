import type { Dimension } from '@aws-sdk/client-cloudwatch';
import type { Unasked } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { reasonOf } from '#model/missing.ts';
import { needsPoints, type Statistic } from '#model/statistic.ts';
import { type Day, daySeconds } from '#model/window.ts';
import type { AgentIndex } from './agent-index.ts';
import { agentsOf } from './agents.ts';
import {
  agentMetrics,
  type DiskKey,
  diskMetrics,
  type InstanceKey,
  instanceMetrics,
  type NativeMetric,
} from './catalog.ts';
import type { SampleDistance } from './sample-distance.ts';
import type { Ec2Server } from './server.ts';

export type Stat = 'Sum' | 'SampleCount' | 'Maximum' | 'Minimum' | 'Average';

/** One MetricDataQuery: a statistic of one native series over buckets of `period` seconds. */
export interface Query {
  readonly stat: Stat;
  readonly period: number;
}

/** One native series of a measurement, and what is asked of it. */
export interface Part {
  readonly metric: NativeMetric;
  readonly dimensions: readonly Dimension[];
  readonly queries: readonly Query[];
}

/**
 * The smallest thing that is asked: all series and statistics behind one or more keys of one server. It never straddles two
 * calls, so that CloudWatch bills its statistics as one metric.
 */
export interface Measurement {
  readonly server: Ec2Server;
  /** Keys that this answers, each with the factor from the native value. */
  readonly outputs: readonly { readonly key: MetricKey; readonly factor: number }[];
  readonly parts: readonly Part[];
  /** `add`: parts of one whole at the same time. `join`: series that follow each other. */
  readonly combine: 'add' | 'join';
  /** Daily buckets; or finer ones, or single samples, for days whose sample distance daily counts cannot tell. */
  readonly grain: 'day' | 'fine' | 'sample';
  readonly wantsMin: boolean;
  readonly wantsPoints: boolean;
}

/** The points of one query: parallel columns, epoch seconds of bucket starts and native values. */
export interface Points {
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
}

/** What a reply held for one part: points by statistic and period, ascending in time. */
export type PartReply = (stat: Stat, period: number) => Points;

/** A measurement that was read by the day, on days that daily counts do not tell enough of. */
export interface Held {
  readonly measurement: Measurement;
  readonly replies: readonly PartReply[];
  readonly open: readonly Day[];
  /** By start of the five minutes, where samples were told apart. */
  readonly distances?: ReadonlyMap<number, SampleDistance>;
}

export interface Ask {
  readonly server: Ec2Server;
  readonly keys: readonly MetricKey[];
  readonly statistics: readonly Statistic[];
  /** Seconds; the length of points, for what needs points. */
  readonly pointSeconds: number;
  readonly agents: AgentIndex | undefined;
}

/** A key for which there is nothing to ask. */
export type Gap = Omit<Unasked, 'resourceId'>;

/** What has to be asked for the wanted keys of one server, and the keys for which there is nothing to ask. */
export function measurementsOf(ask: Ask): {
  measurements: Measurement[];
  unasked: Gap[];
} {
  const measurements: Measurement[] = [];
  const unasked: Gap[] = [];
  for (const key of ask.keys) {
    if (isInstanceKey(key)) measurements.push(instanceMeasurement(ask, key));
    else if (isDiskKey(key)) collectDisk(ask, key, measurements, unasked);
    // A constant that discovery brings; wanted here only where the instance type could not be read.
    else if (key === 'memory.total') unasked.push({ key, reason: 'no_data' });
  }
  collectMemory(ask, measurements, unasked);
  return { measurements, unasked };
}

/** What is still to be asked of a measurement whose samples were told apart: the peaks of amounts, the course of levels. */
export function peaksOf(measurement: Measurement): Measurement {
  const { wantsMin, wantsPoints } = measurement;
  const peaks: Query[] = [
    { stat: 'Maximum', period: 300 },
    ...(wantsMin ? [{ stat: 'Minimum', period: 300 } as const] : []),
  ];
  const course: Query[] = wantsPoints ? [] : [{ stat: 'Average', period: 300 }];
  const queriesFor = { amount: peaks, level: course, total: [] };
  return {
    ...measurement,
    parts: measurement.parts.map((part) => ({ ...part, queries: queriesFor[part.metric.sampling] })),
  };
}

/**
 * The same measurement at the finest period, for days that need a closer look: sample by sample where single minutes are
 * still kept, else in buckets.
 */
export function refined(measurement: Measurement, finestPeriod: number): Measurement {
  return {
    ...measurement,
    grain: finestPeriod === 60 ? 'sample' : 'fine',
    parts: measurement.parts.map((part) => ({
      ...part,
      queries: closerQueries(part.metric, finestPeriod, measurement.wantsMin),
    })),
  };
}

function closerQueries(metric: NativeMetric, finestPeriod: number, wantsMin: boolean): Query[] {
  if (metric.sampling === 'total') return [{ stat: 'Sum', period: Math.max(300, finestPeriod) }];
  // A minute holds one sample, which is its own sum and maximum.
  return finestPeriod === 60 ? [{ stat: 'Sum', period: 60 }] : bucketQueries(finestPeriod, wantsMin);
}

function instanceMeasurement(ask: Ask, key: InstanceKey): Measurement {
  const part = partOf(ask, instanceMetrics[key], [{ Name: 'InstanceId', Value: ask.server.id }]);
  return measurement(ask, [{ key, factor: 1 }], [part], 'add');
}

function collectDisk(ask: Ask, key: DiskKey, into: Measurement[], unasked: Gap[]): void {
  const { server } = ask;
  const metrics = diskMetrics[key];
  const instance = [{ Name: 'InstanceId', Value: server.id }];
  const parts = [
    ...(server.ebs === 'instance' ? [partOf(ask, metrics.nitro, instance)] : []),
    ...(server.ebs === 'volumes'
      ? server.volumeIds.map((id) => partOf(ask, metrics.volume, [{ Name: 'VolumeId', Value: id }]))
      : []),
    ...(server.hasInstanceStore ? [partOf(ask, metrics.instanceStore, instance)] : []),
  ];
  if (parts.length === 0) unasked.push({ key, reason: 'unsupported' });
  else into.push(measurement(ask, [{ key, factor: 1 }], parts, 'add'));
}

/** Usage and bytes used are one measurement: the second is the first times the size of the memory. */
function collectMemory(ask: Ask, into: Measurement[], unasked: Gap[]): void {
  const wanted = ask.keys.filter((key) => key === 'memory.usage' || key === 'memory.used');
  if (wanted.length === 0) return;
  const agents = agentsOf(ask.server, ask.agents);
  const total = ask.server.constants['memory.total'];
  // Windows reports committed bytes, of memory and page file together: a share, but not one of the memory.
  const usedIsKnown = total !== undefined && agents.every(({ platform }) => platform === 'linux');
  const surveyError = ask.agents?.error;
  const outputs: { key: MetricKey; factor: number }[] = [];
  for (const key of wanted) {
    if (surveyError !== undefined) unasked.push({ key, reason: reasonOf(surveyError), error: surveyError });
    else if (agents.length === 0) unasked.push({ key, reason: 'agent_absent' });
    else if (key === 'memory.usage') outputs.push({ key, factor: 1 });
    else if (usedIsKnown) outputs.push({ key, factor: total / 100 });
    else unasked.push({ key, reason: 'unsupported' });
  }
  if (outputs.length === 0) return;
  const parts = agents.map(({ platform, dimensions }) => partOf(ask, agentMetrics[platform], dimensions));
  into.push(measurement(ask, outputs, parts, 'join'));
}

function measurement(
  ask: Ask,
  outputs: Measurement['outputs'],
  parts: readonly Part[],
  combine: Measurement['combine'],
): Measurement {
  return {
    server: ask.server,
    outputs,
    parts,
    combine,
    grain: 'day',
    wantsMin: ask.statistics.includes('min'),
    wantsPoints: needsPoints(ask.statistics),
  };
}

function partOf({ statistics, pointSeconds }: Ask, metric: NativeMetric, dimensions: readonly Dimension[]): Part {
  if (metric.sampling === 'total') return { metric, dimensions, queries: [{ stat: 'Sum', period: pointSeconds }] };
  const points: Query[] = needsPoints(statistics) ? [{ stat: 'Average', period: pointSeconds }] : [];
  return { metric, dimensions, queries: [...bucketQueries(daySeconds, statistics.includes('min')), ...points] };
}

function bucketQueries(period: number, wantsMin: boolean): Query[] {
  const stats: Stat[] = ['Sum', 'SampleCount', 'Maximum', ...(wantsMin ? (['Minimum'] as const) : [])];
  return stats.map((stat) => ({ stat, period }));
}

function isInstanceKey(key: MetricKey): key is InstanceKey {
  return Object.hasOwn(instanceMetrics, key);
}

function isDiskKey(key: MetricKey): key is DiskKey {
  return Object.hasOwn(diskMetrics, key);
}

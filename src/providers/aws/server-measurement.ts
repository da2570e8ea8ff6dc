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
import type { Asked, Gap, Output, Part, PartReply, Query, Stat } from './measurement.ts';
import type { SampleDistance } from './sample-distance.ts';
import type { Ec2Server } from './server.ts';

/** What is asked of one server together. */
export interface ServerMeasurement {
  readonly resource: Ec2Server;
  readonly outputs: readonly Output[];
  readonly parts: readonly Part<NativeMetric>[];
  /** `add`: parts of one whole at the same time. `join`: series that follow each other. */
  readonly combine: 'add' | 'join';
  /** Daily buckets; or finer ones, or single samples, for days whose sample distance daily counts cannot tell. */
  readonly grain: 'day' | 'fine' | 'sample';
  readonly wantsMin: boolean;
  readonly wantsPoints: boolean;
  /** The days that it answers, where a request also reads days in between for others; absent: all of the request. */
  readonly days?: readonly Day[];
}

/** A measurement that was read by the day, on days that daily counts do not tell enough of. */
export interface Held {
  readonly measurement: ServerMeasurement;
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

export function measurementsOfServer(ask: Ask): Asked<ServerMeasurement> {
  const measurements: ServerMeasurement[] = [];
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
export function peaksOf(measurement: ServerMeasurement): ServerMeasurement {
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
 * The same measurement at the finest period, for the days that need a closer look: sample by sample where single minutes are
 * still kept, else in buckets.
 */
export function refined(measurement: ServerMeasurement, days: readonly Day[], finestPeriod: number): ServerMeasurement {
  return {
    ...measurement,
    days,
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

function instanceMeasurement(ask: Ask, key: InstanceKey): ServerMeasurement {
  const part = partOf(ask, instanceMetrics[key], [{ Name: 'InstanceId', Value: ask.server.id }]);
  return measurement(ask, [{ key, factor: 1 }], [part], 'add');
}

function collectDisk(ask: Ask, key: DiskKey, into: ServerMeasurement[], unasked: Gap[]): void {
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
function collectMemory(ask: Ask, into: ServerMeasurement[], unasked: Gap[]): void {
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
  outputs: ServerMeasurement['outputs'],
  parts: readonly Part<NativeMetric>[],
  combine: ServerMeasurement['combine'],
): ServerMeasurement {
  return {
    resource: ask.server,
    outputs,
    parts,
    combine,
    grain: 'day',
    wantsMin: ask.statistics.includes('min'),
    wantsPoints: needsPoints(ask.statistics),
  };
}

function partOf(
  { statistics, pointSeconds }: Ask,
  metric: NativeMetric,
  dimensions: Part['dimensions'],
): Part<NativeMetric> {
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

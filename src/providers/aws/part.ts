import { type DayCell, joinStretches } from '#model/day-cell.ts';
import { type Day, dayAt, daySeconds, startOf } from '#model/window.ts';
import { agentMetrics, type NativeMetric } from './catalog.ts';
import { type Part as AnyPart, type PartReply, type Points, toMap } from './measurement.ts';
import {
  agentDistances,
  fineDistances,
  type SampleDistance,
  sampleDistances,
  samplesApart,
} from './sample-distance.ts';
import type { ServerMeasurement } from './server-measurement.ts';

type Part = AnyPart<NativeMetric>;

/** One native series as it was read, in its unit per second (amounts) or as is (levels). */
export interface PartRead {
  /** Length of the buckets, in seconds. */
  readonly period: number;
  /** By bucket start, in epoch seconds. */
  readonly buckets: ReadonlyMap<number, DayCell>;
  /** Where percentiles are wanted: values of some five minutes each, by start. */
  readonly points: ReadonlyMap<number, number>;
  /** Days whose sample distance daily counts cannot tell. */
  readonly open: readonly Day[];
}

/** Sample distances by day. */
export type Told = ReadonlyMap<Day, SampleDistance>;

const noTold: Told = new Map();
const pointSeconds = 300;

/** @param told sample distances by day, where they were found out in another way than by daily counts */
export function readPart(
  measurement: ServerMeasurement,
  part: Part,
  reply: PartReply = nothing,
  told: Told = noTold,
): PartRead {
  if (part.metric.sampling === 'total') return readTotal(measurement, part, reply);
  if (measurement.grain === 'sample') return readSamples(measurement, part, reply);
  return readBuckets(measurement, part, reply, told);
}

/**
 * A part of a measurement on days whose samples were told apart: what was read by the day, and the peaks or the course that
 * were asked for after it.
 *
 * @param daily the reply by the day, which waited
 */
export function readTold(
  { wantsMin, wantsPoints }: ServerMeasurement,
  part: Part,
  daily: PartReply,
  reply: PartReply,
  distances: ReadonlyMap<number, SampleDistance>,
): PartRead {
  const isAmount = part.metric.sampling === 'amount';
  const average = toMap(
    wantsPoints ? daily('Average', pointSeconds) : isAmount ? noPoints : reply('Average', pointSeconds),
  );
  const sums = toMap(daily('Sum', daySeconds));
  const maxima = toMap(isAmount ? reply('Maximum', pointSeconds) : daily('Maximum', daySeconds));
  const minima = toMap(!wantsMin ? noPoints : isAmount ? reply('Minimum', pointSeconds) : daily('Minimum', daySeconds));
  const perSecond = (start: number, value: number) => value / (isAmount ? (distances.get(start) ?? 300) : 1);
  const buckets = new Map<number, DayCell>();
  for (const [day, starts] of Map.groupBy(distances.keys(), dayAt)) {
    const seconds = starts.length * pointSeconds;
    const within = (values: ReadonlyMap<number, number>) =>
      [...values].filter(([start]) => dayAt(start) === day).map(([start, value]) => perSecond(start, value));
    const course = starts.flatMap((start) => average.get(start) ?? []);
    const mean = course.reduce((sum, value) => sum + value, 0) / Math.max(1, course.length);
    buckets.set(startOf(day), {
      sum: isAmount ? (sums.get(startOf(day)) ?? 0) : mean * seconds,
      seconds,
      max: Math.max(...within(maxima)),
      ...(wantsMin ? { min: Math.min(...within(minima)) } : {}),
    });
  }
  const points = wantsPoints
    ? new Map(
        [...average]
          .filter(([start]) => distances.has(start))
          .map(([start, value]) => [start, perSecond(start, value)]),
      )
    : noValues;
  return { period: daySeconds, buckets, points, open: [] };
}

/** Operations and bytes of one EBS volume: `Sum` over each bucket is all that makes a rate. */
function readTotal({ wantsPoints }: ServerMeasurement, part: Part, reply: PartReply): PartRead {
  const period = bucketPeriod(part);
  const buckets = new Map<number, DayCell>();
  for (const [start, sum] of toMap(reply('Sum', period))) {
    buckets.set(start, { sum, seconds: period, max: sum / period, min: sum / period });
  }
  return { period, buckets, points: wantsPoints ? averages(buckets) : noValues, open: [] };
}

/** Sample by sample: how far apart they are is seen, not guessed. */
function readSamples(measurement: ServerMeasurement, part: Part, reply: PartReply): PartRead {
  const { monitoringSeconds } = measurement.resource;
  const { timestamps, values } = reply('Sum', bucketPeriod(part));
  const distances = samplesApart(timestamps, monitoringSeconds);
  const samples = new Map<number, DayCell>();
  timestamps.forEach((time, at) => {
    const seconds = distances[at] ?? monitoringSeconds;
    const value = values[at] ?? 0;
    samples.set(time, stretch(part.metric.sampling === 'amount' ? value / seconds : value, seconds));
  });
  const groups = Map.groupBy(samples, ([time]) => Math.floor(time / pointSeconds) * pointSeconds);
  const buckets = new Map([...groups].map(([start, group]) => [start, joinStretches(group.map(([, cell]) => cell))]));
  return { period: pointSeconds, buckets, points: measurement.wantsPoints ? averages(buckets) : noValues, open: [] };
}

/** Buckets with `Sum`, `SampleCount` and `Maximum`: daily ones, or the finest that are kept. */
function readBuckets(measurement: ServerMeasurement, part: Part, reply: PartReply, told: Told): PartRead {
  const period = bucketPeriod(part);
  const counts = toMap(reply('SampleCount', period));
  const distances = distancesOf(measurement, part, counts, period, told);
  const sums = toMap(reply('Sum', period));
  const maxima = toMap(reply('Maximum', period));
  const minima = measurement.wantsMin ? toMap(reply('Minimum', period)) : noValues;
  const isAmount = part.metric.sampling === 'amount';
  const buckets = new Map<number, DayCell>();
  const open: Day[] = [];
  for (const [start, count] of counts) {
    const distance = distances.get(start);
    if (distance === undefined) {
      open.push(dayAt(start));
      continue;
    }
    const seconds = Math.min(count * distance, period);
    const sum = sums.get(start) ?? 0;
    const perSample = isAmount ? distance : 1;
    const min = minima.get(start);
    buckets.set(start, {
      sum: isAmount ? sum : (sum / count) * seconds,
      seconds,
      max: (maxima.get(start) ?? 0) / perSample,
      ...(min === undefined ? {} : { min: min / perSample }),
    });
  }
  const points = measurement.wantsPoints ? pointsOf(part, reply, buckets, distances, period) : noValues;
  return { period, buckets, points, open };
}

/** From `Average` where daily buckets were read beside it, else from the buckets themselves. */
function pointsOf(
  part: Part,
  reply: PartReply,
  buckets: ReadonlyMap<number, DayCell>,
  distances: ReadonlyMap<number, number>,
  period: number,
): ReadonlyMap<number, number> {
  const average = part.queries.find(({ stat }) => stat === 'Average');
  if (average === undefined) return averages(buckets);
  const points = new Map<number, number>();
  for (const [start, value] of toMap(reply('Average', average.period))) {
    const distance = part.metric.sampling === 'amount' ? distances.get(Math.floor(start / period) * period) : 1;
    if (distance !== undefined) points.set(start, value / distance);
  }
  return points;
}

/** Seconds between samples, by bucket start; a bucket that is absent cannot be told. */
function distancesOf(
  { grain }: ServerMeasurement,
  { metric }: Part,
  counts: ReadonlyMap<number, number>,
  period: number,
  told: Told,
): ReadonlyMap<number, number> {
  if (metric.namespace === agentMetrics.linux.namespace) {
    if (period !== daySeconds) return new Map([...counts].map(([start, count]) => [start, period / count]));
    const byDay = agentDistances(new Map([...counts].map(([start, count]) => [dayAt(start), count])), 60);
    return new Map([...byDay].map(([day, distance]) => [startOf(day), distance]));
  }
  if (grain === 'fine') return fineDistances(counts, period);
  const byDay = sampleDistances(new Map([...counts].map(([start, count]) => [dayAt(start), count])));
  return new Map([...byDay, ...told].map(([day, distance]) => [startOf(day), distance]));
}

/** Observed time at one rate. */
function stretch(rate: number, seconds: number): DayCell {
  return { sum: rate * seconds, seconds, max: rate, min: rate };
}

function averages(buckets: ReadonlyMap<number, DayCell>): Map<number, number> {
  return new Map([...buckets].map(([start, { sum, seconds }]) => [start, sum / seconds]));
}

/** The period of the part's buckets: that of its first query. */
function bucketPeriod({ queries }: Part): number {
  return queries[0]?.period ?? daySeconds;
}

const noValues: ReadonlyMap<number, number> = new Map();
const noPoints: Points = { timestamps: [], values: [] };
const nothing: PartReply = () => noPoints;

import { type Day, type DayRange, dayAt, daysOf, rangesOf, startOf } from '#model/window.ts';
import { finestPeriod } from './catalog.ts';
import type { Measurement, PartReply } from './measurement.ts';
import type { Told } from './part.ts';
import { type AwsRequest, pack } from './plan.ts';
import { distanceOfHours, distancesInDay, type SampleDistance } from './sample-distance.ts';
import { type Held, peaksOf, refined, type ServerMeasurement } from './server-measurement.ts';

/**
 * Daily counts that fit neither sample distance are looked at more closely, each step only where it is needed: counts of one
 * metric of the server by the hour, which tell for all metrics with the same counts; on days that hold both kinds of samples,
 * the peaks of five minutes; and where hours do not tell the samples apart, each single sample.
 */

const hour = 3600;

/** First step: hourly counts, a query for each server and set of counts, over all days that are open. */
export function countRequests(region: string, held: readonly Held[]): AwsRequest[] {
  if (held.length === 0) return [];
  const groups = [...Map.groupBy(held, signatureOf).values()];
  const heldOf = new Map(
    groups.flatMap((group) => group.slice(0, 1).map((first) => [countsOf(first.measurement), group])),
  );
  return withHeld('counts', pack(region, daysOfAll(held), [...heldOf.keys()]), heldOf);
}

/** What hourly counts say of one server. */
export interface HourlyCounts {
  /** Days with one kind of samples. */
  readonly told: Told;
  /** Days with both, told apart: by day, the distance in each five minutes. */
  readonly mixed: ReadonlyMap<Day, ReadonlyMap<number, SampleDistance>>;
}

export function readHourlyCounts(reply: PartReply): HourlyCounts {
  const { timestamps, values } = reply('SampleCount', hour);
  const counts = timestamps.map((time, at): [number, number] => [time, values[at] ?? 0]);
  const told = new Map<Day, SampleDistance>();
  const mixed = new Map<Day, ReadonlyMap<number, SampleDistance>>();
  for (const [day, own] of Map.groupBy(counts, ([time]) => dayAt(time))) {
    const hours = new Map(own);
    const distance = distanceOfHours(hours);
    const distances = distance === undefined ? distancesInDay(hours) : undefined;
    if (distance !== undefined) told.set(day, distance);
    if (distances !== undefined) mixed.set(day, distances);
  }
  return { told, mixed };
}

/** Second step, for days that were told apart: what is still to be asked of these measurements, each over its open days. */
export function peakRequests(region: string, held: readonly Held[]): AwsRequest[] {
  const byDays = Map.groupBy(held, ({ open }) => `${Math.min(...open)} ${Math.max(...open)}`);
  return [...byDays.values()].flatMap((same) => packPeaks(region, daysOfAll(same), same));
}

/** @param days at least the open days of all that is held */
export function packPeaks(region: string, days: DayRange, held: readonly Held[]): AwsRequest[] {
  const heldOf = new Map(held.map((each) => [peaksOf(each.measurement), [each]]));
  return withHeld('peaks', pack(region, days, [...heldOf.keys()]), heldOf);
}

function daysOfAll(held: readonly Held[]): DayRange {
  const open = held.flatMap((each) => each.open);
  return { from: Math.min(...open), to: Math.max(...open) + 1 };
}

/** The other second step: the same measurements at the finest period that is kept. @param now epoch milliseconds */
export function refinedRequests(region: string, held: readonly Held[], now: number): AwsRequest[] {
  const groups = new Map<string, { days: DayRange; measurements: ServerMeasurement[] }>();
  for (const { measurement, open } of held) {
    for (const days of rangesOf(open)) {
      const name = `${days.from} ${days.to}`;
      const group = groups.get(name) ?? { days, measurements: [] };
      group.measurements.push(refined(measurement, [...daysOf(days)], finestPeriod(startOf(days.from), now / 1000)));
      groups.set(name, group);
    }
  }
  return [...groups.values()].flatMap(({ days, measurements }) => pack(region, days, measurements));
}

/** Days that five-minute points are still kept for. */
export function keepsFiveMinutes(day: Day, now: number): boolean {
  return finestPeriod(startOf(day), now / 1000) <= 300;
}

/** Metrics of one server with the same counts on the same days were sampled alike. */
function signatureOf({ measurement, replies, open }: Held): string {
  const counts = replies.flatMap((reply) => {
    const { timestamps, values } = reply('SampleCount', 24 * hour);
    return timestamps.flatMap((time, at) => (open.includes(dayAt(time)) ? [`${dayAt(time)}:${values[at]}`] : []));
  });
  return `${measurement.resource.id} ${counts.join(' ')}`;
}

/** Counts alone, of one series. */
function countsOf(measurement: ServerMeasurement): ServerMeasurement {
  const part = measurement.parts.find(({ metric }) => metric.sampling !== 'total');
  return {
    ...measurement,
    outputs: [],
    parts: part === undefined ? [] : [{ ...part, queries: [{ stat: 'SampleCount', period: hour }] }],
  };
}

function withHeld(
  step: 'counts' | 'peaks',
  requests: readonly AwsRequest[],
  heldOf: ReadonlyMap<Measurement, readonly Held[]>,
): AwsRequest[] {
  return requests.map((request) => {
    const held = request.measurements.map((measurement) => heldOf.get(measurement) ?? []);
    return { ...request, step, held, covers: held.flat().map(coveredBy) };
  });
}

function coveredBy({ measurement: { resource, outputs } }: Held) {
  return { resourceId: resource.id, keys: outputs.map(({ key }) => key) };
}

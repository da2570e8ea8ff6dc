import { type Day, type DayRange, dayAt, rangesOf, startOf } from '#model/window.ts';
import { finestPeriod } from './catalog.ts';
import { type Held, type Measurement, type PartReply, refined } from './measurement.ts';
import type { Told } from './part.ts';
import { type AwsRequest, pack } from './plan.ts';
import { distanceOfHours } from './sample-distance.ts';

/**
 * Daily counts that fit neither sample distance are looked at in two steps, each only where it is needed: first one metric of
 * the server by the hour, which tells for all metrics with the same counts; then, on days that hold both kinds of samples,
 * sample by sample.
 */

/** First step: requests for hourly counts, a query for each server and set of counts, over all days that are open. */
export function probeRequests(region: string, held: readonly Held[]): AwsRequest[] {
  return held.length === 0 ? [] : packProbes(region, [...Map.groupBy(held, signatureOf).values()]);
}

/** What hourly counts say of each day. */
export function distancesOf(reply: PartReply): Told {
  const { timestamps, values } = reply('SampleCount', hour);
  const counts = timestamps.map((time, at): [number, number] => [time, values[at] ?? 0]);
  const told = new Map<Day, 60 | 300>();
  for (const [day, hours] of Map.groupBy(counts, ([time]) => dayAt(time))) {
    const distance = distanceOfHours(new Map(hours));
    if (distance !== undefined) told.set(day, distance);
  }
  return told;
}

/** Second step: the same measurements at the finest period that is kept. @param now epoch milliseconds */
export function refinedRequests(region: string, held: readonly Held[], now: number): AwsRequest[] {
  const byDays = new Map<string, { days: DayRange; measurements: Measurement[] }>();
  for (const { measurement, open } of held) {
    for (const days of rangesOf(open)) {
      const name = `${days.from} ${days.to}`;
      const group = byDays.get(name) ?? { days, measurements: [] };
      group.measurements.push(refined(measurement, finestPeriod(startOf(days.from), now / 1000)));
      byDays.set(name, group);
    }
  }
  return [...byDays.values()].flatMap(({ days, measurements }) => pack(region, days, measurements));
}

const hour = 3600;

/** Metrics of one server with the same counts on the same days were sampled alike. */
function signatureOf({ measurement, replies, open }: Held): string {
  const counts = replies.flatMap((reply) => {
    const { timestamps, values } = reply('SampleCount', 24 * hour);
    return timestamps.flatMap((time, at) => (open.includes(dayAt(time)) ? [`${dayAt(time)}:${values[at]}`] : []));
  });
  return `${measurement.server.id} ${counts.join(' ')}`;
}

function packProbes(region: string, groups: readonly (readonly Held[])[]): AwsRequest[] {
  const open = groups.flatMap((group) => group.flatMap((each) => each.open));
  const days = { from: Math.min(...open), to: Math.max(...open) + 1 };
  const heldOf = new Map(
    groups.flatMap((group) => group.slice(0, 1).map((first) => [probeOf(first.measurement), group])),
  );
  return pack(region, days, [...heldOf.keys()]).map((request) => {
    const held = request.measurements.map((probe) => heldOf.get(probe) ?? []);
    return { ...request, held, covers: held.flat().map(coveredBy) };
  });
}

function coveredBy({ measurement: { server, outputs } }: Held) {
  return { resourceId: server.id, keys: outputs.map(({ key }) => key) };
}

/** Counts alone, of one series. */
function probeOf(measurement: Measurement): Measurement {
  const part = measurement.parts.find(({ metric }) => metric.sampling !== 'total');
  return {
    ...measurement,
    outputs: [],
    parts: part === undefined ? [] : [{ ...part, queries: [{ stat: 'SampleCount', period: hour }] }],
  };
}

import type { DayRange } from '#model/window.ts';
import { probeRequests } from './closer-look.ts';
import type { Measurement } from './measurement.ts';
import { type AwsRequest, pack } from './plan.ts';

/**
 * Joins requests for few servers and different days into fewer calls. Days in between are read once more, which costs points
 * but no money; two requests are joined while that takes no more calls than they did apart.
 */
export function joinRequests(requests: readonly AwsRequest[]): AwsRequest[] {
  const byRegion = Map.groupBy(requests, ({ region }) => region);
  return [...byRegion].flatMap(([region, own]) => [
    ...probeRequests(
      region,
      own.flatMap(({ held }) => held?.flat() ?? []),
    ),
    ...joinGroups(region, groupByDays(own.filter(({ held }) => held === undefined))).flatMap(
      ({ requests }) => requests,
    ),
  ]);
}

interface Group {
  readonly days: DayRange;
  readonly measurements: readonly Measurement[];
  readonly requests: readonly AwsRequest[];
}

function groupByDays(requests: readonly AwsRequest[]): Group[] {
  const groups = Map.groupBy(requests, ({ days }) => `${days.from} ${days.to}`);
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined
      ? []
      : [
          groupOf(
            first.region,
            first.days,
            same.flatMap(({ measurements }) => measurements),
          ),
        ];
  });
}

/** From the shortest range on, each group joins the one that it costs least to join. */
function joinGroups(region: string, groups: readonly Group[]): Group[] {
  const joined: Group[] = [];
  for (const group of groups.toSorted((a, b) => b.days.to - b.days.from - (a.days.to - a.days.from))) {
    const options = joined.map((other, at) => ({
      at,
      other,
      both: groupOf(region, hull(group.days, other.days), mergeSame([...other.measurements, ...group.measurements])),
    }));
    const best = options
      .filter(({ other, both }) => callsOf(both) <= callsOf(other) + callsOf(group))
      .toSorted((a, b) => callsOf(a.both) - callsOf(a.other) - (callsOf(b.both) - callsOf(b.other)))[0];
    if (best === undefined) joined.push(group);
    else joined[best.at] = best.both;
  }
  return joined;
}

/** A measurement that was open on two stretches of days is one measurement over both. */
function mergeSame(measurements: readonly Measurement[]): Measurement[] {
  return [
    ...new Map(
      measurements.map((each) => [`${each.server.id} ${each.outputs.map(({ key }) => key).join(' ')}`, each]),
    ).values(),
  ];
}

function groupOf(region: string, days: DayRange, measurements: readonly Measurement[]): Group {
  return { days, measurements, requests: pack(region, days, measurements) };
}

function callsOf({ requests }: Group): number {
  return requests.reduce((calls, { cost }) => calls + cost.calls, 0);
}

function hull(a: DayRange, b: DayRange): DayRange {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

import type { DayRange } from '#model/window.ts';
import { countRequests, packPeaks } from './closer-look.ts';
import type { Measurement } from './measurement.ts';
import { type AwsRequest, pack } from './plan.ts';
import type { Held } from './server-measurement.ts';

/**
 * Joins follow-ups for few servers and different days into fewer calls. Days in between are read once more, which costs
 * points but no money, and says nothing: what a run tells does not depend on what happened to be joined. Two requests are
 * joined where that saves a call and their points are kept as long, since a call has one start.
 */
export function joinRequests(requests: readonly AwsRequest[]): AwsRequest[] {
  const byRegion = Map.groupBy(requests, ({ region }) => region);
  return [...byRegion].flatMap(([region, own]) => {
    const of = (step: AwsRequest['step']) => own.filter((request) => request.step === step);
    return [
      ...countRequests(region, heldBy(of('counts'))),
      ...joinByDays(
        of('peaks'),
        (request) => heldBy([request]),
        (days, held: readonly Held[]) => packPeaks(region, days, held),
      ),
      ...[...Map.groupBy(of(undefined), finestPeriodOf).values()].flatMap((alike) =>
        joinByDays(
          alike,
          ({ measurements }) => measurements,
          (days, all: readonly Measurement[]) => pack(region, days, mergeSame(all)),
        ),
      ),
    ];
  });
}

interface Group<T> {
  readonly days: DayRange;
  readonly items: readonly T[];
  readonly requests: readonly AwsRequest[];
}

/** From the longest range of days on, each group joins the one with which it saves most. */
function joinByDays<T>(
  requests: readonly AwsRequest[],
  itemsOf: (request: AwsRequest) => readonly T[],
  packItems: (days: DayRange, items: readonly T[]) => AwsRequest[],
): AwsRequest[] {
  const groupOf = (days: DayRange, items: readonly T[]): Group<T> => ({
    days,
    items,
    requests: packItems(days, items),
  });
  const joined: Group<T>[] = [];
  const same = Map.groupBy(requests, ({ days }) => `${days.from} ${days.to}`);
  const groups = [...same.values()].flatMap((all) =>
    all.slice(0, 1).map(({ days }) => groupOf(days, all.flatMap(itemsOf))),
  );
  for (const group of groups.toSorted((a, b) => b.days.to - b.days.from - (a.days.to - a.days.from))) {
    const options = joined.map((other, at) => {
      const both = groupOf(hull(group.days, other.days), [...other.items, ...group.items]);
      return { at, both, saved: callsOf(other) + callsOf(group) - callsOf(both) };
    });
    const best = options.filter(({ saved }) => saved > 0).toSorted((a, b) => b.saved - a.saved)[0];
    if (best === undefined) joined.push(group);
    else joined[best.at] = best.both;
  }
  return joined.flatMap((group) => group.requests);
}

/** A measurement that was open on two stretches of days is one measurement over both. */
function mergeSame(measurements: readonly Measurement[]): Measurement[] {
  const same = Map.groupBy(
    measurements,
    ({ resource, outputs }) => `${resource.id} ${outputs.map(({ key }) => key).join(' ')}`,
  );
  return [...same.values()].flatMap((all) => {
    const days = all.flatMap((each) => ('days' in each ? (each.days ?? []) : []));
    return all.slice(0, 1).map((first) => (days.length === 0 ? first : { ...first, days }));
  });
}

function finestPeriodOf({ measurements }: AwsRequest): number {
  return Math.min(
    ...measurements.flatMap(({ parts }) => parts.flatMap(({ queries }) => queries.map(({ period }) => period))),
  );
}

function heldBy(requests: readonly AwsRequest[]): Held[] {
  return requests.flatMap(({ held }) => held?.flat() ?? []);
}

function callsOf<T>({ requests }: Group<T>): number {
  return requests.reduce((calls, { cost }) => calls + cost.calls, 0);
}

function hull(a: DayRange, b: DayRange): DayRange {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

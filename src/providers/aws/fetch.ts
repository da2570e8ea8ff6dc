import type { DayCell } from '#model/day-cell.ts';
import type { Answer, Failure, MetricReply } from '#model/fleet.ts';
import { type Day, dayAt, daysOf } from '#model/window.ts';
import { cellsOf, cellsOfTold } from './cells.ts';
import { countRequests, keepsFiveMinutes, peakRequests, readHourlyCounts, refinedRequests } from './closer-look.ts';
import { failuresOf, type Read, type ReadContext, readMeasurements } from './get-metric-data.ts';
import type { PartReply } from './measurement.ts';
import type { AwsRequest } from './plan.ts';
import { cellsOfRow } from './row-cells.ts';
import type { Held, ServerMeasurement } from './server-measurement.ts';

/**
 * Sends one request. Days that it cannot tell the rates of come back as follow-ups (`closer-look.ts`).
 *
 * @param now epoch milliseconds
 */
export async function fetchRequest(
  request: AwsRequest,
  context: ReadContext,
  now: number,
): Promise<MetricReply<AwsRequest>> {
  const reads = await readMeasurements(context, request.measurements);
  if (request.step === 'counts') return replyOfCounts(request, reads, now);
  return request.step === 'peaks' ? replyOfPeaks(request, reads) : replyOfData(request, reads);
}

function replyOfData(request: AwsRequest, reads: readonly Read[]): MetricReply<AwsRequest> {
  const answers: Answer[] = [];
  const held: Held[] = [];
  for (const { measurement, outcome } of reads) {
    if (!('replies' in outcome)) continue;
    if (!('grain' in measurement)) {
      const { resource, outputs } = measurement;
      for (const output of outputs) {
        const cells = cellsOfRow(measurement, output, outcome.replies, daysOf(request.days));
        answers.push({ resourceId: resource.id, key: output.key, cells });
      }
      continue;
    }
    const days = measurement.days ?? [...daysOf(request.days)];
    const replies = measurement.days === undefined ? outcome.replies : withinDays(outcome.replies, measurement.days);
    const { cells, open } = cellsOf(measurement, replies, days);
    answers.push(
      ...answersOf(measurement, (factor) =>
        factor === 1 ? cells : cellsOf(measurement, replies, days, undefined, factor).cells,
      ),
    );
    if (open.length > 0) held.push({ measurement, replies, open });
  }
  return { answers, failures: reads.flatMap(failuresOf), followUps: countRequests(request.region, held) };
}

function replyOfCounts(request: AwsRequest, reads: readonly Read[], now: number): MetricReply<AwsRequest> {
  const answers: Answer[] = [];
  const peaks: Held[] = [];
  const rest: Held[] = [];
  for (const { replies, held } of heldReads(request, reads)) {
    const { told, mixed } = readHourlyCounts(replies[0] ?? noReply);
    for (const each of held) {
      const { cells, open } = cellsOf(each.measurement, each.replies, each.open, told);
      answers.push(
        ...answersOf(each.measurement, (factor) =>
          factor === 1 ? cells : cellsOf(each.measurement, each.replies, each.open, told, factor).cells,
        ),
      );
      const tellable = open.filter((day) => mixed.has(day) && keepsFiveMinutes(day, now));
      const others = open.filter((day) => !tellable.includes(day));
      const distances = new Map(tellable.flatMap((day) => [...(mixed.get(day) ?? [])]));
      if (tellable.length > 0) peaks.push({ ...each, open: tellable, distances });
      if (others.length > 0) rest.push({ ...each, open: others });
    }
  }
  const followUps = [...peakRequests(request.region, peaks), ...refinedRequests(request.region, rest, now)];
  return { answers, failures: failuresOfHeld(request, reads), followUps };
}

function replyOfPeaks(request: AwsRequest, reads: readonly Read[]): MetricReply<AwsRequest> {
  const answers = heldReads(request, reads).flatMap(({ replies, held }) =>
    held.flatMap((each) => answersOf(each.measurement, (factor) => cellsOfTold(each, replies, factor))),
  );
  return { answers, failures: failuresOfHeld(request, reads), followUps: [] };
}

/** What was held for each measurement of the request, with the reply that it waited for. */
function heldReads({ measurements, held = [] }: AwsRequest, reads: readonly Read[]) {
  return reads.flatMap(({ measurement, outcome }) =>
    'replies' in outcome ? [{ replies: outcome.replies, held: held[measurements.indexOf(measurement)] ?? [] }] : [],
  );
}

function failuresOfHeld({ measurements, held = [] }: AwsRequest, reads: readonly Read[]): Failure[] {
  return reads.flatMap(({ measurement, outcome }) =>
    (held[measurements.indexOf(measurement)] ?? []).flatMap((each) =>
      failuresOf({ measurement: each.measurement, outcome }),
    ),
  );
}

/** An answer for each output, in its own unit. */
function answersOf({ outputs, resource }: ServerMeasurement, cellsBy: (factor: number) => Map<Day, DayCell>): Answer[] {
  return outputs.flatMap(({ key, factor }) => {
    const cells = cellsBy(factor);
    return cells.size === 0 ? [] : [{ resourceId: resource.id, key, cells }];
  });
}

/** The same replies without days that were read for others. */
function withinDays(replies: readonly PartReply[], days: readonly Day[]): PartReply[] {
  const wanted = new Set(days);
  return replies.map((reply) => (stat, period) => {
    const { timestamps, values } = reply(stat, period);
    const isWanted = timestamps.map((time) => wanted.has(dayAt(time)));
    return {
      timestamps: timestamps.filter((_, at) => isWanted[at]),
      values: values.filter((_, at) => isWanted[at]),
    };
  });
}

const noReply: PartReply = () => ({ timestamps: [], values: [] });

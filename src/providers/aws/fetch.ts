import type { Answer, Failure, MetricReply } from '#model/fleet.ts';
import { type Day, daysOf } from '#model/window.ts';
import { cellsOf, scaleCell } from './cells.ts';
import { distancesOf, probeRequests, refinedRequests } from './closer-look.ts';
import { failuresOf, type ReadContext, readMeasurements } from './get-metric-data.ts';
import type { Held, Measurement, PartReply } from './measurement.ts';
import type { Told } from './part.ts';
import type { AwsRequest } from './plan.ts';

/**
 * Sends one request. Days that it cannot tell the rates of come back as follow-ups (`closer-look.ts`).
 *
 * @param now epoch milliseconds
 */
export function fetchRequest(request: AwsRequest, context: ReadContext, now: number): Promise<MetricReply<AwsRequest>> {
  return request.held === undefined ? fetchData(request, context) : fetchProbes(request, request.held, context, now);
}

async function fetchData(request: AwsRequest, context: ReadContext): Promise<MetricReply<AwsRequest>> {
  const answers: Answer[] = [];
  const held: Held[] = [];
  const reads = await readMeasurements(context, request.measurements);
  for (const { measurement, outcome } of reads) {
    if (!('replies' in outcome)) continue;
    const { answered, open } = answersOf(measurement, outcome.replies, daysOf(request.days));
    answers.push(...answered);
    if (open.length > 0) held.push({ measurement, replies: outcome.replies, open });
  }
  return { answers, failures: reads.flatMap(failuresOf), followUps: probeRequests(request.region, held) };
}

async function fetchProbes(
  request: AwsRequest,
  held: readonly (readonly Held[])[],
  context: ReadContext,
  now: number,
): Promise<MetricReply<AwsRequest>> {
  const answers: Answer[] = [];
  const failures: Failure[] = [];
  const mixed: Held[] = [];
  for (const { measurement: probe, outcome } of await readMeasurements(context, request.measurements)) {
    const waiting = held[request.measurements.indexOf(probe)] ?? [];
    if (!('replies' in outcome)) {
      failures.push(...waiting.flatMap(({ measurement }) => failuresOf({ measurement, outcome })));
      continue;
    }
    const told = distancesOf(outcome.replies[0] ?? noReply);
    for (const each of waiting) {
      const { answered, open } = answersOf(each.measurement, each.replies, each.open, told);
      answers.push(...answered);
      if (open.length > 0) mixed.push({ ...each, open });
    }
  }
  return { answers, failures, followUps: refinedRequests(request.region, mixed, now) };
}

/** The cells of the wanted days, in the unit of each output. */
function answersOf(measurement: Measurement, replies: readonly PartReply[], days: Iterable<Day>, told?: Told) {
  const { cells, open } = cellsOf(measurement, replies, days, told);
  const answered = measurement.outputs.map(({ key, factor }): Answer => {
    return {
      resourceId: measurement.server.id,
      key,
      cells: new Map([...cells].map(([day, cell]) => [day, scaleCell(cell, factor)])),
    };
  });
  return { answered: cells.size === 0 ? [] : answered, open };
}

const noReply: PartReply = () => ({ timestamps: [], values: [] });

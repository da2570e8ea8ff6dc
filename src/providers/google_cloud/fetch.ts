import { emptyCell } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import type { Answer, Failure, MetricReply } from '#model/fleet.ts';
import { reasonOf } from '#model/missing.ts';
import { daysOf } from '#model/window.ts';
import { type Aggregation, dailyOf, middleOf, pointsOf, type Stat } from './aggregation.ts';
import { monitoredTypes } from './catalog.ts';
import { cellsOf, type MetricRead } from './cells.ts';
import type { Columns, Rows } from './columns.ts';
import type { Measurement, Output } from './measurement.ts';
import {
  type Daily,
  type DaysRequest,
  daysRequest,
  type GoogleRequest,
  type ObserveRequest,
  type PointsRequest,
  pointsRequests,
} from './plan.ts';
import { type GoogleResource, seriesIdsOf } from './resource.ts';
import { readSeries, type SeriesContext, type SeriesQuery, type SeriesRead } from './time-series.ts';

type Reply = MetricReply<GoogleRequest>;

/** Sends one step of a reading; the next ones come back as follow-ups. */
export async function fetchRequest(request: GoogleRequest, context: SeriesContext): Promise<Reply> {
  switch (request.step) {
    case 'observe':
      return observe(request, context);
    case 'days':
      return readDays(request, context);
    case 'points':
      return readPoints(request, context);
  }
}

async function observe(request: ObserveRequest, context: SeriesContext): Promise<Reply> {
  const aggregation = dailyOf('count', 'level', request.sampleSeconds);
  const { columns: counts, failed } = await read(request, context, request.family.observedBy, aggregation);
  const sorted = request.measurements.map((measurement) => ({
    measurement,
    ...sort(measurement, failed, ({ resource }) => isIn(counts, resource, context)),
  }));
  return {
    answers: sorted.flatMap(({ silent }) => silent.map((output) => emptyAnswer(output, request))),
    failures: sorted.flatMap(({ failures }) => failures),
    followUps: sorted.flatMap(({ measurement, heard }) =>
      heard.length === 0 ? [] : [daysRequest(request, { ...measurement, outputs: heard }, counts)],
    ),
  };
}

async function readDays(request: DaysRequest, context: SeriesContext): Promise<Reply> {
  const { measurement, counts, wantsMin, wantsPoints } = request;
  const { native } = measurement;
  const stat = (name: Stat) =>
    read(request, context, native, dailyOf(name, native.sampling, request.sampleSeconds), counts.rows);
  const first = stat(middleOf(native.sampling));
  const reads = await Promise.allSettled([first, stat('max'), ...(wantsMin ? [stat('min')] : [])]);
  const refused = reads.find((each) => each.status === 'rejected');
  if (refused !== undefined) return failedReply(measurement, CollectError.from(refused.reason));
  const [middle, max, min] = reads.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (middle === undefined || max === undefined) throw new CollectError('internal', 'a statistic was not read');
  const daily: Daily = {
    count: counts,
    middle: middle.columns,
    max: max.columns,
    ...(min ? { min: min.columns } : {}),
  };
  const failed = new Map([middle, max, ...(min ? [min] : [])].flatMap((each) => [...each.failed]));
  const { failures, silent, heard } = sort(measurement, failed, ({ resource }) =>
    isIn(middle.columns, resource, context),
  );
  const told = wantsPoints ? silent : [...silent, ...heard];
  return {
    answers: each(told, (output) => answerOf(output, request, { daily, sampling: native.sampling }, context)),
    failures,
    followUps: wantsPoints ? pointsRequests(request, { ...measurement, outputs: heard }, daily) : [],
  };
}

async function readPoints(request: PointsRequest, context: SeriesContext): Promise<Reply> {
  const { measurement, daily } = request;
  const { sampling } = measurement.native;
  const points = await read(request, context, measurement.native, pointsOf(sampling, request.sampleSeconds));
  const { failures, silent, heard } = sort(measurement, points.failed, () => true);
  return {
    answers: each([...silent, ...heard], (output) =>
      answerOf(output, request, { daily, points: points.columns, sampling }, context),
    ),
    failures,
    followUps: [],
  };
}

function read(
  { typeId, days, place }: GoogleRequest,
  context: SeriesContext,
  native: SeriesQuery['native'],
  aggregation: Aggregation,
  rows?: Rows,
): Promise<SeriesRead> {
  return readSeries(context, { type: monitoredTypes[typeId], native, aggregation, days, place }, rows);
}

/** The answers of thousands of resources are many times their columns: they are never all there. */
function each(outputs: readonly Output[], make: (output: Output) => Answer): Iterable<Answer> {
  return { [Symbol.iterator]: () => outputs.values().map(make) };
}

function isIn(columns: Columns, resource: GoogleResource, context: SeriesContext): boolean {
  return seriesIdsOf(resource, context).some((id) => columns.has(id));
}

/** Outputs by what came of their resource: it failed, it has series, or it has none. */
function sort({ outputs }: Measurement, failed: SeriesRead['failed'], isHeard: (output: Output) => boolean) {
  const failures: Failure[] = [];
  const heard: Output[] = [];
  const silent: Output[] = [];
  for (const output of outputs) {
    const error = failed.get(output.resource.id);
    if (error !== undefined) failures.push(failureOf(output, error));
    else (isHeard(output) ? heard : silent).push(output);
  }
  return { failures, heard, silent };
}

/** What one metric is refused for does not concern the others. @throws CollectError for what does */
function failedReply({ outputs }: Measurement, error: CollectError): Reply {
  if (!['access_denied', 'invalid_query', 'not_found', 'malformed_reply'].includes(error.code)) throw error;
  return { answers: [], failures: outputs.map((output) => failureOf(output, error)), followUps: [] };
}

function failureOf({ resource, key }: Output, error: CollectError): Failure {
  return { resourceId: resource.id, key, reason: reasonOf(error), error };
}

function emptyAnswer({ resource, key }: Output, { days }: GoogleRequest): Answer {
  return { resourceId: resource.id, key, cells: new Map(daysOf(days).map((day) => [day, emptyCell])) };
}

function answerOf(
  { resource, key, factor }: Output,
  request: GoogleRequest,
  metric: Omit<MetricRead, 'sampleSeconds'>,
  context: SeriesContext,
): Answer {
  const { days, sampleSeconds } = request;
  const cells = cellsOf(seriesIdsOf(resource, context), factor, { ...metric, sampleSeconds }, days);
  return { resourceId: resource.id, key, cells };
}
